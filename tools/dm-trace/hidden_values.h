// What must not be shown: credentials, nonces, the values of AAuthSecret and AAuthData.
#pragma once

#include "tools/dm-trace/markup_tree.h"

namespace omadm::trace {

// Turns every secret below `node`, opened documents included, into as many asterisks. A value that names a secret
// and could not be opened is hidden as a whole.
void hide_secrets(MarkupNode& node);

}  // namespace omadm::trace
