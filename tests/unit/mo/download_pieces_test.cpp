// FUMO-066, FUMO-067: what counts as another attempt, and what as another file.
#include <atomic>
#include <thread>

#include "tests/support/test_http_server.h"
#include "tests/unit/mo/download_fixture.h"
#include "transport/http/curl_http_client.h"

namespace omadm::test {
namespace {

// A long way in many pieces is no failure; what was had before and comes again is no way.
TEST_F(DownloadTest, FUMO_067_OnlyAttemptsThatBringNothingAreCounted) {
  const Octets file = pattern(1000000);
  options_.retry.attempts = 3;
  http_.answer_with([&](const HttpRequest& request) {
    FakeAnswer answer = serve_range(request, file, "\"v1\"");
    answer.error = Error{Errc::transport, "cut"};
    answer.error_after = 100000;
    if (answer.body.size() <= 100000) answer.error.reset();
    return answer;
  });
  expect_file(run(), file);
  EXPECT_EQ(http_.requests.size(), 10U);

  PartialFile::discard(files_, options_.path);
  http_.requests.clear();
  http_.answer_with([&](const HttpRequest& request) {
    FakeAnswer answer = serve_range(request, file, "\"v" + std::to_string(http_.requests.size()) + "\"");
    answer.error = Error{Errc::transport, "cut"};
    answer.error_after = 100000;
    return answer;
  });
  const Outcome outcome = run();
  ASSERT_TRUE(outcome.file && !*outcome.file);
  EXPECT_EQ(outcome.file->error().code, Errc::transport);
  EXPECT_LE(http_.requests.size(), 5U);
}

TEST_F(DownloadTest, FUMO_066_APartOfAnotherVersionIsNotPutToTheFirst) {
  const Octets file = pattern(300001);
  http_.answer_with([&](const HttpRequest& request) {
    FakeAnswer answer = serve_range(request, file, "\"v1\"");
    if (http_.requests.size() == 1) {
      answer.error = Error{Errc::transport, "cut"};
      answer.error_after = 100000;
    } else if (http_.requests.size() == 2) {
      for (auto& [name, value] : answer.headers) {
        if (name == "ETag") value = "\"v2\"";
      }
      answer.body.assign(answer.body.size(), 'x');
    }
    return answer;
  });
  expect_file(run(), file);
  EXPECT_EQ(range_of(http_.requests.at(2)), "");  // from its beginning
}

// A medium that takes its time to sync, and may fail in the end. No more than 100000 octets come before it began to.
class SlowMedium final : public FileSystem {
 public:
  Result<Octets> read(const std::string& path, std::uint64_t max_octets) override {
    return real_.read(path, max_octets);
  }
  Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) override {
    auto file = DM_TRY(real_.open_append(path));
    if (!path.ends_with(".part")) return file;
    return std::unique_ptr<AppendFile>(std::make_unique<File>(*this, std::move(file)));
  }
  Result<void> rename(const std::string& from, const std::string& to) override { return real_.rename(from, to); }
  Result<void> remove(const std::string& path) override { return real_.remove(path); }
  Result<void> sync_directory(const std::string& path) override { return real_.sync_directory(path); }
  Result<std::vector<std::string>> list(const std::string& directory) override { return real_.list(directory); }
  Result<void> make_directory(const std::string& path) override { return real_.make_directory(path); }

  std::atomic<bool> fails = false;
  std::atomic<int> syncs = 0;  // of the file itself, that began

 private:
  class File final : public AppendFile {
   public:
    File(SlowMedium& medium, std::unique_ptr<AppendFile> real) : medium_(medium), real_(std::move(real)) {}
    Result<void> append(Bytes octets) override {
      for (int i = 0; i < 5000 && real_->size() > 100000 && medium_.syncs == 0; ++i) std::this_thread::sleep_for(1ms);
      return real_->append(octets);
    }
    Result<void> make_room(std::uint64_t octets) override { return real_->make_room(octets); }
    Result<void> sync() override {
      ++medium_.syncs;
      std::this_thread::sleep_for(100ms);
      if (medium_.fails.exchange(false)) return Error{Errc::io, "the medium is worn out"};
      return real_->sync();
    }
    Result<void> truncate(std::uint64_t size) override { return real_->truncate(size); }
    std::uint64_t size() const override { return real_->size(); }

