// From words to a parsed command line, and help, alike in all programs (UI-001, UI-002, UI-004).
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

namespace omadm {

// To be called before anything is declared on `app`, which has the program's name: subcommands take over how help
// looks. `everywhere`: the options taken before and after a subcommand, as its help names them.
void prepare_arguments(CLI::App& app, const std::string& everywhere);

// Parses. nullopt: go on. Else the exit status: help or version was printed, or it was said what is not understood.
std::optional<int> parse_arguments(CLI::App& app, int argc, const char* const* argv);

}  // namespace omadm
