// Hosts firmware packages, with ranges and faults.
#pragma once

#include <httplib.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tools/dm-server/exchange.h"
#include "tools/dm-server/script.h"
#include "tools/dm-server/variables.h"

namespace omadm::server {

class FirmwareHost {
 public:
  // Reads or makes every package. The error of a file that cannot be read.
  static Result<std::unique_ptr<FirmwareHost>> open(const Script& script, const Variables& variables,
                                                    Exchange& exchange, std::string url);

  // False: no package has this path.
  bool answer(const httplib::Request& request, httplib::Response& response);

  struct Package {
    FirmwareScript script;
    Octets octets;
    std::string sha256;  // hexadecimal
  };
  const std::vector<Package>& packages() const noexcept { return packages_; }

 private:
  FirmwareHost(Exchange& exchange, std::string url) : exchange_(exchange), url_(std::move(url)) {}
  std::optional<Fault> next_fault(Package& package);

  Exchange& exchange_;
  std::string url_;
  std::mutex mutex_;
  std::vector<Package> packages_;
};

// `size` octets that depend on `seed` alone: the same on every machine.
Octets generated_firmware(std::uint64_t size, std::uint64_t seed);

}  // namespace omadm::server
