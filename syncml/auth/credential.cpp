#include "syncml/auth/credential.h"

#include <array>

#include "base/crypto/digest.h"
#include "base/text.h"

namespace omadm {
namespace {

struct AuthRow {
  AuthType type;
  std::string_view name;
  std::string_view meta;   // Cred/Meta/Type
  std::string_view aauth;  // AAuthType of DMAcc
};
constexpr std::array<AuthRow, 5> kAuthRows{{
    {AuthType::none, "none", "", ""},
    {AuthType::basic, "basic", "syncml:auth-basic", "BASIC"},
    {AuthType::md5, "md5", "syncml:auth-md5", "DIGEST"},
    {AuthType::mac, "mac", "syncml:auth-MAC", "HMAC"},
    {AuthType::transport, "transport", "", "TRANSPORT"},
}};

const AuthRow& row_of(AuthType type) noexcept {
  for (const AuthRow& row : kAuthRows) {
    if (row.type == type) return row;
  }
  return kAuthRows.front();
}

Octets joined(Bytes a, Bytes b) {
  Octets out;
  out.reserve(a.size() + 1 + b.size());
  out.append(a).append(1, ':').append(b);
  return out;
}

// B of the formulas: Base64 of the raw MD5 of "name:secret".
std::string name_and_secret(std::string_view name, const Secret& secret) {
  Octets clear = joined(name, secret.view());
  std::string hashed = base64_encode(md5(clear));
  wipe(clear);
  return hashed;
}

Octets md5_digest(std::string_view name, const Secret& secret, Bytes nonce) {
  return md5(joined(name_and_secret(name, secret), nonce));
}

// F3 and F4 are one formula over different octets.
Octets mac_digest(std::string_view name, const Secret& secret, Bytes nonce, Bytes body) {
  return md5(joined(joined(name_and_secret(name, secret), nonce), base64_encode(md5(body))));
}

}  // namespace

std::string_view to_string(AuthType type) noexcept { return row_of(type).name; }

std::string_view meta_type(AuthType type) noexcept { return row_of(type).meta; }

std::optional<AuthType> auth_type_from_meta(std::string_view meta_type) noexcept {
  for (const AuthRow& row : kAuthRows) {
    if (!row.meta.empty() && equals_ignoring_case(row.meta, meta_type)) return row.type;
  }
  return std::nullopt;
}

std::optional<AuthType> auth_type_from_aauth(std::string_view aauth_type) noexcept {
  for (const AuthRow& row : kAuthRows) {
    if (!row.aauth.empty() && equals_ignoring_case(row.aauth, aauth_type)) return row.type;
  }
  return std::nullopt;
}

std::string basic_credential(std::string_view name, const Secret& secret) {
  Octets clear = joined(name, secret.view());
  std::string text = base64_encode(clear);
  wipe(clear);
  return text;
}

std::string md5_credential(std::string_view name, const Secret& secret, Bytes nonce) {
  return base64_encode(md5_digest(name, secret, nonce));
}

std::string mac_credential(std::string_view name, const Secret& secret, Bytes nonce, Bytes body) {
  return base64_encode(mac_digest(name, secret, nonce, body));
}

Octets notification_digest(std::string_view server_id, const Secret& secret, Bytes nonce, Bytes trigger) {
  return mac_digest(server_id, secret, nonce, trigger);
}

bool basic_matches(std::string_view cred, std::string_view name, const Secret& secret) {
  Result<Octets> given = base64_decode(cred);
  if (!given) return false;
  Octets expected = joined(name, secret.view());
  const bool equal = equal_in_constant_time(*given, expected);
  wipe(*given);
  wipe(expected);
  return equal;
}

bool md5_matches(std::string_view cred, std::string_view name, const Secret& secret, Bytes nonce) {
  const Result<Octets> given = base64_decode(cred);
  return given && equal_in_constant_time(*given, md5_digest(name, secret, nonce));
}

bool mac_matches(std::string_view mac, std::string_view name, const Secret& secret, Bytes nonce, Bytes body) {
  const Result<Octets> given = base64_decode(mac);
  if (!given) return false;
  const Octets expected = mac_digest(name, secret, nonce, body);
  // Some peers follow the printed example of the standard, which encodes the hexadecimal text (SEC-015).
  return equal_in_constant_time(*given, expected) || equal_in_constant_time(*given, hex_encode(expected));
}

}  // namespace omadm
