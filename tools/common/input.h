// Files that were named on a command line.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

// The whole file; "-" is the standard input. too_large: over `limit` octets; not_found, io, permission_denied.
Result<Octets> read_input(const std::string& file, std::uint64_t limit);

}  // namespace omadm
