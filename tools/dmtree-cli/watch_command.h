// watch: changes as the running daemon commits them.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "tools/dmtree-cli/command_line.h"

namespace omadm {

// Hands every change (tools/common/tree_changes.h) to `show` until that returns false or the daemon ends. Gives the
// failure it ended with, in the form of the control protocol: no daemon runs, or it has ended.
nlohmann::json watch_changes(const Arguments& arguments, const std::function<bool(const nlohmann::json& change)>& show);

}  // namespace omadm
