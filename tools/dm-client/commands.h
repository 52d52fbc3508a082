// One-shot commands: handed to a running daemon, else done here on the state directory.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/io/log.h"
#include "tools/common/common_options.h"

namespace omadm {

// Has `request` done and prints what came of it. Gives the exit status.
int run_request(const CommonOptions& options, const nlohmann::json& request, Log& log);

// Prints a failure: on stderr for people, and on stdout with --json. Gives `exit`.
int report_failure(const CommonOptions& options, const std::string& what, const std::string& why, int exit);

}  // namespace omadm
