// One command, from its arguments to what is printed.
#pragma once

#include "tools/dmtree-cli/command_line.h"
#include "tools/dmtree-cli/terminal.h"

namespace omadm {

// Prints the result on stdout, what failed on stderr and with --json on stdout too; the exit status (UI-004).
int run_command(const Arguments& arguments, const Terminal& terminal);

// The same for what never became a command: `error` is printed, `exit` returned.
int refuse(const std::string& error, int exit, bool json);

}  // namespace omadm
