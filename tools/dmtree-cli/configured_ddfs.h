// The vendor descriptions that the configuration of dm-client names.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace omadm {

// The texts of the `ddf` files of all [[mo]] tables, of `file` or, when it is empty, of the default places (UI-011).
// Nothing else in the configuration is looked at. malformed: no TOML, or a description that cannot be read.
Result<std::vector<std::string>> configured_ddfs(const std::string& file);

}  // namespace omadm
