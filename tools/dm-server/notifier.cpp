#include "tools/dm-server/notifier.h"

#include <optional>

#include "base/text.h"
#include "syncml/auth/credential.h"
#include "syncml/notification/package0.h"

namespace omadm::server {

namespace {

constexpr std::size_t kDigest = 16;        // octets
constexpr std::size_t kLengthOffset = 23;  // of the server identifier's length
constexpr std::size_t kServerOffset = 24;
constexpr std::string_view kAsciiNonce = "0x00000000";  // of senders that took the standard's way to write it literally

// Spoils a message; the digest is right where that is not what is wrong.
Octets spoil(Octets octets, const NotifyScript& notify, const Package0& message, const Secret& password, Bytes nonce) {
  const auto sign_again = [&](Bytes covered, Bytes with) {
    return notification_digest(message.server_id, password, with, covered) + octets.substr(kDigest);
  };
  const Bytes trigger = Bytes(octets).substr(kDigest);
  if (notify.wrong == "digest") octets[0] = static_cast<char>(octets[0] ^ 1);
  if (notify.wrong == "ascii_nonce") return sign_again(trigger, kAsciiNonce);
  if (notify.wrong == "vendor") return sign_again(trigger.substr(0, trigger.size() - message.vendor.size()), nonce);
  if (notify.wrong == "length") {
    octets[kLengthOffset] = '\xFF';
    return sign_again(Bytes(octets).substr(kDigest), nonce);
  }
  if (notify.wrong == "truncated") octets.resize(kServerOffset - 1);
  return octets;
}

}  // namespace

const std::vector<std::string>& notification_wrongs() {
  static const std::vector<std::string> names = {"",       "digest",     "ascii_nonce", "vendor",      "length",
                                                 "server", "session_id", "version_1_0", "version_1_2", "truncated"};
  return names;
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
  if (notify.wrong == "server") message.server_id = "other." + server_id.substr(0, 200);
  if (notify.wrong == "session_id") message.session_id = 0;
  if (notify.wrong == "version_1_0") message.version = 10;
  if (notify.wrong == "version_1_2") message.version = 12;
  if (notify.wrong == "vendor" && message.vendor.empty()) message.vendor = "vendor";
  return spoil(write_package0(message, password, *nonce), notify, message, password, *nonce);
}

}  // namespace omadm::server
