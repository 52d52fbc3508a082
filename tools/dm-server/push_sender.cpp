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

// Client Provisioning is older than application ids, and its pushes have none (BOOT-025).
bool is_for_dm(std::string_view content_type) { return content_type.starts_with("application/vnd.syncml."); }

struct Code {
  std::string_view name;
  std::uint8_t code;
};
// [WSP] well-known content types, with the bit of a short code.
constexpr Code kTypes[] = {
    {"text/vnd.wap.connectivity-xml", 0xB5},
    {"application/vnd.wap.connectivity-wbxml", 0xB6},
    {"application/vnd.syncml.dm+wbxml", 0xC2},
    {"application/vnd.syncml.dm+xml", 0xC3},
    {kNotificationType, 0xC4},
};
// What SEC is in WSP: [ProvBoot] "Security"; the DM profile has the same numbers (BOOT-056).
constexpr Code kMethods[] = {{"NETWPIN", 0x80},     {"NETWORKID", 0x80},         {"USERPIN", 0x81},
                             {"USERNETWPIN", 0x82}, {"USERPIN_NETWORKID", 0x82}, {"USERPINMAC", 0x83}};
constexpr char kSecParameter = '\x91';
constexpr char kMacParameter = '\x92';

// The code, or the text with its end.
template <std::size_t Size>
Octets coded(const Code (&codes)[Size], std::string_view name) {
  for (const Code& known : codes) {
    if (known.name == name) return Octets(1, static_cast<char>(known.code));
  }
  return Octets(name).append(1, '\0');
}

// "type; SEC=…; MAC=…" as WSP writes it: [WSP] 8.4.2.24.
Octets wsp_content_type(std::string_view content_type) {
  const std::vector<std::string_view> parts = split(content_type, ';');
  Octets value = coded(kTypes, trim(parts.front()));
  if (parts.size() == 1) return value;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string_view part = trim(parts[i]);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = part.substr(0, equals);
    const std::string_view text = part.substr(equals + 1);
    if (name == "SEC") {
      value += kSecParameter + coded(kMethods, text);
    } else if (name == "MAC") {
      value.append(1, kMacParameter).append(text).append(1, '\0');
    }
  }
  Octets counted;
  if (value.size() > 30) counted.push_back(31);
  put_mb_u32(counted, static_cast<std::uint32_t>(value.size()));
  return counted + value;
}

std::string sip_message(std::string_view transport, const std::string& to, const Push& push) {
  const std::string tag = hex_encode(random_octets(6));
  std::string entity = "Content-Type: " + push.content_type + "\r\n";
  entity.append(is_for_dm(push.content_type) ? kApplicationId : "").append("\r\n").append(push.octets);
  return "MESSAGE sip:device@" + to + " SIP/2.0\r\nVia: SIP/2.0/" + std::string(transport) +
         " 127.0.0.1;rport;branch=z9hG4bK" + tag +
         "\r\nMax-Forwards: 70\r\nFrom: <sip:dm-server@localhost>;tag=" + tag + "\r\nTo: <sip:device@" + to +
         ">\r\nCall-ID: " + tag + "@localhost\r\nCSeq: 1 MESSAGE\r\n" +
         "Accept-Contact: *;+g.oma.pusheventapp=\"x-wap-application:syncml.dm\"\r\n" +
         "Content-Type: application/vnd.oma.push\r\nContent-Length: " + std::to_string(entity.size()) + "\r\n\r\n" +
         entity;
}

Result<std::string> send_sip(int type, const std::string& to, const Push& push) {
  const bool datagram = type == SOCK_DGRAM;
  const Connected peer = DM_TRY(Connected::open(to, type));
  const std::string message = sip_message(datagram ? "UDP" : "TCP", to, push);
  int wait = datagram ? kFirstWait : kLongestWait;
  for (int sending = 0; sending < (datagram ? kSendings : 1); ++sending) {
    DM_TRY(peer.send(message));
    std::string answer = peer.first_line(wait);
    if (!answer.empty()) return answer;
    wait = std::min(2 * wait, kLongestWait);
  }
  return Error{Errc::timed_out, to + ": SIP was not answered"};
}

Result<std::string> send_http(const std::string& to, const Push& push) {
  const std::string url = to.starts_with("http://") ? to : "http://" + to;
  const std::size_t slash = url.find('/', sizeof "http://" - 1);
  httplib::Client client(url.substr(0, slash));
  httplib::Headers headers;
  if (is_for_dm(push.content_type)) headers.emplace("X-Wap-Application-Id", "x-wap-application:syncml.dm");
  const auto answer = client.Post(slash == std::string::npos ? "/" : url.substr(slash), headers, push.octets.data(),
                                  push.octets.size(), push.content_type);
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

Octets wsp_push(const Push& push) {
  Octets headers = wsp_content_type(push.content_type);
  if (is_for_dm(push.content_type)) headers += "\xAF\x87";  // X-Wap-Application-Id: syncml.dm
  Octets pdu("\x01\x06", 2);                                // TID, Push
  put_mb_u32(pdu, static_cast<std::uint32_t>(headers.size()));
  return pdu + headers + push.octets;
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

Result<std::string> send_push(Bearer bearer, const std::string& to, const Push& push) {
  switch (bearer) {
    case Bearer::sip:
      return send_sip(SOCK_DGRAM, to, push);
    case Bearer::sip_tcp:
      return send_sip(SOCK_STREAM, to, push);
    case Bearer::http:
      return send_http(to, push);
    case Bearer::udp:
      if (push.content_type != kNotificationType) {
        return Error{Errc::malformed, "a document needs a bearer that tells its type: wap, sip, sip-tcp or http"};
      }
      break;
    case Bearer::wap:
      break;
  }
  const Connected peer = DM_TRY(Connected::open(to, SOCK_DGRAM));
  DM_TRY(peer.send(bearer == Bearer::wap ? wsp_push(push) : push.octets));
  return std::string();
}

}  // namespace omadm::server
