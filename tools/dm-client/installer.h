// What installs packages on this machine: [fumo] backend.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/io/log.h"
#include "client/client.h"
#include "mo/fumo/firmware_slot.h"

namespace omadm {

struct InstallerConfig {
  enum class Backend : std::uint8_t { none, command, file, rauc, swupdate } backend = Backend::none;
  using Command = std::vector<std::string>;  // program and arguments; empty: none
  Command command;                           // that installs; of swupdate with its options
  Command verify;                            // that checks before
  std::vector<std::string> slots;            // file: the two places for an image …
  std::string active;                        // … and the symbolic link to the one in use
  Command restart;                           // that restarts the device into the new image
  Command confirm;                           // that tells which image runs
};

// A slot on the loop of a client. The installer outlives the client.
class Installer : public FirmwareSlot {
 public:
  // What was to be installed before then starts now.
  virtual void attach(Client& client) = 0;
  // Programs of the same backend, for the next package; all else counts after a restart of the client.
  virtual void reconfigure(const InstallerConfig& /*config*/) {}
};

// Null: no backend. unsupported: this build lacks the backend.
Result<std::unique_ptr<Installer>> make_installer(const InstallerConfig& config, Log& log);

}  // namespace omadm
