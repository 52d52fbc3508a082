// How a firmware package gets installed: the smallest interface that suffices. FUMO-070 … FUMO-073.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"

namespace omadm {

struct FirmwarePackage {
  std::string path;        // the file, complete and closed
  std::uint64_t size = 0;  // octets
  std::string sha256;      // lower-case hexadecimal of the file
  std::string name;        // PkgName, may be empty
  std::string version;     // PkgVersion, may be empty
};

enum class InstallOutcome : std::uint8_t {
  installed,      // 200
  corrupted,      // 402
  mismatch,       // 403: not for this device
  not_validated,  // 404: signature
  failed,         // 410
  out_of_memory,  // 502
};
struct InstallResult {
  InstallOutcome outcome = InstallOutcome::failed;
  std::string new_version;  // FwV after success; empty: PkgVersion counts
  std::string detail;       // for people
  bool restart = false;     // with installed: it counts after a restart, when `confirm` says how that went
};

// After power was lost in state 60 the same package is installed again: `install` must bear repetition. Whatever
// happens, the device must be left with the old or the new image, able to start (FUMO-072).
class FirmwareSlot {
 public:
  using Done = std::function<void(InstallResult)>;
  virtual ~FirmwareSlot() = default;
  // Starts the installation and returns; `done` comes later on the loop, once. Progress in percent.
  virtual Result<void> install(const FirmwarePackage& package, std::function<void(int)> progress, Done done) = 0;

  // For those that answer with `restart`. Restarts the device into the new image; on success power may go any moment.
  virtual Result<void> restart() { return Error{Errc::unsupported, "this installer cannot restart the device"}; }
  // After the client began anew: `done` gets how the new image does. failed: the device is back with the old one;
  // installed with `restart`: it has not been restarted yet.
  virtual Result<void> confirm(const FirmwarePackage& /*package*/, Done /*done*/) {
    return Error{Errc::unsupported, "this installer cannot tell which image runs"};
  }
};

}  // namespace omadm
