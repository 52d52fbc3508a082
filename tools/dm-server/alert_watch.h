// Alerts the client is expected to send.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "tools/dm-server/script.h"
#include "tools/dm-server/variables.h"

namespace omadm::server {

struct AlertSeen {
  std::string code, type, source, correlator, mark;
  Octets data;
};

// Each expectation is met once, by the first alert that fits.
class AlertWatch {
 public:
  AlertWatch(const std::vector<AlertScript>& expected, const Variables& variables);

  // The status to answer when one was waiting for this alert.
  std::optional<int> offer(const AlertSeen& alert);
  // What did not come, told with what came instead.
  std::vector<std::string> missing() const;

 private:
  bool fits(const AlertScript& expected, const AlertSeen& alert) const;

  const std::vector<AlertScript>& expected_;
  const Variables& variables_;
  std::vector<bool> met_;
  std::vector<AlertSeen> seen_;
};

}  // namespace omadm::server
