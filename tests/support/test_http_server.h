// A scripted HTTP or HTTPS server on loopback, which can also misbehave in every way a test wants.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace omadm::test {

struct TestRequest {
  std::string method, target;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int connection = 0;                               // 1, 2, 3 … in order of acceptance
  std::string header(std::string_view name) const;  // case-insensitive; "" when absent
  bool has_header(std::string_view name) const;
};

struct TestResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool chunked = false;
  bool close = false;                    // end the connection after this answer
  bool no_length = false;                // neither Content-Length nor chunks: the body ends with the connection
  std::optional<std::string> raw;        // these octets instead of everything above, then close
  std::optional<std::size_t> cut_after;  // close after so many octets of the whole answer
  std::chrono::milliseconds delay{0};    // before the answer
  std::size_t pause_after = 0;           // octets of the whole answer, before …
  std::chrono::milliseconds pause{0};    // … waiting so long
};

struct TestServerOptions {
  std::string cert_file, key_file;  // PEM; empty: plain HTTP
  std::string client_ca_file;       // PEM; set: a client certificate of that authority is demanded
  int max_tls_version = 0;          // of OpenSSL, 0: the newest
};

// Listens on 127.0.0.1 until destroyed. The handler runs on the server's threads, one call at a time.
class TestHttpServer {
 public:
  using Handler = std::function<TestResponse(const TestRequest&)>;
  explicit TestHttpServer(Handler handler, TestServerOptions options = {});
  ~TestHttpServer();

  int port() const;
  std::string url(const std::string& target = "/") const;  // with 127.0.0.1
  std::vector<TestRequest> requests() const;               // complete ones, in order
  int connections() const;                                 // accepted so far

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace omadm::test
