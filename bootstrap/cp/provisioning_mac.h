// The MAC of a provisioning document. [ProvBoot] "Security"; BOOT-030 … BOOT-037. Not that of the DM profile, whose
// secrets are put together in another way (BOOT-055).
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "bootstrap/bootstrap.h"
#include "bootstrap/content_type.h"

namespace omadm {

// What SEC and MAC of `type` ask for. authentication: they cannot be right, or SEC is none of ours.
Result<BootstrapNeeds> provisioning_needs(const ContentType& type);

// Of a type with SEC: how `octets`, the document exactly as received, are proved. authentication: they are not, or a
// secret is missing.
Result<BootstrapProof> check_provisioning_mac(const ContentType& type, Bytes octets, const BootstrapSecrets& secrets);

}  // namespace omadm
