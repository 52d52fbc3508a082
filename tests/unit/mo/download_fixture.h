// Downloads of one file from a fake host.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "mo/common/download.h"
#include "tests/support/fake_http.h"
#include "tests/support/temporary_directory.h"

namespace omadm::test {

using namespace std::chrono_literals;

inline Octets pattern(std::size_t size) {
  Octets file;
  for (std::uint32_t i = 0; file.size() < size; i += 7) file += static_cast<char>((i * i) >> 3U);
  return file;
}

inline Octets content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

struct Outcome {
  std::optional<Result<DownloadedFile>> file;
  int status = -1;
};

class DownloadTest : public testing::Test {
 protected:
  DownloadTest() : loop_(*EventLoop::create(clock_)), http_(*loop_, [](const HttpRequest&) { return FakeAnswer{}; }) {
    options_.url = "https://fw.example.net/p.bin";
    options_.path = directory_.file("work/package");
    options_.checkpoint = 65536;
    options_.digest_at_once = 65536;
    options_.retry.first = 1ms;
  }

  std::unique_ptr<Download> start(HttpClient& http, Outcome& outcome) { return start(http, outcome, files_); }
  std::unique_ptr<Download> start(HttpClient& http, Outcome& outcome, FileSystem& files) {
    return std::make_unique<Download>(*loop_, http, files, options_,
                                      [&outcome](Result<DownloadedFile> file, int status) {
                                        outcome.file = std::move(file);
                                        outcome.status = status;
                                      });
  }
  bool run_until(const std::function<bool()>& ready) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!ready()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop_->run_once(20ms);
    }
    return true;
  }
  Outcome run(HttpClient& http) {
    Outcome outcome;
    const auto download = start(http, outcome);
    EXPECT_FALSE(outcome.file.has_value());
    EXPECT_TRUE(run_until([&outcome] { return outcome.file.has_value(); }));
    return outcome;
  }
  Outcome run() { return run(http_); }
  void expect_file(const Outcome& outcome, const Octets& file) {
    ASSERT_TRUE(outcome.file && *outcome.file) << (outcome.file ? outcome.file->error().detail : "no outcome");
    EXPECT_EQ((*outcome.file)->path, options_.path);
    EXPECT_EQ((*outcome.file)->size, file.size());
    EXPECT_EQ((*outcome.file)->sha256, hex_encode(sha256(file)));
    EXPECT_TRUE(content_of(options_.path) == file);
  }
  static std::string range_of(const HttpRequest& request) {
    for (const auto& [name, value] : request.headers) {
      if (name == "Range") return value;
    }
    return "";
  }

  SystemClock clock_;
  TemporaryDirectory directory_;
  std::unique_ptr<EventLoop> loop_;
  PosixFileSystem files_;
  FakeHttp http_;
  DownloadOptions options_;
};

}  // namespace omadm::test
