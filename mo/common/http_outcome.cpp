#include "mo/common/http_outcome.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace omadm {

bool worth_repeating(Errc code) noexcept { return code == Errc::transport || code == Errc::timed_out; }
bool worth_repeating(int http_status) noexcept {
  return http_status == 408 || http_status == 429 || http_status >= 500;
}

Error error_for_status(int http_status) {
  const std::string text = "the server answered " + std::to_string(http_status);
  if (http_status == 401 || http_status == 403 || http_status == 407) return {Errc::authentication, text};
  if (http_status == 404 || http_status == 410) return {Errc::not_found, text};
  return {Errc::failed, text};
}

std::chrono::milliseconds wait_after(const DownloadRetry& retry, unsigned attempts) {
  const double grown = static_cast<double>(retry.first.count()) * std::pow(retry.factor, attempts - 1);
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(grown, static_cast<double>(retry.max.count()))));
}

}  // namespace omadm
