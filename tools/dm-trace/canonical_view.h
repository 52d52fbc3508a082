// The one way to write a document down, whatever encoding and engine it came through.
#pragma once

#include <string>

#include "tools/dm-trace/markup_tree.h"

namespace omadm::trace {

// XML, one element a line, no white space but what values hold. TNDS documents inside values are written inline, as the
// libraries that convert do, and their Type is that of XML; octets that XML cannot hold are Base64; a tag that is
// not known is <unknown>.
std::string canonical_xml(const MarkupNode& root);

}  // namespace omadm::trace
