// ./DevDetail/FwV, which two objects have a say in: the device description at start and FUMO after an update.
#pragma once

#include <string_view>

#include "base/result.h"
#include "dmtree/tree.h"

namespace omadm {

// Sets FwV after an update (FUMO-073, MO-051), as part of the caller's commit. Nothing happens when the
// device has no FwV or `version` is empty.
Result<void> put_updated_firmware_version(Transaction& device, std::string_view version);

// Sets FwV to what the platform names at start. A version the platform named before and still names does
// not undo an update made since: only a new name counts.
Result<void> put_platform_firmware_version(Transaction& device, std::string_view version);

}  // namespace omadm
