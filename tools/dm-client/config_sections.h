// Parts of the configuration that have a file of their own.
#pragma once

#include <string>

#include "tools/common/toml_section.h"
#include "tools/dm-client/config_file.h"

namespace omadm {

void read_retry(TomlSection& section, RetryConfig& retry);
void read_fumo_section(TomlSection& section, const std::string& file, ToolConfig& config);

}  // namespace omadm
