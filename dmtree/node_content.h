// What a node may hold: steps 6 and 7 of TND-117. Formats and types by description, values by format.
#pragma once

#include "base/result.h"
#include "dmtree/overlay.h"
#include "dmtree/tree.h"

namespace omadm {

// The state of a new node. bad_format, veto.
Result<NodeState> content_of_new(const DdfNode* description, NewNode node);

// Makes `value` what the existing `leaf` is going to have: its Format, and its Type where that changes. bad_format,
// veto.
Result<void> settle_content(const NodeView& leaf, NewValue& value);

// Whether a Format or Type that `value` names differs from what the leaf has.
bool changes_kind(const NodeView& leaf, const NewValue& value);

// [TND] "Type" of interior nodes (TND-132): an URN or reversed-domain/version/name.
bool is_mo_id(std::string_view text) noexcept;

// Whether a node can have it as its Type at all: printable, and not over 255 octets.
bool is_type(std::string_view text) noexcept;

}  // namespace omadm
