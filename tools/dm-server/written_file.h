// Small files that others wait for.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm::server {

// Written aside and renamed, so that whoever waits for a file finds it complete. io: no file can be written there.
Result<void> write_file(const std::string& path, Bytes content);

}  // namespace omadm::server
