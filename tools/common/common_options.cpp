#include "tools/common/common_options.h"

#include <cstdlib>
#include <cstring>
#include <string_view>

namespace omadm {

std::string CommonOptions::state_directory() const {
  if (!state.empty()) return state;
  const char* const set = std::getenv("STATE_DIRECTORY");
  if (set == nullptr || *set == '\0') return "/var/lib/dm-client";
  return std::string(std::string_view(set, std::strcspn(set, ":")));
}

void add_common_options(CLI::App& app, CommonOptions& options) {
  app.fallthrough();
  app.add_option("--state", options.state, "State directory (default: $STATE_DIRECTORY, else /var/lib/dm-client)")
      ->type_name("DIR");
  app.add_option("--config", options.config,
                 "Configuration (default: /etc/dm-client/dm-client.toml and /etc/dm-client/conf.d/*.toml)")
      ->type_name("FILE");
  app.add_flag("--json", options.json, "Print JSON");
  CLI::Option* const verbose = app.add_flag("--verbose", options.verbose, "Say more on stderr");
  app.add_flag("--quiet", options.quiet, "Say only what failed")->excludes(verbose);
}

}  // namespace omadm
