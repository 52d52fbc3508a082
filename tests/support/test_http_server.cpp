#include "tests/support/test_http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <set>
#include <thread>

#include "base/text.h"

namespace omadm::test {
namespace {

void require(bool good, const char* what) {
  if (good) return;
  std::perror(what);
  std::abort();
}

// A write to a closed connection must not end the test program; the program itself keeps the default, so
// that a client that raises the signal is found out.
void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

class Stream {
 public:
  Stream(int socket, SSL_CTX* tls) : socket_(socket), ssl_(tls == nullptr ? nullptr : SSL_new(tls)) {
    if (ssl_ != nullptr) SSL_set_fd(ssl_, socket_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { SSL_free(ssl_); }

  bool accept() { return ssl_ == nullptr || SSL_accept(ssl_) == 1; }
  bool fill(std::string& buffer) {
    char octets[16384];
    const auto count = ssl_ != nullptr ? SSL_read(ssl_, octets, sizeof octets)
                                       : static_cast<int>(::recv(socket_, octets, sizeof octets, 0));
    if (count <= 0) return false;
    buffer.append(octets, static_cast<std::size_t>(count));
    return true;
  }
  bool write(std::string_view octets) {
    while (!octets.empty()) {
      const std::size_t part = std::min<std::size_t>(octets.size(), 65536);
      const auto count = ssl_ != nullptr ? SSL_write(ssl_, octets.data(), static_cast<int>(part))
                                         : static_cast<int>(::send(socket_, octets.data(), part, MSG_NOSIGNAL));
      if (count <= 0) return false;
      octets.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  void close_notify() {
    if (ssl_ != nullptr) SSL_shutdown(ssl_);
  }

 private:
  int socket_;
  SSL* ssl_;
};

bool read_request(Stream& stream, std::string& buffer, TestRequest& request) {
  std::size_t end = 0;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
    if (!stream.fill(buffer)) return false;
  }
  const std::string head = buffer.substr(0, end);
  buffer.erase(0, end + 4);
  bool first = true;
  for (std::string_view line : split(head, '\n')) {
    line = trim(line);
    if (first) {
      const auto words = split(line, ' ');
      if (words.size() < 2) return false;
      request.method = words[0];
      request.target = words[1];
      first = false;
    } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
      request.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
    }
  }
  const std::size_t length = parse_unsigned(request.header("Content-Length")).value_or(0);
  while (buffer.size() < length) {
    if (!stream.fill(buffer)) return false;
  }
  request.body = buffer.substr(0, length);
  buffer.erase(0, length);
  return true;
}

std::string octets_of(const TestRequest& request, const TestResponse& response) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " Answer\r\n";
  for (const auto& [name, value] : response.headers) out += name + ": " + value + "\r\n";
  const bool bare = response.status == 204 || response.status == 304;
  if (response.chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  } else if (!response.no_length && !bare) {
    out += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  }
  if (response.close || response.no_length) out += "Connection: close\r\n";
  out += "\r\n";
  if (request.method == "HEAD" || bare) return out;
  if (!response.chunked) return out + response.body;
  for (std::size_t at = 0; at < response.body.size(); at += 1000) {
    const std::string chunk = response.body.substr(at, 1000);
    char size[16];
    std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    out += size + chunk + "\r\n";
  }
  return out + "0\r\n\r\n";
}

}  // namespace

std::string TestRequest::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return {};
}

bool TestRequest::has_header(std::string_view name) const {
  return std::any_of(headers.begin(), headers.end(),
                     [name](const auto& field) { return equals_ignoring_case(field.first, name); });
}

struct TestHttpServer::Impl {
  Handler handler;
  SSL_CTX* tls = nullptr;
  int listener = -1, port = 0;
  std::thread acceptor;
  mutable std::mutex mutex;  // guards everything below
  std::condition_variable stopping;
  bool stop = false;
  std::set<int> sockets;
  std::vector<std::thread> threads;
  std::vector<TestRequest> requests;
  int connections = 0;

