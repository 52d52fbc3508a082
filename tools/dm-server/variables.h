// Variables of a script: ${name} in the texts it sends and expects.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace omadm::server {

// Later values hide earlier ones. Looking up is by value: sessions of several devices share one set.
class Variables {
 public:
  void set(const std::string& name, std::string value);
  std::string get(const std::string& name) const;  // "" when there is none
  // Every ${name} replaced. not_found names the first unknown one.
  Result<std::string> expand(std::string_view text) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> values_;
};

}  // namespace omadm::server
