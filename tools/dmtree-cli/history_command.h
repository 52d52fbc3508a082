// log and blame: who made the tree what it is.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tools/dmtree-cli/command_line.h"

namespace omadm {

// {"changes": array in the order made, "complete": bool, "begins_after": text}: each change in the form of
// tools/common/tree_changes.h, but "change" tells "added" from "changed", and "properties" says what of the node
// changed. In the form of the control protocol.
nlohmann::json list_changes(const Arguments& arguments);

// The last change of the node: its fields, "known": true. Or {"uri", "known": false, "before": time}: it is older than
// the history. exit 5: no such node.
nlohmann::json blame_node(const Arguments& arguments);

}  // namespace omadm
