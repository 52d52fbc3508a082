// FirmwareSlot by RAUC, over D-Bus: [fumo] backend = "rauc". The only home of sd-bus.
#pragma once

#include <memory>

#include "tools/dm-client/installer.h"

namespace omadm {

// Lets the RAUC service on the system bus install the package as a bundle. unsupported: built without sd-bus.
Result<std::unique_ptr<Installer>> make_rauc_slot(Log& log);

}  // namespace omadm
