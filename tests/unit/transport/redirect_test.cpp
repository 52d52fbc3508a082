// PRO-436: redirects.
#include "tests/unit/transport/http_fixture.h"

namespace omadm::test {
namespace {

TestResponse redirect(int status, const std::string& location) {
  TestResponse response;
  response.status = status;
  response.headers = {{"Location", location}};
  response.body = "this way";
  return response;
}

TEST_F(HttpTest, PRO_436_RedirectsRepeatMethodAndBody) {
  for (const int status : {301, 302, 307, 308}) {
    TestHttpServer server([status](const TestRequest& request) {
      if (request.target == "/dir/start") return redirect(status, "next?x=1");
      TestResponse response;
      response.body = request.target + " " + request.body;
      return response;
    });
    HttpRequest request = post(server.url("/dir/start"), "the body");
    request.headers = {{"x-syncml-hmac", "mac"}};
    const auto response = fetch(request);
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->body, "/dir/next?x=1 the body");
    EXPECT_EQ(response->url, server.url("/dir/next?x=1"));
    EXPECT_EQ(server.requests().at(1).method, "POST");
    EXPECT_EQ(server.requests().at(1).header("x-syncml-hmac"), "mac");
  }
}

TEST_F(HttpTest, PRO_436_303AndMissingLocationAreErrors) {
  TestHttpServer server([](const TestRequest& request) {
    if (request.target == "/303") return redirect(303, "/other");
    TestResponse response;
    response.status = 302;
    return response;
  });
  expect_error(fetch(post(server.url("/303"))), Errc::transport, "303 is not followed");
  expect_error(fetch(post(server.url("/302"))), Errc::transport, "without Location");
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(HttpTest, PRO_436_AtMostThreeRedirects) {
  TestHttpServer server([](const TestRequest& request) {
    const int left = std::stoi(request.target.substr(1));
    return left == 0 ? TestResponse{} : redirect(302, "/" + std::to_string(left - 1));
  });
  EXPECT_TRUE(fetch(post(server.url("/3"))));
  expect_error(fetch(post(server.url("/4"))), Errc::transport, "more than 3");
  HttpRequest none = post(server.url("/1"));
  none.max_redirects = 0;
  expect_error(fetch(none), Errc::transport, "more than 0");
  HttpRequest five = get(server.url("/5"));
  five.max_redirects = 5;
  EXPECT_TRUE(fetch(five));
}

TEST_F(HttpTest, PRO_436_ALoopIsTold) {
  TestHttpServer server([](const TestRequest& request) { return redirect(302, request.target == "/a" ? "/b" : "/a"); });
  expect_error(fetch(post(server.url("/a"))), Errc::transport, "a loop");
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(HttpTest, PRO_436_FromHttpsToHttpIsRefused) {
  TestHttpServer plain([](const TestRequest&) { return TestResponse{}; });
  const TestIdentity identity = authority_.issue({"127.0.0.1"});
  TestHttpServer server([&plain](const TestRequest&) { return redirect(302, plain.url("/?a=secret")); },
                        {identity.cert_file, identity.key_file, "", 0});
  HttpRequest request = secure(post(server.url()));
  expect_error(fetch(request), Errc::not_allowed, "from https to http");
  request.allow_http = true;
  const auto response = fetch(request);
  expect_error(response, Errc::not_allowed, "from https to http");
  EXPECT_EQ(response.error().detail.find("secret"), std::string::npos);
  EXPECT_EQ(plain.connections(), 0);
}

TEST_F(HttpTest, PRO_436_OtherSchemesAreRefused) {
  for (const char* target : {"file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:1"}) {
    TestHttpServer server([target](const TestRequest&) { return redirect(302, target); });
    const auto response = fetch(post(server.url()));
    ASSERT_FALSE(response) << target;
    EXPECT_TRUE(response.error().code == Errc::not_allowed || response.error().code == Errc::malformed)
        << response.error().detail;
  }
}

TEST_F(HttpTest, PRO_436_AnotherHostOnlyWhenAllowed) {
  TestHttpServer server([](const TestRequest& request) {
    if (request.target == "/go") return redirect(302, "http://localhost:1/");
    return TestResponse{};
  });
  HttpRequest request = post(server.url("/go"));
  request.redirect_same_host_only = true;
  expect_error(fetch(request), Errc::not_allowed, "to another host, localhost");
}

TEST_F(HttpTest, FUMO_061_NameAndPasswordAreForTheHostTheyWereGivenForAlone) {
  TestHttpServer server([](const TestRequest& request) {
    TestResponse response;
    if (request.header("Authorization").empty()) response.status = 401;
    response.headers = {{"WWW-Authenticate", "Basic realm=\"r\""}};
    return response;
  });
  HttpRequest request = post(server.url("/package"));
  request.username = "user";
  request.password = "word";
  for (const auto& [login_url, status] :
       {std::pair(server.url("/descriptor"), 200), std::pair(std::string("http://localhost:1/descriptor"), 401)}) {
    request.login_url = login_url;
    const auto response = fetch(request);
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->status, status);
  }
}

TEST_F(HttpTest, PRO_436_CredentialsStayWithTheirOrigin) {
  TestHttpServer other([](const TestRequest&) { return TestResponse{}; });
  TestHttpServer server([&other](const TestRequest&) { return redirect(307, other.url()); });
  HttpRequest request = post(server.url());
  request.headers = {{"Authorization", "Bearer token"}, {"Cookie", "c=1"}, {"X-Keep", "1"}};
  const auto response = fetch(request);
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(server.requests().at(0).header("Authorization"), "Bearer token");
  EXPECT_EQ(other.requests().at(0).header("Authorization"), "");
  EXPECT_EQ(other.requests().at(0).header("Cookie"), "");
  EXPECT_EQ(other.requests().at(0).header("X-Keep"), "1");
}

TEST_F(HttpTest, FUMO_061_ASinkHearsOnlyOfTheLastAnswer) {
  struct Sink final : BodySink {
    Result<void> begin(const HttpResponse& head) override {
      ++begins;
      status = head.status;
      return {};
    }
    Result<void> write(Bytes octets) override {
      text.append(octets);
      return {};
    }
    int begins = 0, status = 0;
    std::string text;
  } sink;
  TestHttpServer server([](const TestRequest& request) {
    if (request.target == "/a") return redirect(302, "/b");
    TestResponse response;
    response.body = "package";
    return response;
  });
  ASSERT_TRUE(fetch(get(server.url("/a")), &sink));
  EXPECT_EQ(sink.begins, 1);
  EXPECT_EQ(sink.status, 200);
  EXPECT_EQ(sink.text, "package");
}

}  // namespace
}  // namespace omadm::test
