// What an HTTP request that failed means, and when it is worth another try.
#pragma once

#include <chrono>

#include "base/result.h"

namespace omadm {

// Attempts count over restarts, for as long as the partial file is kept, and from one again when it has grown.
struct DownloadRetry {
  unsigned attempts = 10;
  std::chrono::milliseconds first{1000};  // the wait after the first failure …
  double factor = 2.0;                    // … and how it grows
  std::chrono::milliseconds max{600000};
  std::chrono::hours give_up_after{7 * 24};
};

bool worth_repeating(Errc code) noexcept;
bool worth_repeating(int http_status) noexcept;
Error error_for_status(int http_status);  // authentication (401, 403, 407), not_found (404, 410), failed
// The wait after `attempts` failures.
std::chrono::milliseconds wait_after(const DownloadRetry& retry, unsigned attempts);

}  // namespace omadm
