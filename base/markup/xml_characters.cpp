#include "base/markup/xml_characters.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace omadm::xml {
namespace {

struct Range {
  char32_t first, last;
};
constexpr std::array kStarts{Range{0xC0, 0xD6},     Range{0xD8, 0xF6},     Range{0xF8, 0x2FF},
                             Range{0x370, 0x37D},   Range{0x37F, 0x1FFF},  Range{0x200C, 0x200D},
                             Range{0x2070, 0x218F}, Range{0x2C00, 0x2FEF}, Range{0x3001, 0xD7FF},
                             Range{0xF900, 0xFDCF}, Range{0xFDF0, 0xFFFD}, Range{0x10000, 0xEFFFF}};
constexpr std::array kFurther{Range{0xB7, 0xB7}, Range{0x300, 0x36F}, Range{0x203F, 0x2040}};

template <typename Ranges>
bool within(const Ranges& ranges, char32_t character) noexcept {
  return std::any_of(ranges.begin(), ranges.end(),
                     [character](Range range) { return range.first <= character && character <= range.last; });
}

constexpr std::uint32_t kLastCharacter = 0x10FFFF;
constexpr std::size_t kMostDigits = 8;

}  // namespace

std::string numbered_character(std::string_view number) {
  const bool hexadecimal = number.substr(0, 1) == "x";
  if (hexadecimal) number.remove_prefix(1);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  if (number.empty() || number.size() > kMostDigits) return {};
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), code, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != number.data() + number.size() || code > kLastCharacter) return {};
  return to_utf8(code);
}

bool is_name_start(char32_t character) noexcept { return within(kStarts, character); }
bool is_name(char32_t character) noexcept { return within(kStarts, character) || within(kFurther, character); }

}  // namespace omadm::xml
