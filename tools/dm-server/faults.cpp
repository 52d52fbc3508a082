#include "tools/dm-server/faults.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <functional>
#include <thread>

#include "base/text.h"

namespace omadm::server {
namespace {

constexpr std::size_t kSlowPiece = 64;  // octets
constexpr int kHalfCloseWaitMs = 3000;

int port_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    return ntohs(in.sin_port);
  }
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &address, sizeof in);
    return ntohs(in.sin6_port);
  }
  return -1;
}

using NameOf = int (*)(int, sockaddr*, socklen_t*);

int port_of(int fd, NameOf name_of) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  void* const raw = &address;
  if (name_of(fd, static_cast<sockaddr*>(raw), &size) != 0) return -1;
  return port_of(address);
}

// The HTTP library keeps descriptors to itself: they are found by their ports.
void for_each_connection(int local_port, const std::function<void(int fd, int peer_port)>& visit) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", ignored)) {
    const std::optional<std::uint64_t> number = parse_unsigned(entry.path().filename().string());
    if (!number) continue;
    const int fd = static_cast<int>(*number);
    const int peer = port_of(fd, ::getpeername);
    if (peer > 0 && port_of(fd, ::getsockname) == local_port) visit(fd, peer);
  }
}

void shut(const httplib::Request& request, int how) {
  for_each_connection(request.local_port, [&](int fd, int peer) {
    if (peer == request.remote_port) ::shutdown(fd, how);
  });
}

// Half a connection: we say no more, and wait for the client to notice.
void half_close(const httplib::Request& request) {
  for_each_connection(request.local_port, [&](int fd, int peer) {
    if (peer != request.remote_port) return;
    ::shutdown(fd, SHUT_WR);
    pollfd waiting{fd, POLLRDHUP, 0};
    static_cast<void>(::poll(&waiting, 1, kHalfCloseWaitMs));
  });
}

}  // namespace

void cut_connection(const httplib::Request& request) { shut(request, SHUT_RDWR); }

void cut_all_connections(int port) {
  for_each_connection(port, [](int fd, int) { ::shutdown(fd, SHUT_RD); });
}

void send_with_fault(const httplib::Request& request, httplib::Response& response, const Fault& fault, Octets body,
                     const std::string& content_type, const std::string& url) {
  const std::size_t size = body.size();
  const std::size_t part = fault.octets != 0 ? std::min<std::size_t>(fault.octets, size) : size / 2;
  switch (fault.kind) {
    case FaultKind::http_status:
      response.status = fault.status;
      if (fault.retry_after) response.set_header("Retry-After", std::to_string(*fault.retry_after));
      response.set_content("This answer is part of the script.\n", "text/plain");
      return;
    case FaultKind::redirect:
    case FaultKind::redirect_loop:
      response.set_redirect(fault.location.empty() ? url + request.target : fault.location, fault.status);
      return;
    case FaultKind::drop_request:
      cut_connection(request);
      return;
    case FaultKind::wrong_content_type:
      response.set_content(body, fault.content_type);
      return;
    case FaultKind::slow_body:
      response.set_content_provider(
          size, content_type,
          [body = std::move(body), delay = fault.delay_ms](std::size_t offset, std::size_t, httplib::DataSink& sink) {
            std::this_thread::sleep_for(std::chrono::milliseconds(delay));
            const Bytes piece = Bytes(body).substr(offset, kSlowPiece);
            return sink.write(piece.data(), piece.size());
          });
      return;
    case FaultKind::truncated_body:
    case FaultKind::drop_connection:
    case FaultKind::half_close:
      response.set_content_provider(size, content_type,
                                    [body = std::move(body), part, kind = fault.kind, request_copy = request](
                                        std::size_t offset, std::size_t, httplib::DataSink& sink) {
                                      if (offset < part && !sink.write(body.data() + offset, part - offset))
                                        return false;
                                      if (kind == FaultKind::drop_connection) cut_connection(request_copy);
                                      if (kind == FaultKind::half_close) half_close(request_copy);
                                      return false;
                                    });
      return;
    default:
      response.set_content(body, content_type);
      return;
  }
}

}  // namespace omadm::server
