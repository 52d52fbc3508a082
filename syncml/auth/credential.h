// The proofs of DM security. [DMSEC]; SEC-F1…F4, SEC-010…018, 040…046.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/crypto/secret.h"
#include "base/result.h"

namespace omadm {

enum class AuthType : std::uint8_t { none, basic, md5, mac, transport };

std::string_view to_string(AuthType type) noexcept;  // "none", "basic", "md5", "mac", "transport"
std::string_view meta_type(AuthType type) noexcept;  // "syncml:auth-md5" …
std::optional<AuthType> auth_type_from_meta(std::string_view meta_type) noexcept;    // nullopt: not one of ours
std::optional<AuthType> auth_type_from_aauth(std::string_view aauth_type) noexcept;  // BASIC, DIGEST, HMAC, TRANSPORT

// The default nonce of resynchronisation: four octets of zero (SEC 6.1).
inline constexpr std::string_view kDefaultNonce{"\0\0\0\0", 4};

std::string basic_credential(std::string_view name, const Secret& secret);                         // SEC-F1, Base64
std::string md5_credential(std::string_view name, const Secret& secret, Bytes nonce);              // SEC-F2, Base64
std::string mac_credential(std::string_view name, const Secret& secret, Bytes nonce, Bytes body);  // SEC-F3, Base64
Octets notification_digest(std::string_view server_id, const Secret& secret, Bytes nonce,
                           Bytes trigger);  // SEC-F4, raw

// In constant time over decoded octets (SEC-016).
bool basic_matches(std::string_view cred, std::string_view name, const Secret& secret);
bool md5_matches(std::string_view cred, std::string_view name, const Secret& secret, Bytes nonce);
bool mac_matches(std::string_view mac, std::string_view name, const Secret& secret, Bytes nonce,
                 Bytes body);  // SEC-015 tolerances

// The transport header `x-syncml-hmac` (SEC-040…046).
struct HmacHeader {
  std::string username;
  std::string mac;  // Base64 as met
};
inline constexpr std::string_view kHmacHeaderName = "x-syncml-hmac";
Result<HmacHeader> parse_hmac_header(std::string_view value);  // authentication: SEC-042, 046
std::string format_hmac_header(const HmacHeader& header);

}  // namespace omadm
