// What a server would have been answered, for tools that show refusals.
#pragma once

#include <string_view>

#include "base/result.h"
#include "dmtree/acl.h"

namespace omadm {

// The SyncML status code for a `command` that failed with `error`: 425, 405 …
int command_status(const Error& error, AccessType command) noexcept;
std::string_view status_meaning(int status) noexcept;  // "Permission denied"; "" for a code nobody sends

}  // namespace omadm
