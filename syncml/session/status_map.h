// Answers to a server. [SyncML RepPro] "Response Status Codes"; protocol.md section 9.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "dmtree/acl.h"

namespace omadm {

// The codes a DM client sends or acts upon (PRO-370).
enum class StatusCode : std::uint16_t {
  ok = 200,
  accepted_for_processing = 202,
  authentication_accepted = 212,
  chunk_accepted = 213,
  operation_cancelled = 214,
  not_executed = 215,
  atomic_roll_back_ok = 216,
  not_modified = 304,
  bad_request = 400,
  invalid_credentials = 401,
  forbidden = 403,
  not_found = 404,
  command_not_allowed = 405,
  optional_feature_not_supported = 406,
  authentication_required = 407,
  request_timeout = 408,
  size_required = 411,
  incomplete_command = 412,
  entity_too_large = 413,
  uri_too_long = 414,
  unsupported_media_type = 415,
  requested_size_too_big = 416,
  already_exists = 418,
  device_full = 420,
  size_mismatch = 424,
  permission_denied = 425,
  command_failed = 500,
  dtd_version_not_supported = 505,
  atomic_failed = 507,
  data_store_failure = 510,
  protocol_version_not_supported = 513,
};

// The command did what it says. 214, 215 and 216 are below 300, yet nothing was done.
constexpr bool is_success(StatusCode code) noexcept {
  return static_cast<int>(code) < 300 && code != StatusCode::operation_cancelled && code != StatusCode::not_executed &&
         code != StatusCode::atomic_roll_back_ok;
}

std::string_view digits(StatusCode code) noexcept;  // "200"
std::string_view meaning(int code) noexcept;        // "Permission denied"; "" for a code not listed

// What a failed command is answered. `command` decides between 500 and 510 for a failing store.
StatusCode status_of(const Error& error, AccessType command) noexcept;

}  // namespace omadm
