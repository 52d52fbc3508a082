// A trace shows every message, and no secret (UI-006).
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "dmtree/tree.h"
#include "mo/dmacc/account.h"

namespace omadm {

// `body` with as many asterisks instead of every secret, lengths kept: what the message itself says to be
// one (Cred, NextNonce, values of AAuthSecret and AAuthData), and what the tree and the `account` of the session
// hold, plain, escaped for XML or in Base64. Values under four octets stay: they would be found everywhere.
Octets masked_for_trace(Tree& tree, const Account& account, std::string_view content_type, Bytes body);

}  // namespace omadm
