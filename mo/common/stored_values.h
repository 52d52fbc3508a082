// Values the device itself keeps in leaves of its objects.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "dmtree/tree.h"

namespace omadm {

using LeafValues = std::vector<std::pair<Uri, Octets>>;

// Writes, as the device and in one commit, those leaves whose stored value differs; none differs: no commit.
// Not flushed. Formats are those of the description.
Result<void> write_where_different(Tree& tree, const LeafValues& values, std::string_view what);

// The stored octets of a leaf, whatever its AccessType; "" when there is none.
Octets stored_value(const Transaction& transaction, const Uri& leaf);

}  // namespace omadm
