// diff: two trees side by side.
#pragma once

#include <nlohmann/json.hpp>

#include "tools/dmtree-cli/command_line.h"

namespace omadm {

// {"before": name, "after": name, "changes": array of {"uri", "change": "added", "removed" or "changed", "properties":
// {name: {"before", "after"}}}}; of the properties Format, Type, Value, ACL and Title those that differ, without
// "before" of an added and "after" of a removed node. A value is text, {"base64": text} or {"hidden": true}. In the
// form of the control protocol.
nlohmann::json compare_trees(const Arguments& arguments);

}  // namespace omadm
