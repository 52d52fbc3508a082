// The CP profile: a provisioning document whose w7 applications become accounts. [w7], [StdObj] App. C; BOOT-010 …
// BOOT-018.
#pragma once

#include "base/result.h"
#include "bootstrap/cp/provisioning_document.h"
#include "bootstrap/installation.h"

namespace omadm {

// Accounts that cannot be are left out with a note; the others are installed. So is the connectivity that comes with
// them: what arrives without any account is not (BOOT-017).
Result<void> apply_cp_profile(Installation& installation, const Characteristic& document);

}  // namespace omadm
