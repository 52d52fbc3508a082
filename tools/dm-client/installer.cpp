#include "tools/dm-client/installer.h"

#include "tools/dm-client/command_slot.h"
#include "tools/dm-client/file_slot.h"
#include "tools/dm-client/rauc_slot.h"
#include "tools/dm-client/restarting_slot.h"

namespace omadm {
namespace {

Result<std::unique_ptr<Installer>> make_backend(const InstallerConfig& config, Log& log) {
  using Backend = InstallerConfig::Backend;
  switch (config.backend) {
    case Backend::none:
      return std::unique_ptr<Installer>();
    case Backend::command:
    case Backend::swupdate:
      return std::unique_ptr<Installer>(std::make_unique<CommandSlot>(CommandSlot::commands_of(config), log));
    case Backend::file:
      return std::unique_ptr<Installer>(std::make_unique<FileSlot>(config.slots, config.active));
    case Backend::rauc:
      return make_rauc_slot(log);
  }
  return Error{Errc::unsupported, "no such backend"};
}

}  // namespace

Result<std::unique_ptr<Installer>> make_installer(const InstallerConfig& config, Log& log) {
  std::unique_ptr<Installer> backend = DM_TRY(make_backend(config, log));
  if (!backend || config.restart.empty()) return backend;
  return std::unique_ptr<Installer>(
      std::make_unique<RestartingSlot>(std::move(backend), config.restart, config.confirm, log));
}

}  // namespace omadm
