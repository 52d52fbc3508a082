#include "syncml/notification/package0.h"

#include "base/crypto/digest.h"
#include "syncml/auth/credential.h"

namespace omadm {
namespace {

constexpr std::size_t kDigestSize = 16;
constexpr std::size_t kSmallestMessage = 25;   // digest, header and a server identifier of one octet
constexpr std::size_t kLargestMessage = 1024;  // NOT-031
constexpr std::uint16_t kVersion11 = 11;       // NOT-003
constexpr std::uint16_t kVersion10 = 10;
constexpr std::size_t kLongestServerId = 255;  // its length is one octet

Error malformed(std::string_view why) { return Error{Errc::malformed, "Package#0: " + std::string(why)}; }

}  // namespace

std::string Package0::session_id_text() const {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const char digit = kDigits[(static_cast<unsigned>(session_id) >> static_cast<unsigned>(shift)) & 0xFU];
    if (digit != '0' || !text.empty()) text.push_back(digit);
  }
  return text;
}

Result<Package0> parse_package0(Bytes message, bool older) {
  if (message.size() < kSmallestMessage) return malformed("shorter than 25 octets");
  if (message.size() > kLargestMessage) return malformed("longer than 1024 octets");
  ByteReader reader(message);
  Package0 out;
  out.digest = DM_TRY(reader.take(kDigestSize));
  out.trigger = reader.rest();
  const std::uint32_t head = DM_TRY(reader.u32be());  // bits 39 … 8: version 10, ui-mode 2, initiator 1, future use
  static_cast<void>(DM_TRY(reader.u8()));             // the rest of future use, never looked at (NOT-004)
  out.version = static_cast<std::uint16_t>(head >> 22U);
  out.ui_mode = static_cast<std::uint8_t>((head >> 20U) & 3U);
  out.server_initiated = ((head >> 19U) & 1U) != 0;
  if (out.version != kVersion11 && !(older && out.version == kVersion10)) {
    return Error{Errc::unsupported, "Package#0: version " + std::to_string(out.version / 10) + "." +
                                        std::to_string(out.version % 10) + ", only 1.1 is understood"};
  }
  out.session_id = DM_TRY(reader.u16be());
  const std::size_t length = DM_TRY(reader.u8());
  if (length == 0) return malformed("no server identifier");
  if (length > reader.remaining()) return malformed("the server identifier runs past the end");
  if (out.session_id == 0) return malformed("session id 0");
  out.server_id = DM_TRY(reader.take(length));
  out.vendor = reader.rest();
  return out;
}

Octets write_package0(const Package0& message, const Secret& password, Bytes nonce) {
  const Bytes server_id = Bytes(message.server_id).substr(0, kLongestServerId);
  Octets trigger;
  const unsigned head = (static_cast<unsigned>(message.version) & 0x3FFU) << 6U |
                        (static_cast<unsigned>(message.ui_mode) & 3U) << 4U | (message.server_initiated ? 8U : 0U);
  put_u16be(trigger, static_cast<std::uint16_t>(head));
  trigger.append(3, '\0');  // future use
  put_u16be(trigger, message.session_id);
  trigger.push_back(static_cast<char>(server_id.size()));
  trigger.append(server_id).append(message.vendor);
  return notification_digest(server_id, password, nonce, trigger) + trigger;
}

bool digest_matches(const Package0& message, std::string_view name, const Secret& password, Bytes nonce) {
  return equal_in_constant_time(message.digest, notification_digest(name, password, nonce, message.trigger));
}

}  // namespace omadm
