// Requests and answers as they should be, and the ways an answer can be broken.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "tests/unit/transport/http_fixture.h"

namespace omadm::test {
namespace {

using namespace std::chrono_literals;

TestResponse ok(std::string body) {
  TestResponse response;
  response.body = std::move(body);
  return response;
}

TEST_F(HttpTest, PRO_430_SEC_045_PostCarriesTheBodyAndItsLength) {
  TestHttpServer server([](const TestRequest&) {
    TestResponse response = ok("answer");
    response.headers = {{"Content-Type", "Application/vnd.syncml.dm+wbxml; charset=x"}, {"X-Two", "a"}, {"x-two", "b"}};
    return response;
  });
  const std::string body(3000, '\0');
  HttpRequest request = post(server.url("/dm?x=1#fragment"), body);
  request.headers = {{"Content-Type", "application/vnd.syncml.dm+wbxml"}, {"Accept", "a/b"}, {"X-Empty", ""}};
  const auto response = fetch(request);
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "answer");
  EXPECT_EQ(response->content_type(), "application/vnd.syncml.dm+wbxml");
  EXPECT_EQ(response->header("X-TWO"), "a, b");
  EXPECT_EQ(response->header("X-Three"), "");
  EXPECT_EQ(response->url, server.url("/dm?x=1"));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/dm?x=1");
  EXPECT_EQ(requests[0].body, body);
  EXPECT_EQ(requests[0].header("Content-Length"), "3000");
  EXPECT_EQ(requests[0].header("Content-Type"), "application/vnd.syncml.dm+wbxml");
  EXPECT_TRUE(requests[0].has_header("X-Empty"));
}

TEST_F(HttpTest, PRO_437_441_NeitherExpectNorAcceptEncodingAreSent) {
  TestHttpServer server([](const TestRequest&) { return ok(""); });
  HttpRequest request = post(server.url(), std::string(2U << 20U, 'x'));  // libcurl would ask for 100 here
  request.headers = {{"Expect", "100-continue"}, {"Accept-Encoding", "gzip"}, {"Content-Length", "5"}, {"Host", "x"}};
  ASSERT_TRUE(fetch(request));
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_FALSE(requests[0].has_header("Expect"));
  EXPECT_FALSE(requests[0].has_header("Accept-Encoding"));
  EXPECT_FALSE(requests[0].has_header("Content-Type"));
  EXPECT_EQ(requests[0].header("Content-Length"), std::to_string(2U << 20U));
  EXPECT_EQ(requests[0].header("Host"), "127.0.0.1:" + std::to_string(server.port()));
}

TEST_F(HttpTest, PRO_437_100ContinueIsSkipped) {
  TestHttpServer server([](const TestRequest&) {
    TestResponse response;
    response.raw = "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    return response;
  });
  const auto response = fetch(post(server.url()));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "ok");
  EXPECT_EQ(response->header("X-Early"), "");
}

TEST_F(HttpTest, PRO_432_ChunkedAnswersAreRead) {
  TestHttpServer server([](const TestRequest&) {
    TestResponse response = ok(std::string(5000, 'c'));
    response.chunked = true;
    return response;
  });
  const auto response = fetch(post(server.url()));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, std::string(5000, 'c'));
}

TEST_F(HttpTest, PRO_435_EveryStatusIsAResponse) {
  for (const int status : {204, 206, 304, 401, 404, 416, 429, 500, 503}) {
    TestHttpServer server([status](const TestRequest&) {
      TestResponse response;
      response.status = status;
      response.body = status == 204 || status == 304 ? "" : "why";
      return response;
    });
    const auto response = fetch(post(server.url()));
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->status, status);
  }
}

