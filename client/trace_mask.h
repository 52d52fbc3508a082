// A trace shows every message, and no secret (UI-006).
#pragma once

#include "base/bytes.h"
#include "dmtree/tree.h"

namespace omadm {

// `body` with every AAuthSecret and AAuthData of the accounts in `tree`, plain or in Base64, and every
// basic credential made of them replaced by as many asterisks. Secrets under four octets stay: they
// would be found everywhere.
Octets masked_for_trace(Tree& tree, Bytes body);

}  // namespace omadm
