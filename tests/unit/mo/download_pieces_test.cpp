// FUMO-066, FUMO-067: what counts as another attempt, and what as another file.
#include "tests/unit/mo/download_fixture.h"

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

}  // namespace
}  // namespace omadm::test
