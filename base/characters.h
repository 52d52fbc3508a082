// Characters of UTF-8 one by one, and what they do to the text around them where it is shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace omadm {

struct Character {
  char32_t code = 0;
  std::size_t octets = 1;
  bool valid = false;  // else one octet that is no UTF-8
};
Character character_at(Bytes text, std::size_t at) noexcept;

enum class Effect : std::uint8_t { none, hides, drives };
// Controls, line ends of all kinds and directions drive a terminal or misplace what it shows; the rest only hides
// itself, and many a text of the world needs it.
Effect effect_of(char32_t code) noexcept;

// One line with a space for whatever drives a terminal, and a question mark for what is no UTF-8.
std::string without_effects(Bytes text);

}  // namespace omadm
