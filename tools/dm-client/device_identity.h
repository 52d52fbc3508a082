// Who this device is when the configuration does not say (UI-013).
#pragma once

#include <string>
#include <vector>

#include "client/platform.h"

namespace omadm {

// Fills what is empty in `device` from os-release, the machine's firmware tables and its machine id. The names of
// the keys that were filled in are added to `guessed`. `root` is "" but for tests.
DeviceIdentity complete_identity(DeviceIdentity device, std::vector<std::string>& guessed,
                                 const std::string& root = {});

}  // namespace omadm
