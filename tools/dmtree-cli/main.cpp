// dmtree-cli: look at and edit a management tree, of a running daemon or of a state directory.
#include <algorithm>
#include <string_view>

#include "tools/common/exit_code.h"
#include "tools/dmtree-cli/command_line.h"
#include "tools/dmtree-cli/run_command.h"

namespace {
constexpr std::size_t kHelpWidth = 80;  // columns, where no terminal says
}

int main(int argc, char** argv) {
  CLI::App app("Look at and edit the management tree of this device.", "dmtree-cli");
  omadm::Arguments arguments;
  const omadm::Terminal terminal = omadm::Terminal::of_stdout();
  omadm::declare_commands(app, arguments, terminal.width != 0 ? terminal.width : kHelpWidth);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version are no failures and print themselves.
    if (error.get_exit_code() == 0) return app.exit(error);
    const bool json = std::any_of(argv + 1, argv + argc, [](std::string_view word) { return word == "--json"; });
    return omadm::refuse(omadm::usage_error(app, error), omadm::kExitUsage, json);
  }
  return omadm::run_command(arguments, terminal);
}
