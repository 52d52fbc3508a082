#include "tools/dm-server/push_sender.h"

#include <httplib.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "syncml/notification/package0.h"

namespace omadm::server {
namespace {

constexpr std::string_view kApplicationId = "X-Wap-Application-Id: x-wap-application:syncml.dm\r\n";
constexpr int kFirstWait = 500;  // milliseconds, T1 of [RFC 3261] 17.1.2
constexpr int kLongestWait = 4000;
constexpr int kSendings = 7;
constexpr std::size_t kShortMessage = 140;  // octets of user data

// An open socket that knows its peer.
class Connected {
 public:
  static Result<Connected> open(const std::string& to, int type) {
    const std::size_t colon = to.rfind(':');
    if (colon == std::string::npos) return Error{Errc::malformed, to + ": not HOST:PORT"};
    std::string host = to.substr(0, colon);
    if (host.starts_with("[") && host.ends_with("]")) host = host.substr(1, host.size() - 2);
    addrinfo hints{};
    hints.ai_socktype = type;
    addrinfo* found = nullptr;
    if (const int failed = ::getaddrinfo(host.c_str(), to.c_str() + colon + 1, &hints, &found); failed != 0) {
      return Error{Errc::malformed, to + ": " + ::gai_strerror(failed)};
    }
    Connected peer(::socket(found->ai_family, type | SOCK_CLOEXEC, 0));
    const bool connected = peer.fd_ >= 0 && ::connect(peer.fd_, found->ai_addr, found->ai_addrlen) == 0;
    const int error = errno;
    ::freeaddrinfo(found);
    if (!connected) return Error{Errc::io, to + ": " + std::strerror(error)};
    return peer;
  }
  Connected(Connected&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Connected& operator=(Connected&&) = delete;
  Connected(const Connected&) = delete;
  Connected& operator=(const Connected&) = delete;
  ~Connected() {
    if (fd_ >= 0) ::close(fd_);
  }

  Result<void> send(Bytes octets) const {
    const ssize_t sent = ::send(fd_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(octets.size())) return {};
    return Error{Errc::io, sent < 0 ? std::strerror(errno) : "not all of it could be sent"};
  }
  // The first line of what comes within `wait` milliseconds; "" when nothing does.
  std::string first_line(int wait) const {
    pollfd ready{fd_, POLLIN, 0};
    char buffer[2048];
    if (::poll(&ready, 1, wait) != 1) return {};
    const ssize_t size = ::recv(fd_, buffer, sizeof buffer, 0);
    if (size <= 0) return {};
    const std::string_view text(buffer, static_cast<std::size_t>(size));
    return std::string(text.substr(0, text.find_first_of("\r\n")));
  }

 private:
  explicit Connected(int fd) : fd_(fd) {}
  int fd_;
};

std::string sip_message(std::string_view transport, const std::string& to, Bytes trigger) {
  const std::string tag = hex_encode(random_octets(6));
  std::string entity =
      "Content-Type: " + std::string(kNotificationType) + "\r\n" + std::string(kApplicationId) + "\r\n";
  entity += trigger;
  return "MESSAGE sip:device@" + to + " SIP/2.0\r\nVia: SIP/2.0/" + std::string(transport) +
         " 127.0.0.1;rport;branch=z9hG4bK" + tag +
         "\r\nMax-Forwards: 70\r\nFrom: <sip:dm-server@localhost>;tag=" + tag + "\r\nTo: <sip:device@" + to +
         ">\r\nCall-ID: " + tag + "@localhost\r\nCSeq: 1 MESSAGE\r\n" +
         "Accept-Contact: *;+g.oma.pusheventapp=\"x-wap-application:syncml.dm\"\r\n" +
         "Content-Type: application/vnd.oma.push\r\nContent-Length: " + std::to_string(entity.size()) + "\r\n\r\n" +
         entity;
}

Result<std::string> send_sip(int type, const std::string& to, Bytes trigger) {
  const bool datagram = type == SOCK_DGRAM;
  const Connected peer = DM_TRY(Connected::open(to, type));
  const std::string message = sip_message(datagram ? "UDP" : "TCP", to, trigger);
  int wait = datagram ? kFirstWait : kLongestWait;
  for (int sending = 0; sending < (datagram ? kSendings : 1); ++sending) {
    DM_TRY(peer.send(message));
    std::string answer = peer.first_line(wait);
    if (!answer.empty()) return answer;
    wait = std::min(2 * wait, kLongestWait);
  }
  return Error{Errc::timed_out, to + ": SIP was not answered"};
}

Result<std::string> send_http(const std::string& to, Bytes trigger) {
  const std::string url = to.starts_with("http://") ? to : "http://" + to;
  const std::size_t slash = url.find('/', sizeof "http://" - 1);
  httplib::Client client(url.substr(0, slash));
  const auto answer = client.Post(slash == std::string::npos ? "/" : url.substr(slash),
                                  {{"X-Wap-Application-Id", "x-wap-application:syncml.dm"}}, trigger.data(),
                                  trigger.size(), std::string(kNotificationType));
  if (!answer) return Error{Errc::io, to + ": HTTP was not answered (" + httplib::to_string(answer.error()) + ")"};
  return std::to_string(answer->status);
}

}  // namespace

const std::vector<std::string>& bearer_names() {
  static const std::vector<std::string> names = {"udp", "wap", "sip", "sip-tcp", "http"};
  return names;
}

std::optional<Bearer> bearer_named(std::string_view name) {
  const auto found = std::find(bearer_names().begin(), bearer_names().end(), name);
  if (found == bearer_names().end()) return std::nullopt;
  return static_cast<Bearer>(found - bearer_names().begin());
}

Octets wsp_push(Bytes trigger) {
  constexpr std::string_view kHeader{"\x01\x06\x03\xC4\xAF\x87", 6};  // TID, Push, 3 octets: content type, application
  return Octets(kHeader).append(trigger);
}

std::vector<Octets> short_messages(Bytes pdu, std::uint8_t reference) {
  constexpr std::string_view kPorts{"\x05\x04\x0B\x84\xC0\x02", 6};  // to 2948, from C002
  constexpr std::size_t kNumbering = 5;
  if (1 + kPorts.size() + pdu.size() <= kShortMessage) return {"\x06" + Octets(kPorts).append(pdu)};
  const std::size_t room = kShortMessage - 1 - kNumbering - kPorts.size();
  const std::size_t total = (pdu.size() + room - 1) / room;
  std::vector<Octets> parts;
  for (std::size_t number = 1; number <= total; ++number) {
    Octets part("\x0B\x00\x03", 3);
    for (const std::size_t value : {std::size_t{reference}, total, number}) part.push_back(static_cast<char>(value));
    parts.push_back(part.append(kPorts).append(pdu.substr((number - 1) * room, room)));
  }
  return parts;
}

Result<std::string> send_push(Bearer bearer, const std::string& to, Bytes trigger) {
  switch (bearer) {
    case Bearer::sip:
      return send_sip(SOCK_DGRAM, to, trigger);
    case Bearer::sip_tcp:
      return send_sip(SOCK_STREAM, to, trigger);
    case Bearer::http:
      return send_http(to, trigger);
    case Bearer::udp:
    case Bearer::wap:
      break;
  }
  const Connected peer = DM_TRY(Connected::open(to, SOCK_DGRAM));
  DM_TRY(peer.send(bearer == Bearer::wap ? wsp_push(trigger) : Octets(trigger)));
  return std::string();
}

}  // namespace omadm::server
