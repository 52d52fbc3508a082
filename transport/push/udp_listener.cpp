#include "transport/push/udp_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kMaxDatagram = 65536;
constexpr int kDatagramsATurn = 16;  // so that a flood does not starve the rest of the loop

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

Error malformed(std::string_view address) {
  return {Errc::malformed, "notification port \"" + std::string(address) +
                               "\": write a numeric address and a port, 127.0.0.1:2948 or [::1]:2948"};
}

Result<SocketAddress> parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return malformed(text);
  const auto port = parse_unsigned(text.substr(colon + 1));
  std::string host(text.substr(0, colon));
  if (!port || *port > 65535) return malformed(text);
  const auto network_port = htons(static_cast<std::uint16_t>(*port));
  SocketAddress address;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = network_port;
    host = host.substr(1, host.size() - 2);
    if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) != 1) return malformed(text);
    std::memcpy(&address.storage, &v6, sizeof v6);
    address.size = sizeof v6;
    return address;
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = network_port;
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) != 1) return malformed(text);
  std::memcpy(&address.storage, &v4, sizeof v4);
  address.size = sizeof v4;
  return address;
}

std::string bound_address(int socket) {
  SocketAddress address;
  address.size = sizeof address.storage;
  // The kernel knows the type of its own addresses by their family.
  auto* const generic = reinterpret_cast<sockaddr*>(&address.storage);
  if (::getsockname(socket, generic, &address.size) != 0) return {};
  char text[INET6_ADDRSTRLEN] = {};
  if (address.storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address.storage, sizeof v6);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6.sin6_port));
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &address.storage, sizeof v4);
  ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  return std::string(text) + ":" + std::to_string(ntohs(v4.sin_port));
}

Errc errc_of(int error) noexcept {
  if (error == EADDRINUSE || error == EADDRNOTAVAIL) return Errc::unavailable;
  return error == EACCES ? Errc::permission_denied : Errc::io;
}

}  // namespace

Result<std::unique_ptr<PushListener>> UdpListener::listen(EventLoop& loop, std::string_view address,
                                                          PushHandler handler) {
  const SocketAddress wanted = DM_TRY(parse(address));
  const int socket = ::socket(wanted.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto* const generic = reinterpret_cast<const sockaddr*>(&wanted.storage);
  if (socket < 0 || ::bind(socket, generic, wanted.size) != 0) {
    const int error = errno;
    if (socket >= 0) ::close(socket);
    return Error{errc_of(error), "notification port " + std::string(address) + ": " + std::strerror(error)};
  }
  std::unique_ptr<UdpListener> listener(new UdpListener(socket, bound_address(socket), std::move(handler)));
  listener->watch_ = loop.watch(socket, kReadable, [raw = listener.get()](unsigned) { raw->receive(); });
  return std::unique_ptr<PushListener>(std::move(listener));
}

UdpListener::UdpListener(int socket, std::string address, PushHandler handler)
    : socket_(socket), address_(std::move(address)), handler_(std::make_shared<PushHandler>(std::move(handler))) {}

UdpListener::~UdpListener() {
  watch_.reset();
  ::close(socket_);
}

void UdpListener::receive() {
  const std::weak_ptr<PushHandler> alive = handler_;
  std::vector<char> buffer(kMaxDatagram);
  for (int i = 0; i < kDatagramsATurn; ++i) {
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size < 0) return;  // nothing more; an error of one datagram concerns nobody
    const std::shared_ptr<PushHandler> handler = alive.lock();
    (*handler)({buffer.data(), static_cast<std::size_t>(size)}, {});
    if (handler.use_count() == 1) return;  // the listener is gone
  }
}

}  // namespace omadm
