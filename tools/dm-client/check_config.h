// dm-client check-config (UI-012).
#pragma once

#include <string>

#include "base/result.h"
#include "tools/dm-client/config_file.h"

namespace omadm {

// Prints what would be used and what is wrong with it. Gives the exit status: 2 when configuration,
// descriptions or certificates are at fault, 7 when the store is.
int check_config(const std::string& state_directory, const Result<ToolConfig>& config, bool json);

}  // namespace omadm
