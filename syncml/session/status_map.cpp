#include "syncml/session/status_map.h"

#include <array>
#include <cstdint>

namespace omadm {
namespace {

struct StatusRow {
  int code;
  std::string_view digits;
  std::string_view meaning;
};

// [SyncML RepPro] section "Response Status Codes", in the order of their codes.
constexpr std::array kStatuses{
    StatusRow{200, "200", "OK"},
    StatusRow{202, "202", "Accepted for processing"},
    StatusRow{212, "212", "Authentication accepted"},
    StatusRow{213, "213", "Chunked item accepted"},
    StatusRow{214, "214", "Operation cancelled"},
    StatusRow{215, "215", "Not executed"},
    StatusRow{216, "216", "Atomic roll back OK"},
    StatusRow{304, "304", "Not modified"},
    StatusRow{400, "400", "Bad request"},
    StatusRow{401, "401", "Invalid credentials"},
    StatusRow{403, "403", "Forbidden"},
    StatusRow{404, "404", "Not found"},
    StatusRow{405, "405", "Command not allowed"},
    StatusRow{406, "406", "Optional feature not supported"},
    StatusRow{407, "407", "Authentication required"},
    StatusRow{408, "408", "Request timeout"},
    StatusRow{411, "411", "Size required"},
    StatusRow{412, "412", "Incomplete command"},
    StatusRow{413, "413", "Request entity too large"},
    StatusRow{414, "414", "URI too long"},
    StatusRow{415, "415", "Unsupported media type or format"},
    StatusRow{416, "416", "Requested size too big"},
    StatusRow{418, "418", "Already exists"},
    StatusRow{420, "420", "Device full"},
    StatusRow{424, "424", "Size mismatch"},
    StatusRow{425, "425", "Permission denied"},
    StatusRow{500, "500", "Command failed"},
    StatusRow{505, "505", "DTD version not supported"},
    StatusRow{507, "507", "Atomic failed"},
    StatusRow{510, "510", "Data store failure"},
    StatusRow{513, "513", "Protocol version not supported"},
};

constexpr int kSmallest = kStatuses.front().code;

// By code - kSmallest: the row and 1, or 0.
constexpr auto kRowOf = [] {
  std::array<std::uint8_t, kStatuses.back().code - kSmallest + 1> rows{};
  std::uint8_t number = 0;
  for (const StatusRow& row : kStatuses) rows[static_cast<std::size_t>(row.code - kSmallest)] = ++number;
  return rows;
}();

const StatusRow* find(int code) noexcept {
  if (code < kSmallest || code > kStatuses.back().code) return nullptr;
  const std::size_t number = kRowOf[static_cast<std::size_t>(code - kSmallest)];
  return number != 0 ? &kStatuses[number - 1] : nullptr;
}

}  // namespace

std::string_view digits(StatusCode code) noexcept {
  const StatusRow* row = find(static_cast<int>(code));
  return row != nullptr ? row->digits : std::string_view("500");
}

std::string_view meaning(int code) noexcept {
  const StatusRow* row = find(code);
  return row != nullptr ? row->meaning : std::string_view();
}

StatusCode status_of(const Error& error, AccessType command) noexcept {
  switch (error.code) {
    case Errc::not_found:
      return StatusCode::not_found;
    case Errc::already_exists:
      return StatusCode::already_exists;
    case Errc::permission_denied:
      return StatusCode::permission_denied;
    case Errc::not_allowed:
      return StatusCode::command_not_allowed;
    case Errc::malformed:
      return StatusCode::bad_request;
    case Errc::incomplete:
      return StatusCode::incomplete_command;
    case Errc::uri_too_long:
      return StatusCode::uri_too_long;
    case Errc::bad_format:
      return StatusCode::unsupported_media_type;
    case Errc::too_large:
      return StatusCode::entity_too_large;
    case Errc::storage_full:
      return StatusCode::device_full;
    case Errc::unsupported:
      return StatusCode::optional_feature_not_supported;
    case Errc::unavailable:
    case Errc::veto:
      return StatusCode::forbidden;
    case Errc::cancelled:
      return StatusCode::operation_cancelled;
    case Errc::corrupt:
    case Errc::io:
      return command == AccessType::exec || command == AccessType::copy ? StatusCode::data_store_failure
                                                                        : StatusCode::command_failed;
    case Errc::conflict:
    case Errc::timed_out:
    case Errc::authentication:
    case Errc::transport:
    case Errc::failed:
      break;
  }
  return StatusCode::command_failed;
}

}  // namespace omadm
