// Subtrees that travel inside values.
#pragma once

#include "base/limits.h"
#include "tools/dm-trace/markup_tree.h"

namespace omadm::trace {

// Opens the Data of every Item below `node` that holds a TNDS document: as XML text, as WBXML, or as either in Base64.
void open_values(MarkupNode& node, const Limits& limits);

// The error of the first opened document that is damaged; null: none.
const Error* damage_inside(const MarkupNode& node) noexcept;

}  // namespace omadm::trace
