// The vocabulary of OMA Client Provisioning documents in WBXML. [ProvCont] "WBXML tokens".
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace omadm::provisioning {

inline constexpr std::uint32_t kPublicId = 0x0B;
inline constexpr std::string_view kPublicIdText = "-//WAPFORUM//DTD PROV 1.0//EN";

inline constexpr std::uint8_t kDocumentTag = 0x05, kCharacteristicTag = 0x06, kParmTag = 0x07;  // on both pages
std::string_view tag_name(std::uint8_t token) noexcept;                                         // "" for any other

// An attribute's name with the beginning of its value: `1C` on page 0 is name="STARTPAGE".
struct AttributeStart {
  std::uint8_t page, token;
  std::string_view name, value;
};
struct AttributeValue {
  std::uint8_t page, token;
  std::string_view text;
};
std::span<const AttributeStart> attribute_starts() noexcept;
std::span<const AttributeValue> attribute_values() noexcept;

}  // namespace omadm::provisioning
