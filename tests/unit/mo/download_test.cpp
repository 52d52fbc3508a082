// FUMO-062, FUMO-066, FUMO-067: files that arrive in pieces.
#include <filesystem>

#include "tests/support/test_http_server.h"
#include "tests/unit/mo/download_fixture.h"
#include "transport/http/curl_http_client.h"

namespace omadm::test {
namespace {

TEST_F(DownloadTest, FUMO_060_TheFileArrivesWithItsDigest) {
  const Octets file = pattern(300001);
  options_.accept = "a/b";
  http_.answer_with([&](const HttpRequest& request) { return serve_range(request, file, "\"v1\""); });
  expect_file(run(), file);
  ASSERT_EQ(http_.requests.size(), 1U);
  EXPECT_EQ(http_.requests[0].method, "GET");
  EXPECT_EQ(http_.requests[0].headers, (HttpHeaders{{"Accept", "a/b"}}));
  EXPECT_EQ(http_.requests[0].max_redirects, 5);
}

TEST_F(DownloadTest, FUMO_066_ACutOffDownloadGoesOnWhereItEnded) {
  const Octets file = pattern(300001);
  http_.answer_with([&](const HttpRequest& request) {
    FakeAnswer answer = serve_range(request, file, "\"v1\"");
    if (http_.requests.size() < 3) {
      answer.error = Error{Errc::transport, "cut"};
      answer.error_after = 100000;
    }
    return answer;
  });
  expect_file(run(), file);
  ASSERT_EQ(http_.requests.size(), 3U);
  EXPECT_EQ(range_of(http_.requests[0]), "");
  EXPECT_EQ(range_of(http_.requests[1]), "bytes=100000-");
  EXPECT_EQ(range_of(http_.requests[2]), "bytes=200000-");
  EXPECT_EQ(http_.requests[2].headers.back(), (std::pair<std::string, std::string>("If-Range", "\"v1\"")));
}

TEST_F(DownloadTest, FUMO_066_ADownloadGoesOnAfterARestart) {
  const Octets file = pattern(500000);
  http_.answer_with([&](const HttpRequest& request) {
    FakeAnswer answer = serve_range(request, file, "\"v1\"");
    if (http_.requests.size() == 1) {
      answer.error = Error{Errc::transport, "never comes"};
      answer.error_after = 400000;
      answer.delay = 1ms;
    }
    return answer;
  });
  Outcome first;
  auto download = start(http_, first);
  ASSERT_TRUE(run_until([&download] { return download->received() > 200000; }));
  EXPECT_EQ(download->total(), file.size());
  const std::uint64_t received = download->received();
  download.reset();
  EXPECT_FALSE(first.file.has_value());
  expect_file(run(), file);
  EXPECT_EQ(range_of(http_.requests.at(1)), "bytes=" + std::to_string(received) + "-");
}

TEST_F(DownloadTest, FUMO_066_OctetsThatPowerLossMayHaveTakenAreFetchedAgain) {
  const Octets file = pattern(500000);
  http_.answer_with([&](const HttpRequest& request) {
    FakeAnswer answer = serve_range(request, file, "\"v1\"");
    if (http_.requests.size() == 1) answer.never = true;
    return answer;
  });
  const std::string part = options_.path + ".part";
  {
    auto partial = PartialFile::open(files_, options_.path, options_.url);
    ASSERT_TRUE(partial);
    partial->state.etag = "\"v1\"";
    ASSERT_TRUE(partial->append(file.substr(0, 100000)));
    partial->state.boot = "another life of the system";
    ASSERT_TRUE(partial->checkpoint());
    ASSERT_TRUE(partial->append("garbage that a crash left behind"));
  }
  http_.requests.emplace_back();  // so that the next one is answered
  expect_file(run(), file);
  EXPECT_EQ(range_of(http_.requests.back()), "bytes=100000-");
}

// Killing the process loses nothing that the system has already taken.
TEST_F(DownloadTest, FUMO_066_AKilledProcessLosesNoOctet) {
  const Octets file = pattern(500000);
  http_.answer_with([&](const HttpRequest& request) { return serve_range(request, file, "\"v1\""); });
  {
    auto partial = PartialFile::open(files_, options_.path, options_.url);
    ASSERT_TRUE(partial);
    partial->state.etag = "\"v1\"";
    partial->state.total = file.size();
    ASSERT_TRUE(partial->append(file.substr(0, 100000)));
    ASSERT_TRUE(partial->checkpoint());
    ASSERT_TRUE(partial->append(file.substr(100000, 4321)));
  }
  expect_file(run(), file);
  EXPECT_EQ(range_of(http_.requests.back()), "bytes=104321-");
}

TEST_F(DownloadTest, FUMO_067_ATrickleIsNotWaitedForForEver) {
  options_.idle_timeout = 1s;
  options_.min_rate = 1000;
  options_.retry.attempts = 2;
  TestHttpServer server([](const TestRequest&) {
    TestResponse response;
    response.body = Octets(100000, 'x');
    response.pause_after = 500;
    response.pause = 30s;
    return response;
  });
  options_.url = server.url("/p.bin");
  options_.allow_http = true;
  options_.idle_timeout = 1s;
  const auto curl = CurlHttpClient::create(*loop_);
  ASSERT_TRUE(curl);
  const Outcome outcome = run(**curl);
  ASSERT_TRUE(outcome.file && !*outcome.file);
  EXPECT_EQ(outcome.file->error().code, Errc::timed_out);
}

TEST_F(DownloadTest, FUMO_065_ARelativeUrlResolvesAgainstItsBase) {
  TestHttpServer server([](const TestRequest&) {
    TestResponse response;
    response.body = "package";
    return response;
  });
  options_.url = "../p.bin?x=1";
  options_.base = server.url("/a/b/p.dd");
  options_.allow_http = true;
  const auto curl = CurlHttpClient::create(*loop_);
  ASSERT_TRUE(curl);
  expect_file(run(**curl), "package");
  EXPECT_EQ(server.requests().at(0).target, "/a/p.bin?x=1");
}

TEST_F(DownloadTest, FUMO_062_TheRateIsLimited) {
  const Octets file = pattern(400000);
  TestHttpServer server([&file](const TestRequest&) {
    TestResponse response;
    response.body = file;
    return response;
  });
  options_.url = server.url("/p.bin");
  options_.allow_http = true;
  options_.max_rate = 200000;
  const auto curl = CurlHttpClient::create(*loop_);
  ASSERT_TRUE(curl);
  const auto begin = std::chrono::steady_clock::now();
  expect_file(run(**curl), file);
  EXPECT_GT(std::chrono::steady_clock::now() - begin, 700ms);
}

TEST_F(DownloadTest, FUMO_066_AChangedFileIsFetchedFromItsBegin) {
  const Octets old_file = pattern(200000);
  const Octets new_file = Octets(150000, 'n');
  http_.answer_with([&](const HttpRequest& request) {
    if (http_.requests.size() > 1) return serve_range(request, new_file, "\"v2\"");
    FakeAnswer answer = serve_range(request, old_file, "\"v1\"");
    answer.error = Error{Errc::timed_out, "cut"};
    answer.error_after = 120000;
    return answer;
  });
  expect_file(run(), new_file);
  EXPECT_EQ(range_of(http_.requests.at(1)), "bytes=120000-");
}

TEST_F(DownloadTest, FUMO_066_A416ForTheWholeSizeMeansComplete) {
  const Octets file = pattern(100000);
  {
    auto partial = PartialFile::open(files_, options_.path, options_.url);
    ASSERT_TRUE(partial);
    partial->state.last_modified = "Mon, 01 Jan 2024 00:00:00 GMT";
    ASSERT_TRUE(partial->append(file));
    ASSERT_TRUE(partial->checkpoint());
  }
  http_.answer_with([&](const HttpRequest&) {
    FakeAnswer answer;
    answer.status = 416;
    answer.headers = {{"Content-Range", "bytes */100000"}};
    answer.body = "no such range";
    return answer;
  });
  expect_file(run(), file);
  EXPECT_EQ(http_.requests.at(0).headers.back().second, "Mon, 01 Jan 2024 00:00:00 GMT");
}

TEST_F(DownloadTest, FUMO_066_AnotherPartOrAnother416MeansAgainFromTheBegin) {
  const Octets file = pattern(90000);
  for (const int wrong : {206, 416}) {
    PartialFile::discard(files_, options_.path);
    auto partial = PartialFile::open(files_, options_.path, options_.url);
    ASSERT_TRUE(partial);
    partial->state.etag = "\"v1\"";
    ASSERT_TRUE(partial->append(Octets(5000, 'o')));
    ASSERT_TRUE(partial->checkpoint());
    http_.requests.clear();
    http_.answer_with([&](const HttpRequest& request) {
      if (range_of(request).empty()) return serve_range(request, file, "\"v2\"");
      FakeAnswer answer;
      answer.status = wrong;
      answer.headers = {{"Content-Range", wrong == 206 ? "bytes 0-89999/90000" : "bytes */90000"}};
      answer.body = wrong == 206 ? file : "";
      return answer;
    });
    expect_file(run(), file);
    EXPECT_EQ(http_.requests.size(), 2U);
  }
}

TEST_F(DownloadTest, FUMO_066_WithoutValidatorNothingIsResumed) {
  const Octets file = pattern(200000);
  http_.answer_with([&](const HttpRequest&) {
    FakeAnswer answer;
    answer.body = file;
    answer.headers = {{"ETag", "W/\"weak\""}};
    if (http_.requests.size() == 1) {
      answer.error = Error{Errc::transport, "cut"};
      answer.error_after = 100000;
    }
    return answer;
  });
  expect_file(run(), file);
  EXPECT_EQ(http_.requests.size(), 2U);
}

TEST_F(DownloadTest, FUMO_066_AnotherUrlBeginsAnew) {
  {
    auto partial = PartialFile::open(files_, options_.path, "https://fw.example.net/other.bin");
    ASSERT_TRUE(partial);
    partial->state.etag = "\"v1\"";
    ASSERT_TRUE(partial->append("other"));
    ASSERT_TRUE(partial->checkpoint());
  }
  const Octets file = pattern(1000);
  http_.answer_with([&](const HttpRequest& request) { return serve_range(request, file, "\"v1\""); });
  expect_file(run(), file);
  EXPECT_EQ(range_of(http_.requests.at(0)), "");
}

TEST_F(DownloadTest, FUMO_066_AFinishedFileIsNotFetchedAgain) {
  const Octets file = pattern(70000);
  http_.answer_with([&](const HttpRequest& request) { return serve_range(request, file, "\"v1\""); });
  expect_file(run(), file);
  expect_file(run(), file);
  EXPECT_EQ(http_.requests.size(), 1U);
  PartialFile::discard(files_, options_.path);
  EXPECT_TRUE(std::filesystem::is_empty(directory_.file("work")));
}

TEST_F(DownloadTest, FUMO_067_AttemptsAreCountedOverRestarts) {
  options_.retry.attempts = 4;
  http_.answer_with([](const HttpRequest&) {
    FakeAnswer answer;
    answer.error = Error{Errc::transport, "connect to fw.example.net port 443: connection refused"};
    return answer;
  });
  {
    Outcome outcome;
    auto download = start(http_, outcome);
    ASSERT_TRUE(run_until([this] { return http_.requests.size() == 2; }));
  }
  const Outcome outcome = run();
  ASSERT_TRUE(outcome.file && !*outcome.file);
  EXPECT_EQ(outcome.file->error().code, Errc::transport);
  EXPECT_NE(outcome.file->error().detail.find("connection refused; given up after 4"), std::string::npos);
  EXPECT_EQ(http_.requests.size(), 5U);  // one of them did not fail: the restart ended it
  EXPECT_EQ(outcome.status, 0);
}

TEST_F(DownloadTest, FUMO_067_BusyServersAreAskedAgain) {
  const Octets file = pattern(1000);
  http_.answer_with([&](const HttpRequest& request) {
    FakeAnswer answer = serve_range(request, file, "\"v1\"");
    if (http_.requests.size() < 3) {
      answer = FakeAnswer{};
      answer.status = http_.requests.size() == 1 ? 503 : 429;
      answer.headers = {{"Retry-After", "0"}};
      answer.body = "busy";
    }
    return answer;
  });
  expect_file(run(), file);
}

TEST_F(DownloadTest, FUMO_067_RefusalsAreFinal) {
  const std::pair<int, Errc> cases[] = {{401, Errc::authentication}, {403, Errc::authentication},
                                        {404, Errc::not_found},      {410, Errc::not_found},
                                        {400, Errc::failed},         {204, Errc::failed}};
  for (const auto& [status, code] : cases) {
    http_.requests.clear();
    http_.answer_with([status = status](const HttpRequest&) {
      FakeAnswer answer;
      answer.status = status;
      answer.body = "page";
      return answer;
    });
    const Outcome outcome = run();
    ASSERT_TRUE(outcome.file && !*outcome.file);
    EXPECT_EQ(outcome.file->error().code, code);
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(http_.requests.size(), 1U);
    EXPECT_FALSE(std::filesystem::exists(options_.path));
  }
}

TEST_F(DownloadTest, FUMO_062_FilesOverTheLimitEndAtOnce) {
  options_.max_size = 50000;
  for (const bool announce : {true, false}) {
    http_.requests.clear();
    http_.answer_with([announce](const HttpRequest&) {
      FakeAnswer answer;
      answer.body = pattern(60000);
      answer.announce = announce;
      return answer;
    });
    const Outcome outcome = run();
    ASSERT_TRUE(outcome.file && !*outcome.file);
    EXPECT_EQ(outcome.file->error().code, Errc::too_large);
    EXPECT_EQ(http_.requests.size(), 1U);
  }
}

TEST_F(DownloadTest, FUMO_062_AnAnswerForWhichThereIsNoRoomEndsAtOnce) {
  options_.max_size = UINT64_MAX;
  http_.answer_with([](const HttpRequest&) {
    FakeAnswer answer;
    answer.body = "x";
    answer.announce = false;
    answer.headers = {{"Content-Length", "9000000000000000000"}};
    return answer;
  });
  const Outcome outcome = run();
  ASSERT_TRUE(outcome.file && !*outcome.file);
  EXPECT_EQ(outcome.file->error().code, Errc::storage_full);
}

TEST_F(DownloadTest, FUMO_062_MoreThanAnnouncedIsCorrupt) {
  http_.answer_with([](const HttpRequest&) {
    FakeAnswer answer;
    answer.body = pattern(60000);
    answer.announce = false;
    answer.headers = {{"Content-Length", "1000"}};
    return answer;
  });
  const Outcome outcome = run();
  ASSERT_TRUE(outcome.file && !*outcome.file);
  EXPECT_EQ(outcome.file->error().code, Errc::corrupt);
}

TEST_F(DownloadTest, FUMO_060_TheCallerMayRefuseByTheHead) {
  options_.check_head = [](const HttpResponse& head) -> Result<void> {
    if (head.content_type() == "application/vnd.oma.dd+xml") return Error{Errc::unsupported, "a descriptor"};
    return {};
  };
  http_.answer_with([](const HttpRequest&) {
    FakeAnswer answer;
    answer.headers = {{"Content-Type", "application/vnd.oma.dd+xml; charset=utf-8"}};
    answer.body = "<media/>";
    return answer;
  });
  const Outcome outcome = run();
  ASSERT_TRUE(outcome.file && !*outcome.file);
  EXPECT_EQ(outcome.file->error().code, Errc::unsupported);
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(http_.requests.size(), 1U);
}

TEST_F(DownloadTest, FUMO_066_ResumeThroughRealSockets) {
  const Octets file = pattern(3U << 20U);
  int round = 0;
  TestHttpServer server([&](const TestRequest& request) {
    TestResponse response;
    response.headers = {{"ETag", "\"e\""}};
    const std::string range = request.header("Range");
    if (range.empty()) {
      response.body = file;
    } else {
      const std::size_t first = std::stoul(range.substr(6));
      response.status = 206;
      response.body = file.substr(first);
      response.headers.emplace_back(
          "Content-Range",
          "bytes " + std::to_string(first) + "-" + std::to_string(file.size() - 1) + "/" + std::to_string(file.size()));
    }
    if (++round < 3) response.cut_after = 1U << 20U;
    return response;
  });
  auto client = CurlHttpClient::create(*loop_);
  ASSERT_TRUE(client);
  options_.url = server.url("/p.bin");
  options_.allow_http = true;
  expect_file(run(**client), file);
  ASSERT_EQ(server.requests().size(), 3U);
  EXPECT_NE(server.requests()[2].header("Range"), "");
}

}  // namespace
}  // namespace omadm::test
