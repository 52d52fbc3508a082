#include "transport/push/udp_listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <utility>
#include <vector>

#include "transport/push/inet_address.h"

namespace omadm {
namespace {

constexpr std::size_t kMaxDatagram = 65536;
constexpr int kDatagramsATurn = 16;  // so that a flood does not starve the rest of the loop

}  // namespace

Result<std::unique_ptr<PushListener>> UdpListener::listen(EventLoop& loop, std::string_view address,
                                                          PushHandler handler) {
  const InetAddress wanted = DM_TRY(InetAddress::parse(address));
  const int socket = DM_TRY(bound_socket(wanted, SOCK_DGRAM));
  std::unique_ptr<UdpListener> listener(
      new UdpListener(socket, InetAddress::of_socket(socket).text(), std::move(handler)));
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
