// What must not be shown: credentials, nonces, the values of AAuthSecret and AAuthData.
#pragma once

#include <string>
#include <string_view>

#include "tools/dm-trace/markup_tree.h"

namespace omadm::trace {

// Turns every secret below `node`, opened documents included, into as many asterisks. A value that names a secret
// and could not be opened is hidden as a whole.
void hide_secrets(MarkupNode& node);

// The value of an HTTP header of a trace, without the proofs in it.
std::string shown_header(std::string_view name, std::string_view value);

}  // namespace omadm::trace
