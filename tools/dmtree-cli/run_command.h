// One command, from its arguments to what is printed.
#pragma once

#include "tools/common/terminal.h"
#include "tools/dmtree-cli/command_line.h"

namespace omadm {

// Prints the result on stdout, what failed on stderr and with --json on stdout too; the exit status (UI-004).
int run_command(const Arguments& arguments, const Terminal& terminal);

}  // namespace omadm
