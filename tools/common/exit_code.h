// Exit statuses of all programs (UI-004) and the line that goes with a failure (UI-002).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace omadm {

enum ExitCode : int {
  kExitDone = 0,
  kExitFailed = 1,
  kExitUsage = 2,
  kExitAuthentication = 3,
  kExitTransport = 4,
  kExitNotFound = 5,
  kExitAccessDenied = 6,
  kExitStore = 7,
};

ExitCode exit_code(Errc code) noexcept;

}  // namespace omadm
