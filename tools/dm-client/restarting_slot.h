// An installer whose image counts after a restart: [fumo] restart and confirm.
#pragma once

#include <memory>
#include <optional>

#include "tools/dm-client/child_process.h"
#include "tools/dm-client/installer.h"

namespace omadm {

// Lets `inner` install, runs `restart` when that went well, and asks `confirm` once the client is there again: exit
// status 0 the new image runs and is good, 75 the device was not restarted yet, any other it is back with the old one.
class RestartingSlot final : public Installer {
 public:
  using Command = InstallerConfig::Command;
  RestartingSlot(std::unique_ptr<Installer> inner, Command restart, Command confirm, Log& log);

  void attach(Client& client) override;
  void reconfigure(const InstallerConfig& config) override;
  Result<void> install(const FirmwarePackage& package, std::function<void(int)> progress, Done done) override;
  Result<void> restart() override;
  Result<void> confirm(const FirmwarePackage& package, Done done) override;

 private:
  Result<void> run(const Command& command, ChildProcess::Life life, std::function<void(int)> ended);
  void child_ended();

  std::unique_ptr<Installer> inner_;
  Command restart_, confirm_;
  Log& log_;
  Client* client_ = nullptr;
  std::optional<ChildProcess> child_;
  std::function<void(int)> ended_;  // gets the exit status of `child_`
};

}  // namespace omadm
