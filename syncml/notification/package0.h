// The trigger message, Package#0 of DM 1.2. [NOT]; NOT-001…008, 020…024, 030…039.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/crypto/secret.h"
#include "base/result.h"

namespace omadm {

inline constexpr std::string_view kNotificationType = "application/vnd.syncml.notification";

struct Package0 {
  Octets digest;                 // 16 octets
  std::uint16_t version = 11;    // times 0.1: 11 is 1.1
  std::uint8_t ui_mode = 0;      // 0 … 3
  bool server_initiated = true;  // the initiator bit
  std::uint16_t session_id = 0;
  std::string server_id;
  Octets vendor;
  Octets trigger;  // everything the digest covers: octet 16 to the end

  std::string session_id_text() const;  // hexadecimal, upper case, no leading zeros (NOT-005)
};

// Structure alone (NOT-031 … NOT-033, NOT-035). malformed; unsupported: another version than 1.1, or where `older` may
// be than 1.0, that of DM 1.1.2 servers, with the same layout.
Result<Package0> parse_package0(Bytes message, bool older = false);
Octets write_package0(const Package0& message, const Secret& password, Bytes nonce);  // computes digest and trigger
bool digest_matches(const Package0& message, std::string_view name, const Secret& password, Bytes nonce);

}  // namespace omadm
