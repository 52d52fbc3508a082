// FirmwareSlot by a program: [fumo] backend = "command".
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/io/log.h"
#include "tools/dm-client/child_process.h"
#include "tools/dm-client/installer.h"

namespace omadm {

struct SlotCommands {
  std::vector<std::string> install;
  std::vector<std::string> verify;  // run before; empty: none
  bool swupdate = false;            // `install` is SWUpdate, which has its own way to tell its progress
};

// Runs `install` with the package's path as its last argument and OMADM_PACKAGE, OMADM_PACKAGE_NAME,
// OMADM_PACKAGE_VERSION and OMADM_PACKAGE_SHA256 in its environment. It prints "progress=NN" as it goes and
// "version=…", the version now installed, at any time. Exit status: 0 installed, 2 not for this device, 3 not
// signed by whom it should be, 4 damaged, 5 no room, any other failed. `verify` likewise; other than 0: not
// installed, with 1 meaning the same as 3.
class CommandSlot final : public Installer {
 public:
  CommandSlot(SlotCommands commands, Log& log);
  static SlotCommands commands_of(const InstallerConfig& config) {
    return {config.command, config.verify, config.backend == InstallerConfig::Backend::swupdate};
  }
  ~CommandSlot() override;

  // The loop of `client` is used from now on; what was to be installed before then starts. The slot
  // outlives the client.
  void attach(Client& client) override;
  void reconfigure(const InstallerConfig& config) override { commands_ = commands_of(config); }

  // unsupported: no command configured; unavailable: another package is being installed; not_found, io:
  // the program cannot be started.
  Result<void> install(const FirmwarePackage& package, std::function<void(int)> progress, Done done) override;

 private:
  struct Job;
  Result<void> run_next();
  void run_next_or_finish();
  void read_output();
  void take_line(std::string_view line);
  void step_ended();
  void finish(InstallResult result);
  void forget_child();

  SlotCommands commands_;
  Log& log_;
  Client* client_ = nullptr;
  std::unique_ptr<Job> job_;
};

}  // namespace omadm
