// dm-client run: the client in the foreground, until SIGTERM.
#pragma once

#include <string>

#include "base/io/log.h"
#include "tools/dm-client/config_file.h"

namespace omadm {

// Gives the exit status. `config_file` is read again on SIGHUP.
int run_daemon(const std::string& state_directory, const std::string& config_file, ToolConfig config, Log& log);

}  // namespace omadm
