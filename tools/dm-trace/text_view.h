// A document as indented text.
#pragma once

#include <string>

#include "tools/dm-trace/markup_tree.h"

namespace omadm::trace {

// `indent` counts levels. With `offsets` every element has a line of its own, with the offset of its tag before it;
// without, a command is summed up in its headline and a node of a subtree in one line.
std::string print_markup(const MarkupNode& root, std::size_t indent, bool offsets);

// "WBXML 1.2, public id 0x1201, UTF-8, 271 octets"
std::string describe_encoding(const MarkupDocument& document);

}  // namespace omadm::trace
