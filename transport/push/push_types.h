// Media types of what a bearer may push to a device management client. NOT-100, NOT-110, BOOT-022, BOOT-040.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace omadm {

enum class PushType : std::uint8_t {
  other,
  notification,
  envelope,  // application/vnd.oma.push: what is in it says its own head
  document,  // of bootstrap
};

// `content_type` with or without parameters, in any case.
PushType push_type(std::string_view content_type) noexcept;
// The most octets of one; 0 for PushType::other. NOT-111.
std::size_t max_push_octets(PushType type) noexcept;
// All of them, for an Accept field.
const std::string& accepted_push_types();

}  // namespace omadm
