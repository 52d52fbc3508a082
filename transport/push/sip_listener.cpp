#include "transport/push/sip_listener.h"

#include <unistd.h>

#include <utility>
#include <vector>

namespace omadm {
namespace {

constexpr std::size_t kMaxDatagram = 65536;
constexpr int kDatagramsATurn = 16;  // so that a flood does not starve the rest of the loop
constexpr int kFreePortAttempts = 8;
constexpr StreamLimits kLimits{.octets = kSipHeadLimits.octets + kMaxPush};
constexpr std::string_view kPing = "\r\n\r\n";  // of a keep-alive, answered by half of it: [RFC 5626] 4.4.1

}  // namespace

Result<std::unique_ptr<PushListener>> SipListener::listen(EventLoop& loop, Log& log, std::string_view address,
                                                          SipSenderCheck may_send, PushHandler handler) {
  const InetAddress wanted = DM_TRY(InetAddress::parse(address));
  // A free port of one protocol may be taken in the other.
  for (int attempt = 1;; ++attempt) {
    const int socket = DM_TRY(bound_socket(wanted, SOCK_DGRAM));
    std::unique_ptr<SipListener> listener(new SipListener(socket, SipUserAgent(loop.clock(), log, may_send, handler)));
    SipListener* const raw = listener.get();
    auto streams =
        StreamListener::listen(loop, InetAddress::of_socket(socket), kLimits,
                               [raw](Bytes received, const InetAddress& peer) { return raw->serve(received, peer); });
    if (!streams) {
      if (wanted.port() == 0 && attempt < kFreePortAttempts) continue;
      return std::move(streams).error();
    }
    listener->streams_ = std::move(*streams);
    listener->watch_ = loop.watch(socket, kReadable, [raw](unsigned) { raw->receive_datagrams(); });
    return std::unique_ptr<PushListener>(std::move(listener));
  }
}

SipListener::SipListener(int datagrams, SipUserAgent agent) : datagrams_(datagrams), agent_(std::move(agent)) {}

SipListener::~SipListener() {
  watch_.reset();
  ::close(datagrams_);
}

void SipListener::receive_datagrams() {
  std::vector<char> buffer(kMaxDatagram);
  for (int i = 0; i < kDatagramsATurn; ++i) {
    InetAddress source;
    source.size = sizeof source.storage;
    const ssize_t size = ::recvfrom(datagrams_, buffer.data(), buffer.size(), 0, source.generic(), &source.size);
    if (size < 0) return;  // nothing more; an error of one datagram concerns nobody
    if (!agent_.may_send(source)) continue;
    const auto request = SipRequest::parse({buffer.data(), static_cast<std::size_t>(size)});
    if (!request) continue;
    const std::string answer = agent_.receive(*request, source);
    const InetAddress to = request->answer_address(source);
    // An answer that is lost is asked for again by a retransmission.
    if (!answer.empty()) ::sendto(datagrams_, answer.data(), answer.size(), 0, to.generic(), to.size);
  }
}

StreamTurn SipListener::serve(Bytes received, const InetAddress& peer) {
  if (!agent_.may_send(peer)) return {0, {}, true};
  if (received.starts_with(kPing)) return {kPing.size(), "\r\n", false};
  const auto size = sip_message_size(received);
  if (!size) return {0, {}, true};
  if (!*size) return {};
  const Bytes message = received.substr(0, **size);
  if (message.find_first_not_of("\r\n") == Bytes::npos)
    return received.size() < kPing.size() ? StreamTurn{} : StreamTurn{**size, {}, false};
  const auto request = SipRequest::parse(message);
  if (!request) return {0, {}, true};
  return {**size, agent_.receive(*request, peer), false};
}

}  // namespace omadm
