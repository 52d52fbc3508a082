#include "base/characters.h"

#include <array>

#include "base/text.h"

namespace omadm {
namespace {

struct Range {
  char32_t first, last;
  Effect effect;
};
constexpr std::array kSpecial{Range{0x00, 0x1F, Effect::drives},     Range{0x7F, 0x9F, Effect::drives},
                              Range{0x061C, 0x061C, Effect::hides},  Range{0x200B, 0x200F, Effect::hides},
                              Range{0x2028, 0x202E, Effect::drives}, Range{0x2060, 0x2065, Effect::hides},
                              Range{0x2066, 0x2069, Effect::drives}, Range{0xFEFF, 0xFEFF, Effect::hides},
                              Range{0xFFF9, 0xFFFB, Effect::hides},  Range{0xE0000, 0xE007F, Effect::hides}};

}  // namespace

Character character_at(Bytes text, std::size_t at) noexcept {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t octets = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  const Bytes piece = text.substr(at, octets);
  if (piece.size() != octets || !is_utf8(piece)) return {};
  char32_t code = octets == 1 ? lead : lead & (0x7FU >> octets);
  for (const char next : piece.substr(1)) code = code << 6U | (static_cast<unsigned char>(next) & 0x3FU);
  return {code, octets, true};
}

Effect effect_of(char32_t code) noexcept {
  for (const Range& range : kSpecial) {
    if (code >= range.first && code <= range.last) return range.effect;
  }
  return Effect::none;
}

std::string without_effects(Bytes text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character next = character_at(text, at);
    if (!next.valid) {
      line += '?';
    } else if (effect_of(next.code) == Effect::drives) {
      line += ' ';
    } else {
      line += text.substr(at, next.octets);
    }
    at += next.octets;
  }
  return line;
}

}  // namespace omadm