  void set_up_tls(const TestServerOptions& options);
  void listen();
  void accept_all();
  void serve(int socket, int connection);
  bool answer(Stream& stream, const TestRequest& request);
  bool wait(std::chrono::milliseconds time);
};

void TestHttpServer::Impl::set_up_tls(const TestServerOptions& options) {
  tls = SSL_CTX_new(TLS_server_method());
  require(SSL_CTX_use_certificate_file(tls, options.cert_file.c_str(), SSL_FILETYPE_PEM) == 1, "server certificate");
  require(SSL_CTX_use_PrivateKey_file(tls, options.key_file.c_str(), SSL_FILETYPE_PEM) == 1, "server key");
  if (options.max_tls_version != 0) SSL_CTX_set_max_proto_version(tls, options.max_tls_version);
  if (options.client_ca_file.empty()) return;
  SSL_CTX_set_verify(tls, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  require(SSL_CTX_load_verify_locations(tls, options.client_ca_file.c_str(), nullptr) == 1, "client CA");
}

void TestHttpServer::Impl::listen() {
  listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  require(listener >= 0, "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  require(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0, "bind");
  require(::listen(listener, 64) == 0, "listen");
  require(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  port = ntohs(address.sin_port);
}

void TestHttpServer::Impl::accept_all() {
  block_sigpipe();
  while (true) {
    const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard guard(mutex);
    if (stop) {
      if (socket >= 0) ::close(socket);
      return;
    }
    if (socket < 0) continue;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockets.insert(socket);
    threads.emplace_back([this, socket, number = ++connections] { serve(socket, number); });
  }
}

void TestHttpServer::Impl::serve(int socket, int connection) {
  block_sigpipe();
  {
    Stream stream(socket, tls);
    std::string buffer;
    bool going = stream.accept();
    while (going) {
      TestRequest request;
      request.connection = connection;
      going = read_request(stream, buffer, request) && answer(stream, request);
    }
  }
  const std::lock_guard guard(mutex);
  sockets.erase(socket);
  ::close(socket);
}

bool TestHttpServer::Impl::answer(Stream& stream, const TestRequest& request) {
  TestResponse response;
  {
    const std::lock_guard guard(mutex);
    if (stop) return false;
    requests.push_back(request);
    response = handler(request);
  }
  if (!wait(response.delay)) return false;
  std::string octets = response.raw ? *response.raw : octets_of(request, response);
  if (response.cut_after) octets.resize(std::min(octets.size(), *response.cut_after));
  std::string_view rest = octets;
  if (response.pause.count() > 0) {
    const std::string_view first = rest.substr(0, response.pause_after);
    rest.remove_prefix(first.size());
    if (!stream.write(first) || !wait(response.pause)) return false;
  }
  if (!stream.write(rest)) return false;
  const bool ends = response.raw || response.cut_after || response.close || response.no_length;
  if (ends && !response.cut_after) stream.close_notify();
  return !ends;
}

bool TestHttpServer::Impl::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex);
  return !stopping.wait_for(lock, time, [this] { return stop; });
}

TestHttpServer::TestHttpServer(Handler handler, TestServerOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->handler = std::move(handler);
  if (!options.cert_file.empty()) impl_->set_up_tls(options);
  impl_->listen();
  impl_->acceptor = std::thread([impl = impl_.get()] { impl->accept_all(); });
}

TestHttpServer::~TestHttpServer() {
  {
    const std::lock_guard guard(impl_->mutex);
    impl_->stop = true;
    for (const int socket : impl_->sockets) ::shutdown(socket, SHUT_RDWR);
  }
  impl_->stopping.notify_all();
  ::shutdown(impl_->listener, SHUT_RDWR);
  impl_->acceptor.join();
  for (std::thread& thread : impl_->threads) thread.join();
  ::close(impl_->listener);
  SSL_CTX_free(impl_->tls);
}

int TestHttpServer::port() const { return impl_->port; }

std::string TestHttpServer::url(const std::string& target) const {
  return (impl_->tls != nullptr ? "https" : "http") + std::string("://127.0.0.1:") + std::to_string(impl_->port) +
         target;
}

std::vector<TestRequest> TestHttpServer::requests() const {
  const std::lock_guard guard(impl_->mutex);
  return impl_->requests;
}

int TestHttpServer::connections() const {
  const std::lock_guard guard(impl_->mutex);
  return impl_->connections;
}

}  // namespace omadm::test