   private:
    SlowMedium& medium_;
    std::unique_ptr<AppendFile> real_;
  };

  PosixFileSystem real_;
};

class DownloadDurability : public DownloadTest {
 protected:
  // Octets of the partial file that a loss of power leaves.
  std::uint64_t durable() const {
    const Octets known = content_of(options_.path + ".meta");
    const std::size_t at = known.find("\ndurable ");
    return at == Octets::npos ? 0 : std::stoull(known.substr(at + 9));
  }

  // A connection that is cut while the medium is at work; the next answer never comes.
  std::unique_ptr<Download> cut_during_a_sync(SlowMedium& medium, Outcome& outcome) {
    options_.checkpoint_time = 0ms;
    http_.answer_with([&](const HttpRequest& request) {
      FakeAnswer answer = serve_range(request, pattern(500000), "\"v1\"");
      answer.never = http_.requests.size() > 1;
      answer.error = Error{Errc::transport, "cut"};
      answer.error_after = 200000;
      return answer;
    });
    auto download = start(http_, outcome, medium);
    EXPECT_TRUE(run_until([&] { return medium.syncs > 0; }));
    return download;
  }
};

// What the medium said while a connection was cut counts.
TEST_F(DownloadDurability, FUMO_066_ACutDuringASyncLosesNothingOfIt) {
  SlowMedium medium;
  Outcome outcome;
  const auto download = cut_during_a_sync(medium, outcome);
  EXPECT_TRUE(run_until([this] { return http_.requests.size() > 1; }));
  EXPECT_GE(durable(), 65536U);
  EXPECT_FALSE(outcome.file.has_value());
}

TEST_F(DownloadDurability, FUMO_066_AFailureOfTheMediumDuringACutEndsTheDownload) {
  SlowMedium medium;
  medium.fails = true;
  Outcome outcome;
  auto download = cut_during_a_sync(medium, outcome);
  EXPECT_TRUE(run_until([&] { return outcome.file.has_value(); }));
  ASSERT_FALSE(*outcome.file);
  EXPECT_EQ(outcome.file->error().code, Errc::io);
  EXPECT_EQ(http_.requests.size(), 1U);
  download.reset();
  EXPECT_EQ(durable(), 0U) << "the next sync of the same file goes well, and says nothing";
  const auto partial = PartialFile::open(files_, options_.path, options_.url);
  ASSERT_TRUE(partial);
  EXPECT_EQ(partial->size(), 0U);
}

TEST_F(DownloadDurability, FUMO_066_WhatComesIsMadeDurableMeanwhile) {
  TestHttpServer server([](const TestRequest&) {
    TestResponse response;
    response.headers = {{"ETag", "\"v1\""}};
    response.body = pattern(500000);
    response.pause_after = 400000;
    response.pause = 30s;
    return response;
  });
  const auto curl = CurlHttpClient::create(*loop_);
  ASSERT_TRUE(curl);
  options_.url = server.url("/p.bin");
  options_.allow_http = true;
  options_.checkpoint_time = 0ms;
  Outcome outcome;
  const auto download = start(**curl, outcome);
  EXPECT_TRUE(run_until([this] { return durable() >= options_.checkpoint; }));
  EXPECT_FALSE(outcome.file.has_value());
}

// What was received stays with the system when a connection is cut, and need not be waited for.
TEST_F(DownloadDurability, FUMO_066_ACutIsGoneOnFromAtOnceAndMadeDurableBeforeAWait) {
  options_.checkpoint_time = 1h;
  bool wait = false;
  http_.answer_with([&](const HttpRequest& request) {
    FakeAnswer answer = serve_range(request, pattern(500000), "\"v1\"");
    if (http_.requests.size() == 1) {
      answer.error = Error{Errc::transport, "cut"};
      answer.error_after = 100000;
    } else {
      EXPECT_EQ(durable(), 0U);
      answer.status = 503;
      answer.headers = {{"Retry-After", "3600"}};
      wait = true;
    }
    return answer;
  });
  Outcome outcome;
  const auto download = start(http_, outcome);
  EXPECT_TRUE(run_until([&] { return wait && durable() == 100000; }));
  EXPECT_EQ(range_of(http_.requests.back()), "bytes=100000-");
}

}  // namespace
}  // namespace omadm::test
