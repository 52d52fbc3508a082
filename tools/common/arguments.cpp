#include "tools/common/arguments.h"

#include <algorithm>
#include <memory>
#include <sstream>
#include <string_view>
#include <vector>

#include "tools/common/exit_code.h"
#include "tools/common/help_format.h"
#include "tools/common/output.h"
#include "tools/common/terminal.h"

namespace omadm {
namespace {

constexpr std::size_t kHelpWidth = 80;  // columns, where no terminal says

// The words that chose a command so far: "bootstrap file", with the last of them in `command`.
std::string chosen_command(const CLI::App*& command) {
  std::string words;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    words += (words.empty() ? "" : " ") + command->get_name();
  }
  return words;
}

bool has_commands(const CLI::App& app) { return !app.get_subcommands({}).empty(); }

// Why parsing failed, for people. CLI11 complains of what is missing before it names the word it did not know.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = &app;
  const std::string chosen = chosen_command(command);
  const std::string where = chosen.empty() ? "" : chosen + ": ";
  const bool incomplete = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  const bool too_much = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if (incomplete || too_much) {
    const std::vector<std::string> unknown = app.remaining(true);
    const auto option =
        std::find_if(unknown.begin(), unknown.end(), [](const std::string& word) { return word.starts_with('-'); });
    if (option != unknown.end()) return where + "no option '" + *option + "'";
    if (!unknown.empty()) {
      return where + (has_commands(*command) ? "no command '" : "one word too many: '") + unknown.front() + "'";
    }
    if (incomplete && has_commands(*command)) return where + "a command is missing";
  }
  return where + error.what();
}

}  // namespace

void prepare_arguments(CLI::App& app, const std::string& everywhere) {
  const Terminal terminal = Terminal::of_stdout();
  app.formatter(std::make_shared<HelpFormat>(terminal.width != 0 ? terminal.width : kHelpWidth));
  app.footer("Before or after the command also: " + everywhere + ". See " + app.get_name() + "(1).");
  app.set_version_flag("--version", app.get_name() + " " + OMADM_VERSION);
}

std::optional<int> parse_arguments(CLI::App& app, int argc, const char* const* argv) {
  const std::string& program = app.get_name();
  app.footer("`" + program + " COMMAND --help` says more about a command, " + program + "(1) about everything.");
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& answer) {
    std::ostringstream text;
    app.exit(answer, text, text);
    write_out(text.str());
    return kExitDone;
  } catch (const CLI::ParseError& error) {
    const bool json = std::any_of(argv + 1, argv + argc, [](std::string_view word) { return word == "--json"; });
    return refuse(program, usage_error(app, error) + "; try '" + program + " --help'", kExitUsage, json);
  }
}

}  // namespace omadm
