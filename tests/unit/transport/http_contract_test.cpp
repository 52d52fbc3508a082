// What every HttpClient promises: the real one and the fake of other tests alike.
#include <gtest/gtest.h>

#include <functional>

#include "base/io/clock.h"
#include "tests/support/fake_http.h"
#include "tests/support/test_http_server.h"
#include "transport/http/curl_http_client.h"

namespace omadm::test {
namespace {

constexpr std::size_t kBodySize = 100000;

class HttpContractTest : public testing::TestWithParam<bool> {
 protected:
  HttpContractTest() : loop_(*EventLoop::create(clock_)) {
    if (GetParam()) {
      fake_ = std::make_unique<FakeHttp>(*loop_, [](const HttpRequest& request) {
        FakeAnswer answer;
        answer.never = request.url.find("/never") != std::string::npos;
        answer.status = request.url.find("/404") != std::string::npos ? 404 : 200;
        answer.body = request.method == "POST" ? request.octets() : Octets(kBodySize, 'b');
        answer.announce = request.url.find("/stream") == std::string::npos;
        return answer;
      });
    } else {
      server_ = std::make_unique<TestHttpServer>([](const TestRequest& request) {
        TestResponse response;
        if (request.target == "/never") response.delay = std::chrono::seconds(60);
        response.status = request.target == "/404" ? 404 : 200;
        response.body = request.method == "POST" ? request.body : std::string(kBodySize, 'b');
        response.chunked = request.target == "/stream";
        return response;
      });
      real_ = std::move(*CurlHttpClient::create(*loop_));
    }
  }

  HttpClient& http() { return fake_ ? static_cast<HttpClient&>(*fake_) : *real_; }
  HttpRequest get(const std::string& target) const {
    HttpRequest request;
    request.method = "GET";
    request.url = server_ ? server_->url(target) : "http://127.0.0.1" + target;
    request.allow_http = true;
    return request;
  }
  bool run_until(const std::function<bool()>& ready) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!ready()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop_->run_once(std::chrono::milliseconds(20));
    }
    return true;
  }
  Result<HttpResponse> fetch(HttpRequest request, BodySink* sink = nullptr) {
    std::optional<Result<HttpResponse>> outcome;
    const auto call =
        http().send(std::move(request), sink, [&outcome](Result<HttpResponse> result) { outcome = std::move(result); });
    EXPECT_FALSE(outcome.has_value());
    if (!run_until([&outcome] { return outcome.has_value(); })) return Error{Errc::failed, "no outcome"};
    return *std::move(outcome);
  }

  SystemClock clock_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<TestHttpServer> server_;
  std::unique_ptr<CurlHttpClient> real_;
  std::unique_ptr<FakeHttp> fake_;
};

struct CountingSink final : BodySink {
  Result<void> begin(const HttpResponse& head) override {
    ++begins;
    status = head.status;
    return {};
  }
  Result<void> write(Bytes octets) override {
    size += octets.size();
    if (size > refuse_over) return Error{Errc::storage_full, "full"};
    return {};
  }
  int begins = 0, status = 0;
  std::size_t size = 0, refuse_over = SIZE_MAX;
};

TEST_P(HttpContractTest, PRO_430_TheBodyComesWithTheResponse) {
  HttpRequest request = get("/");
  request.method = "POST";
  request.body = "echo";
  const auto response = fetch(request);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "echo");
  EXPECT_EQ(response->header("content-length"), "4");
  request.shared_body = std::make_shared<const Octets>("shared");
  const auto again = fetch(request);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->body, "shared");
}

TEST_P(HttpContractTest, PRO_435_AStatusIsNoError) {
  const auto response = fetch(get("/404"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 404);
}

TEST_P(HttpContractTest, FUMO_060_ASinkTakesTheBody) {
  CountingSink sink;
  const auto response = fetch(get("/"), &sink);
  ASSERT_TRUE(response);
  EXPECT_TRUE(response->body.empty());
  EXPECT_EQ(sink.begins, 1);
  EXPECT_EQ(sink.status, 200);
  EXPECT_EQ(sink.size, kBodySize);
}

TEST_P(HttpContractTest, FUMO_062_ASinksErrorIsTheOutcome) {
  CountingSink sink;
  sink.refuse_over = 1000;
  const auto response = fetch(get("/"), &sink);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::storage_full);
}

TEST_P(HttpContractTest, PRO_430_ABodyOverTheLimitIsTooLarge) {
  for (const char* target : {"/", "/stream"}) {
    CountingSink sink;
    HttpRequest request = get(target);
    request.max_body = 1000;
    const auto response = fetch(request, &sink);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::too_large);
    EXPECT_LE(sink.size, 1000U);
    request.max_body = kBodySize;
    EXPECT_TRUE(fetch(request));
  }
}

TEST_P(HttpContractTest, SEC_125_HttpNeedsLeave) {
  HttpRequest request = get("/");
  request.allow_http = false;
  const auto response = fetch(request);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Errc::not_allowed);
  request.url = "nonsense";
  const auto malformed = fetch(request);
  ASSERT_FALSE(malformed);
  EXPECT_EQ(malformed.error().code, Errc::malformed);
}

TEST_P(HttpContractTest, PRO_430_DestroyingACallSilencesIt) {
  bool called = false;
  auto first = http().send(get("/"), nullptr, [&called](Result<HttpResponse>) { called = true; });
  auto second = http().send(get("/never"), nullptr, [&called](Result<HttpResponse>) { called = true; });
  first.reset();
  EXPECT_TRUE(fetch(get("/")));
  second.reset();
  EXPECT_TRUE(fetch(get("/")));
  EXPECT_FALSE(called);
}

TEST_P(HttpContractTest, PRO_430_DoneMayDestroyItsCall) {
  std::unique_ptr<HttpCall> call;
  int answers = 0;
  call = http().send(get("/"), nullptr, [&](Result<HttpResponse>) {
    ++answers;
    call = http().send(get("/"), nullptr, [&](Result<HttpResponse>) {
      ++answers;
      call.reset();
    });
  });
  EXPECT_TRUE(run_until([&answers] { return answers == 2; }));
}

INSTANTIATE_TEST_SUITE_P(, HttpContractTest, testing::Values(false, true),
                         [](const auto& instance) { return instance.param ? "Fake" : "Curl"; });

}  // namespace
}  // namespace omadm::test
