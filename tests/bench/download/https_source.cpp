// Serves one file over HTTPS on loopback, as fast as TLS goes, and cuts connections where it is told to: what downloads
// are measured against. Prints a line for each answer: first octet, octets sent, milliseconds since the first request.
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kBlock = 256U << 10U;

struct Source {
  SSL_CTX* tls = nullptr;
  int file = -1;
  std::uint64_t size = 0;
  std::deque<std::uint64_t> cuts;  // octets of the file, ascending
  std::optional<std::chrono::steady_clock::time_point> begun;
};

// The request's head; empty: the client went away.
std::string read_head(SSL* connection) {
  std::string head;
  char buffer[4096];
  while (head.find("\r\n\r\n") == std::string::npos) {
    const int count = SSL_read(connection, buffer, sizeof buffer);
    if (count <= 0 || head.size() > 65536) return {};
    head.append(buffer, static_cast<std::size_t>(count));
  }
  return head;
}

std::uint64_t first_octet(const std::string& head) {
  constexpr std::string_view kField = "Range: bytes=";
  const std::size_t at = head.find(kField);
  return at == std::string::npos ? 0 : std::strtoull(head.c_str() + at + kField.size(), nullptr, 10);
}

std::string answer_head(const Source& source, std::uint64_t first) {
  const std::string size = std::to_string(source.size);
  std::string head = first > 0 ? "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(first) + "-" +
                                     std::to_string(source.size - 1) + "/" + size + "\r\n"
                               : "HTTP/1.1 200 OK\r\n";
  return head +
         "Content-Type: application/octet-stream\r\nETag: \"1\"\r\nAccept-Ranges: bytes\r\nConnection: close\r\n" +
         "Content-Length: " + std::to_string(source.size - first) + "\r\n\r\n";
}

// Octets that went out.
std::uint64_t send_from(Source& source, SSL* connection, std::uint64_t first) {
  std::vector<char> block(kBlock);
  std::uint64_t end = source.size;
  while (!source.cuts.empty() && source.cuts.front() <= first) source.cuts.pop_front();
  if (!source.cuts.empty()) end = std::min(end, source.cuts.front());
  std::uint64_t at = first;
  while (at < end) {
    const ssize_t count =
        ::pread(source.file, block.data(), std::min<std::uint64_t>(block.size(), end - at), static_cast<off_t>(at));
    if (count <= 0 || SSL_write(connection, block.data(), static_cast<int>(count)) <= 0) break;
    at += static_cast<std::uint64_t>(count);
  }
  return at - first;
}

void serve(Source& source, SSL* connection) {
  if (SSL_accept(connection) <= 0) return;
  const std::string head = read_head(connection);
  if (head.empty()) return;
  if (!source.begun) source.begun = std::chrono::steady_clock::now();
  const std::uint64_t first = std::min(first_octet(head), source.size - 1);
  const std::string answer = answer_head(source, first);
  SSL_write(connection, answer.data(), static_cast<int>(answer.size()));
  const std::uint64_t sent = send_from(source, connection, first);
  SSL_shutdown(connection);
  ::shutdown(SSL_get_fd(connection), SHUT_WR);
  char rest;
  while (::recv(SSL_get_fd(connection), &rest, 1, 0) > 0) continue;  // it has taken everything, or went away
  const auto took = std::chrono::steady_clock::now() - *source.begun;
  std::printf("%llu %llu %.3f\n", static_cast<unsigned long long>(first), static_cast<unsigned long long>(sent),
              std::chrono::duration<double, std::milli>(took).count());
  std::fflush(stdout);
}

int listen_on_loopback() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(listener, 16) != 0) return -1;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
  std::printf("port %u\n", static_cast<unsigned>(ntohs(address.sin_port)));
  std::fflush(stdout);
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: https_source FILE PEM [CUT…]   (PEM: certificate and key; CUT: octets, ascending)\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  Source source;
  source.file = ::open(argv[1], O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (source.file < 0 || ::fstat(source.file, &status) != 0 || status.st_size == 0) {
    std::perror(argv[1]);
    return 1;
  }
  source.size = static_cast<std::uint64_t>(status.st_size);
  for (int i = 3; i < argc; ++i) source.cuts.push_back(std::strtoull(argv[i], nullptr, 10));
  source.tls = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_file(source.tls, argv[2], SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_use_PrivateKey_file(source.tls, argv[2], SSL_FILETYPE_PEM) != 1) {
    std::fprintf(stderr, "https_source: %s: no certificate with its key\n", argv[2]);
    return 1;
  }
  const int listener = listen_on_loopback();
  if (listener < 0) return 1;
  while (true) {
    const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return 1;
    SSL* const connection = SSL_new(source.tls);
    SSL_set_fd(connection, socket);
    serve(source, connection);
    SSL_free(connection);
    ::close(socket);
  }
}