TEST_F(HttpTest, PRO_439_AConnectionIsUsedAgain) {
  TestHttpServer server([](const TestRequest& request) { return ok(std::to_string(request.connection)); });
  for (int i = 0; i < 5; ++i) {
    const auto response = fetch(post(server.url()));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body, "1");
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpTest, PRO_439_AKeptConnectionTheServerClosedIsReplaced) {
  TestHttpServer server([](const TestRequest& request) {
    TestResponse response = ok("");
    response.close = request.connection == 1;
    return response;
  });
  ASSERT_TRUE(fetch(post(server.url())));
  const auto response = fetch(post(server.url(), "again"));
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(server.requests().at(1).body, "again");
}

TEST_F(HttpTest, PRO_430_ManyCallsRunSideBySide) {
  TestHttpServer server([](const TestRequest& request) {
    TestResponse response = ok(request.body);
    response.delay = 20ms;
    return response;
  });
  std::vector<std::unique_ptr<HttpCall>> calls;
  std::vector<std::string> answers;
  for (int i = 0; i < 20; ++i) {
    calls.push_back(client_->send(post(server.url(), std::to_string(i)), nullptr, [&](Result<HttpResponse> result) {
      ASSERT_TRUE(result) << result.error().detail;
      answers.push_back(result->body);
    }));
  }
  EXPECT_TRUE(run_until([&answers] { return answers.size() == 20; }));
}

TEST_F(HttpTest, UI_004_ARefusedConnectionNamesHostAndReason) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);  // bound, not listening
  ASSERT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string port = std::to_string(ntohs(address.sin_port));
  const auto response = fetch(post("http://127.0.0.1:" + port + "/?token=secret"));
  ::close(socket);
  expect_error(response, Errc::transport, "connect to 127.0.0.1 port " + port + ": connection refused");
  EXPECT_EQ(response.error().detail.find("secret"), std::string::npos);
}

TEST_F(HttpTest, UI_004_AnUnknownHostIsNamed) {
  expect_error(fetch(post("http://no-such-host.invalid/")), Errc::transport, "look up no-such-host.invalid");
}

TEST_F(HttpTest, SEC_125_HttpIsRefusedUnlessAllowed) {
  TestHttpServer server([](const TestRequest&) { return ok(""); });
  HttpRequest request = post(server.url("/p?secret=1"));
  request.url.insert(7, "user:word@");
  request.allow_http = false;
  const auto response = fetch(request);
  expect_error(response, Errc::not_allowed, "only https");
  EXPECT_EQ(response.error().detail.find("word"), std::string::npos);
  EXPECT_EQ(response.error().detail.find("secret"), std::string::npos);
  EXPECT_EQ(server.connections(), 0);
  for (const char* url : {"ftp://127.0.0.1/", "file:///etc/passwd", "gopher://x/"}) {
    const auto other = fetch(post(url));
    ASSERT_FALSE(other);
    EXPECT_TRUE(other.error().code == Errc::not_allowed || other.error().code == Errc::malformed) << url;
  }
}

TEST_F(HttpTest, PRO_430_AMalformedUrlOrFieldIsRefused) {
  for (const char* url :
       {"", "http://", "127.0.0.1", "http://a b/", "https://a\r\nX: y/", "http://[::1", "http://a:99999/"}) {
    expect_error(fetch(post(url)), Errc::malformed, "URL");
  }
  HttpRequest request = post("http://127.0.0.1:1/");
  request.headers = {{"X-A", "1\r\nX-B: 2"}};
  expect_error(fetch(request), Errc::malformed, "header");
  request.headers.clear();
  request.method = "PO ST";
  expect_error(fetch(request), Errc::malformed, "method");
}

TEST_F(HttpTest, PRO_430_BrokenAnswersAreTransportErrors) {
  const char* const broken[] = {
      "",                                                              // closed without an answer
      "HTTP/1.1 200 OK\r\nContent-Le",                                 // inside the head
      "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",             // half-closed body
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",  // inside a chunk
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",   // no chunk size
      "garbage that is not HTTP\r\n\r\n",
      "\x16\x03\x01 TLS",
  };
  for (const char* octets : broken) {
    TestHttpServer server([octets](const TestRequest&) {
      TestResponse response;
      response.raw = octets;
      return response;
    });
    const auto response = fetch(post(server.url()));
    expect_error(response, Errc::transport, "answer of 127.0.0.1 port");
  }
}

