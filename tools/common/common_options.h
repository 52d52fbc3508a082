// The options every program takes before and after its subcommand (UI-009).
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace omadm {

struct CommonOptions {
  std::string state;   // as given; see state_directory()
  std::string config;  // as given; empty: the default places
  bool json = false;
  bool verbose = false;
  bool quiet = false;

  // --state, else $STATE_DIRECTORY, else /var/lib/dm-client (UI-010).
  std::string state_directory() const;
};

// Adds --state, --config, --json, --verbose and --quiet to `app`; subcommands of it that fall through take them too.
void add_common_options(CLI::App& app, CommonOptions& options);

}  // namespace omadm
