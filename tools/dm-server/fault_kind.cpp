#include <array>
#include <utility>

#include "tools/dm-server/script.h"

namespace omadm::server {
namespace {

constexpr std::array<std::pair<FaultKind, std::string_view>, 18> kFaultNames{{
    {FaultKind::http_status, "http_status"},
    {FaultKind::redirect, "redirect"},
    {FaultKind::redirect_loop, "redirect_loop"},
    {FaultKind::drop_request, "drop_request"},
    {FaultKind::wrong_mac, "wrong_mac"},
    {FaultKind::wrong_password, "wrong_password"},
    {FaultKind::stale_nonce, "stale_nonce"},
    {FaultKind::no_credentials, "no_credentials"},
    {FaultKind::wrong_session_id, "wrong_session_id"},
    {FaultKind::garbage, "garbage"},
    {FaultKind::oversize, "oversize"},
    {FaultKind::deep_nesting, "deep_nesting"},
    {FaultKind::duplicate_message, "duplicate_message"},
    {FaultKind::truncated_body, "truncated_body"},
    {FaultKind::slow_body, "slow_body"},
    {FaultKind::drop_connection, "drop_connection"},
    {FaultKind::half_close, "half_close"},
    {FaultKind::wrong_content_type, "wrong_content_type"},
}};

}  // namespace

std::string_view to_string(FaultKind kind) noexcept {
  for (const auto& [known, name] : kFaultNames) {
    if (known == kind) return name;
  }
  return "fault";
}

std::optional<FaultKind> fault_kind_from(std::string_view name) noexcept {
  for (const auto& [kind, known] : kFaultNames) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

}  // namespace omadm::server
