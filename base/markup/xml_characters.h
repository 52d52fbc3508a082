// What an octet or a character may be a part of in XML. [XML 1.0] 2.2, 2.3; [Namespaces in XML 1.0] 3.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace omadm::xml {

enum Part : std::uint8_t {
  kText = 1,       // stands for itself between tags
  kValue = 2,      // stands for itself in the value of an attribute, whatever the quotes
  kName = 4,       // in a name; the colon is for namespaces
  kNameStart = 8,  // at the beginning of a name
  kSpace = 16,
  kHigh = 32,  // of a character beyond ASCII, which the whole of it decides on
};

constexpr std::array<std::uint8_t, 256> make_parts() {
  std::array<std::uint8_t, 256> parts{};
  for (unsigned octet = 0x20; octet < 0x80; ++octet) parts[octet] = kText | kValue;
  for (const char both : {'<', '&'}) parts[static_cast<unsigned char>(both)] = 0;
  parts[']'] = kValue;  // "]]>" may not stand in a text
  parts['"'] = parts['\''] = kText;
  for (unsigned letter = 'a'; letter <= 'z'; ++letter) {
    parts[letter] = parts[letter - 'a' + 'A'] = kText | kValue | kName | kNameStart;
  }
  parts['_'] |= kName | kNameStart;
  for (unsigned digit = '0'; digit <= '9'; ++digit) parts[digit] |= kName;
  parts['-'] |= kName;
  parts['.'] |= kName;
  parts['\t'] = parts['\n'] = kText | kSpace;
  parts['\r'] = kSpace;
  parts[' '] |= kSpace;
  for (unsigned octet = 0x80; octet < 0x100; ++octet) parts[octet] = kHigh;
  return parts;
}
inline constexpr std::array<std::uint8_t, 256> kParts = make_parts();

inline bool is(char octet, unsigned part) noexcept { return (kParts[static_cast<unsigned char>(octet)] & part) != 0; }

bool is_name_start(char32_t character) noexcept;  // beyond ASCII
bool is_name(char32_t character) noexcept;        // beyond ASCII

// What the reference between "&#" and ";" means, in UTF-8: "65", "x20AC". Empty: no number, or beyond what is a
// character.
std::string numbered_character(std::string_view number);

}  // namespace omadm::xml
