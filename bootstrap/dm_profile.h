// The DM profile: a SyncML message whose commands make the account. [Boot12] "DM Profile"; BOOT-040…051.
#pragma once

#include "base/result.h"
#include "bootstrap/installation.h"
#include "syncml/message.h"

namespace omadm {

// Carries out Add and Replace; passes over what asks for an answer (BOOT-051). unsupported: another
// version of the protocol, or a command that has no place in a bootstrap.
Result<void> apply_dm_profile(Installation& installation, const Message& message);

}  // namespace omadm
