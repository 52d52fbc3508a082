// The parts of a script below its sessions.
#pragma once

#include <string>
#include <vector>

#include "tools/dm-server/script.h"

namespace omadm::server {

class TomlKeys;

// A name, a table with `kind`, or an array of either.
std::vector<Fault> read_faults(TomlKeys& keys, std::string_view key);
AlertScript read_alert(TomlKeys& keys);
// `directory` is where relative paths begin.
SessionScript read_session(TomlKeys& keys, const std::string& directory);

}  // namespace omadm::server