TEST_F(HttpTest, PRO_430_AnAnnouncedBodyOverTheLimitEndsAtOnce) {
  TestHttpServer server([](const TestRequest&) {
    TestResponse response;
    response.raw = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";  // and nothing follows
    return response;
  });
  HttpRequest request = post(server.url());
  request.max_body = 1000;
  expect_error(fetch(request), Errc::too_large, "99999999999 octets announced");
}

TEST_F(HttpTest, PRO_430_AChunkedBodyOverTheLimitEndsAtOnce) {
  TestHttpServer server([](const TestRequest&) {
    TestResponse response = ok(std::string(1U << 20U, 'x'));
    response.chunked = true;
    response.pause_after = 20000;  // the limit is met before; the rest need not come
    response.pause = 30s;
    return response;
  });
  HttpRequest request = post(server.url());
  request.max_body = 10000;
  const auto begin = std::chrono::steady_clock::now();
  expect_error(fetch(request), Errc::too_large, "over the 10000 octets");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST_F(HttpTest, PRO_430_AnEndlessHeadIsRefused) {
  TestHttpServer server([](const TestRequest&) {
    TestResponse response;
    for (int i = 0; i < 400; ++i) response.headers.emplace_back("X-Field", std::string(1000, 'x'));
    return response;
  });
  expect_error(fetch(post(server.url())), Errc::transport, "head");
}

TEST_F(HttpTest, PRO_430_ASilentServerTimesOut) {
  TestHttpServer server([](const TestRequest& request) {
    TestResponse response = ok(std::string(100, 'x'));
    if (request.target == "/late") {
      response.delay = 30s;
    } else {
      response.pause_after = 80;
      response.pause = 30s;
    }
    return response;
  });
  for (const char* target : {"/late", "/stalls"}) {
    HttpRequest request = post(server.url(target));
    request.idle_timeout = 1s;
    const auto begin = std::chrono::steady_clock::now();
    expect_error(fetch(request), Errc::timed_out, "no octet for 1 s");
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 900ms);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  }
}

TEST_F(HttpTest, PRO_430_ATotalTimeLimitHolds) {
  TestHttpServer server([](const TestRequest&) {
    TestResponse response = ok("x");
    response.delay = 30s;
    return response;
  });
  HttpRequest request = post(server.url());
  request.total_timeout = 1s;
  expect_error(fetch(request), Errc::timed_out, "not complete in 1 s");
}

TEST_F(HttpTest, PRO_430_DestroyingACallCancelsIt) {
  TestHttpServer server([](const TestRequest&) {
    TestResponse response = ok("x");
    response.delay = 100ms;
    return response;
  });
  bool called = false;
  auto call = client_->send(post(server.url()), nullptr, [&called](Result<HttpResponse>) { called = true; });
  call.reset();  // before it began
  call = client_->send(post(server.url()), nullptr, [&called](Result<HttpResponse>) { called = true; });
  EXPECT_TRUE(run_until([&server] { return !server.requests().empty(); }));
  call.reset();  // while the answer is awaited
  call = client_->send(post(server.url()), nullptr, [&called](Result<HttpResponse>) { called = true; });
  EXPECT_TRUE(run_until([&server] { return server.requests().size() == 2; }));
  client_.reset();  // the client first, its call later
  run_until([] { return false; }, 300ms);
  EXPECT_FALSE(called);
}

TEST_F(HttpTest, PRO_430_DoneMayDestroyItsCallAndSendAnother) {
  TestHttpServer server([](const TestRequest& request) { return ok(request.body); });
  std::unique_ptr<HttpCall> call;
  std::string last;
  call = client_->send(post(server.url(), "1"), nullptr, [&](Result<HttpResponse> first) {
    ASSERT_TRUE(first);
    call = client_->send(post(server.url(), first->body + "2"), nullptr, [&](Result<HttpResponse> second) {
      ASSERT_TRUE(second);
      last = second->body;
      call.reset();
      client_.reset();
    });
  });
  EXPECT_TRUE(run_until([&last] { return !last.empty(); }));
  EXPECT_EQ(last, "12");
}

