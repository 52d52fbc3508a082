// Which files configure this device (UI-011).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace omadm {

// `given`, or when it is empty those there are of the default places, in the order in which they count:
// /etc/dm-client/dm-client.toml, then /etc/dm-client/conf.d/*.toml by name. permission_denied, io: there may be more.
Result<std::vector<std::string>> config_files(const std::string& given);

}  // namespace omadm
