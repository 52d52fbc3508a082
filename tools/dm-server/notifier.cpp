#include "tools/dm-server/notifier.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "syncml/auth/credential.h"
#include "syncml/notification/package0.h"

namespace omadm::server {

Octets wsp_push(Bytes trigger) {
  constexpr std::string_view kHeader{"\x01\x06\x03\xC4\xAF\x87", 6};  // TID, Push, 3 octets: content type, application
  return Octets(kHeader).append(trigger);
}

Result<std::uint16_t> session_number(std::string_view text) {
  std::uint32_t value = 0;
  for (const char c : text) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(to_lower(std::string(1, c)));
    if (digit == std::string_view::npos || text.size() > 4) value = 0x10000;
    value = value * 16 + static_cast<std::uint32_t>(digit & 0xFU);
    if (value > 0xFFFF) break;
  }
  if (value == 0 || value > 0xFFFF) {
    return Error{Errc::malformed, "session id " + std::string(text) + " is not hexadecimal from 1 to FFFF"};
  }
  return static_cast<std::uint16_t>(value);
}

Result<Octets> make_notification(const NotifyScript& notify, const std::string& server_id, const Secret& password,
                                 const Nonces& nonces) {
  std::optional<Octets> nonce = nonces.server;
  if (notify.nonce == "default") nonce = Octets(kDefaultNonce);
  if (notify.nonce == "stale") nonce = nonces.server_before.value_or("an old nonce");
  if (!nonce) return Error{Errc::incomplete, "no server nonce of this client is known"};
  if (server_id.empty() || server_id.size() > 255) return Error{Errc::malformed, "server id of 1 to 255 octets"};
  Package0 message;
  message.ui_mode = static_cast<std::uint8_t>(notify.ui_mode & 3U);
  message.server_initiated = notify.server_initiated;
  message.session_id = DM_TRY(session_number(notify.session_id));
  message.server_id = server_id;
  message.vendor = notify.vendor;
  Octets trigger = write_package0(message, password, *nonce);
  return notify.wap ? wsp_push(trigger) : std::move(trigger);
}

Result<void> send_udp(const std::string& to, Bytes octets) {
  const std::size_t colon = to.rfind(':');
  if (colon == std::string::npos) return Error{Errc::malformed, to + ": not HOST:PORT"};
  std::string host = to.substr(0, colon);
  if (host.starts_with("[") && host.ends_with("]")) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (const int failed = ::getaddrinfo(host.c_str(), to.c_str() + colon + 1, &hints, &found); failed != 0) {
    return Error{Errc::malformed, to + ": " + ::gai_strerror(failed)};
  }
  const int fd = ::socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ssize_t sent = -1;
  if (fd >= 0) sent = ::sendto(fd, octets.data(), octets.size(), 0, found->ai_addr, found->ai_addrlen);
  const int error = errno;
  if (fd >= 0) ::close(fd);
  ::freeaddrinfo(found);
  if (sent != static_cast<ssize_t>(octets.size())) return Error{Errc::io, to + ": " + std::strerror(error)};
  return {};
}

}  // namespace omadm::server
