// The MAC of a DM profile bootstrap message. [DMSEC] "Bootstrap via non-secure transport"; BOOT-053 … BOOT-056.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "bootstrap/bootstrap.h"
#include "bootstrap/content_type.h"

namespace omadm {

// Ok when `type` has neither SEC nor MAC, or when MAC fits `octets`, the document exactly as received.
// authentication: everything else, an unknown SEC and a missing secret included.
Result<void> check_message_mac(const ContentType& type, Bytes octets, const BootstrapSecrets& secrets);

// The identity of a GSM subscriber as SIM cards store it, without the length octet (BOOT-030). Digits only.
Octets imsi_semi_octets(std::string_view digits);

}  // namespace omadm
