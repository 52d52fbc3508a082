// Result codes of firmware operations. [FUMO] "Result Code". FUMO-034, FUMO-035.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "mo/fumo/firmware_slot.h"

namespace omadm {

enum class UpdateResult : std::uint16_t {
  none = 0,  // not known yet
  successful = 200,
  device_aborted = 400,
  user_cancelled = 401,
  corrupted = 402,
  mismatch = 403,
  not_validated = 404,
  not_acceptable = 405,
  download_authentication = 406,
  download_timed_out = 407,
  not_implemented = 408,
  undefined = 409,
  update_failed = 410,
  bad_url = 411,
  server_unavailable = 412,
  server_error = 500,
  download_out_of_memory = 501,
  update_out_of_memory = 502,
  network_failure = 503,
};

bool is_success(UpdateResult result) noexcept;

// `http_status` 0: no HTTP answer was had.
UpdateResult result_of_download(Errc error, int http_status) noexcept;
UpdateResult result_of_check(Errc error) noexcept;  // of a package that is on the device
UpdateResult result_of_installation(InstallOutcome outcome) noexcept;

}  // namespace omadm
