// A client on a real loop, and a call that a test waits for.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/io/clock.h"
#include "base/io/event_loop.h"
#include "base/ports/http_client.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_certificates.h"
#include "tests/support/test_http_server.h"
#include "transport/http/curl_http_client.h"

namespace omadm::test {

class HttpTest : public testing::Test {
 protected:
  HttpTest() {
    auto loop = EventLoop::create(clock);
    EXPECT_TRUE(loop);
    loop_ = std::move(*loop);
    auto client = CurlHttpClient::create(*loop_);
    EXPECT_TRUE(client);
    client_ = std::move(*client);
  }

  // A POST that may go to http:.
  static HttpRequest post(const std::string& url, std::string body = "hello") {
    HttpRequest request;
    request.url = url;
    request.body = std::move(body);
    request.allow_http = true;
    return request;
  }
  static HttpRequest get(const std::string& url) {
    HttpRequest request = post(url, "");
    request.method = "GET";
    return request;
  }
  HttpRequest secure(HttpRequest request) const {
    request.allow_http = false;
    request.tls.ca_file = authority_.ca_file();
    return request;
  }

  bool run_until(const std::function<bool()>& ready, std::chrono::milliseconds limit = std::chrono::seconds(20)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!ready()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop_->run_once(std::chrono::milliseconds(50));
    }
    return true;
  }

  // Sends and waits for the outcome.
  Result<HttpResponse> fetch(HttpRequest request, BodySink* sink = nullptr) {
    std::optional<Result<HttpResponse>> outcome;
    const auto call = client_->send(std::move(request), sink,
                                    [&outcome](Result<HttpResponse> result) { outcome = std::move(result); });
    EXPECT_FALSE(outcome.has_value()) << "done was called inside send()";
    if (!run_until([&outcome] { return outcome.has_value(); })) return Error{Errc::failed, "no outcome"};
    return *std::move(outcome);
  }

  SystemClock clock;
  TemporaryDirectory directory_;
  TestAuthority authority_{directory_.path()};
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<CurlHttpClient> client_;
};

inline void expect_error(const Result<HttpResponse>& result, Errc code, std::string_view text) {
  ASSERT_FALSE(result) << "status " << result->status;
  EXPECT_EQ(to_string(result.error().code), to_string(code)) << result.error().detail;
  EXPECT_NE(result.error().detail.find(text), std::string::npos) << result.error().detail;
}

}  // namespace omadm::test
