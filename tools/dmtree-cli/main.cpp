// dmtree-cli: look at and edit a management tree, of a running daemon or of a state directory.
#include "tools/common/arguments.h"
#include "tools/common/output.h"
#include "tools/dmtree-cli/command_line.h"
#include "tools/dmtree-cli/run_command.h"

int main(int argc, char** argv) {
  return omadm::run_program("dmtree-cli", [&] {
    CLI::App app("Look at and edit the management tree of this device.", "dmtree-cli");
    omadm::Arguments arguments;
    omadm::declare_commands(app, arguments);
    if (const auto exit = omadm::parse_arguments(app, argc, argv)) return *exit;
    return omadm::run_command(arguments, omadm::Terminal::of_stdout());
  });
}
