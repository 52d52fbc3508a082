// The MAC of a DM profile bootstrap message. [DMSEC] "Bootstrap via non-secure transport"; BOOT-053 … BOOT-056.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "bootstrap/bootstrap.h"
#include "bootstrap/content_type.h"

namespace omadm {

// What SEC and MAC of `type` ask for. authentication: they cannot be right, or SEC is none of ours.
Result<BootstrapNeeds> message_needs(const ContentType& type);

// How `octets`, the document exactly as received, are proved; `channel` when `type` has neither SEC nor MAC.
// authentication: everything else, an unknown SEC and a missing secret included.
Result<BootstrapProof> check_message_mac(const ContentType& type, Bytes octets, const BootstrapSecrets& secrets);

}  // namespace omadm