class Collector : public BodySink {
 public:
  Result<void> begin(const HttpResponse& head) override {
    heads.push_back(head.status);
    type = head.content_type();
    return {};
  }
  Result<void> write(Bytes octets) override {
    text.append(octets);
    if (on_write) on_write();
    if (text.size() > refuse_over) return Error{Errc::storage_full, "the disk is full"};
    return {};
  }
  std::vector<int> heads;
  std::string type, text;
  std::size_t refuse_over = SIZE_MAX;
  std::function<void()> on_write;
};

TEST_F(HttpTest, FUMO_060_ASinkTakesTheBody) {
  TestHttpServer server([](const TestRequest& request) {
    TestResponse response = ok(request.target == "/empty" ? "" : std::string(3U << 20U, 'f'));
    response.headers = {{"Content-Type", "application/octet-stream"}};
    return response;
  });
  Collector sink;
  HttpRequest request = get(server.url());
  const auto response = fetch(request, &sink);
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_TRUE(response->body.empty());
  EXPECT_EQ(sink.text.size(), 3U << 20U);
  EXPECT_EQ(sink.heads, std::vector<int>{200});
  EXPECT_EQ(sink.type, "application/octet-stream");
  EXPECT_EQ(server.requests().at(0).method, "GET");
  Collector empty;
  ASSERT_TRUE(fetch(get(server.url("/empty")), &empty));
  EXPECT_EQ(empty.heads, std::vector<int>{200});
}

TEST_F(HttpTest, FUMO_062_ASinksErrorEndsTheTransfer) {
  TestHttpServer server([](const TestRequest&) { return ok(std::string(3U << 20U, 'f')); });
  Collector sink;
  sink.refuse_over = 1000;
  expect_error(fetch(get(server.url()), &sink), Errc::storage_full, "the disk is full");
}

TEST_F(HttpTest, FUMO_062_ASinkMayDestroyItsCall) {
  TestHttpServer server([](const TestRequest&) { return ok(std::string(3U << 20U, 'f')); });
  Collector sink;
  bool called = false;
  auto call = client_->send(get(server.url()), &sink, [&called](Result<HttpResponse>) { called = true; });
  sink.on_write = [&call] { call.reset(); };
  EXPECT_TRUE(run_until([&call] { return call == nullptr; }));
  const std::size_t received = sink.text.size();
  run_until([] { return false; }, 100ms);
  EXPECT_EQ(sink.text.size(), received);
  EXPECT_FALSE(called);
  EXPECT_TRUE(fetch(post(server.url())));  // the client goes on
}

TEST_F(HttpTest, MO_033_BasicAndDigestAuthenticationOfHttp) {
  TestHttpServer server([](const TestRequest& request) {
    TestResponse response = ok("in");
    if (request.header("Authorization").empty()) {
      response.status = 401;
      response.body = "who is there";
      response.headers = {{"WWW-Authenticate", request.target == "/basic"
                                                   ? "Basic realm=\"r\""
                                                   : "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5"}};
    }
    return response;
  });
  HttpRequest request = post(server.url("/basic"));
  request.username = "user";
  request.password = "word";
  auto response = fetch(request);
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "in");
  EXPECT_EQ(server.requests().back().header("Authorization"), "Basic dXNlcjp3b3Jk");
  EXPECT_EQ(server.requests().back().body, "hello");
  request.url = server.url("/digest");
  response = fetch(request);
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, "in");
  EXPECT_EQ(server.requests().back().header("Authorization").rfind("Digest username=\"user\"", 0), 0U);
  EXPECT_EQ(server.requests().back().body, "hello");
}

}  // namespace
}  // namespace omadm::test
