#include "tools/common/readable.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kDumpColumns = 16;

struct Character {
  char32_t code = 0;
  std::size_t octets = 1;
  bool valid = false;
};

Character character_at(Bytes text, std::size_t at) noexcept {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t octets = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  const Bytes piece = text.substr(at, octets);
  if (piece.size() != octets || !is_utf8(piece)) return {};
  char32_t code = octets == 1 ? lead : lead & (0x7FU >> octets);
  for (const char next : piece.substr(1)) code = code << 6U | (static_cast<unsigned char>(next) & 0x3FU);
  return {code, octets, true};
}

enum class Effect : std::uint8_t { none, hides, drives };
struct Range {
  char32_t first, last;
  Effect effect;
};
// Controls, line ends of all kinds and directions drive a terminal or misplace what it shows; the rest only hides
// itself, and many a text of the world needs it.
constexpr std::array kSpecial{Range{0x00, 0x1F, Effect::drives},     Range{0x7F, 0x9F, Effect::drives},
                              Range{0x061C, 0x061C, Effect::hides},  Range{0x200B, 0x200F, Effect::hides},
                              Range{0x2028, 0x202E, Effect::drives}, Range{0x2060, 0x2065, Effect::hides},
                              Range{0x2066, 0x2069, Effect::drives}, Range{0xFEFF, 0xFEFF, Effect::hides},
                              Range{0xFFF9, 0xFFFB, Effect::hides},  Range{0xE0000, 0xE007F, Effect::hides}};

Effect effect_of(char32_t code) noexcept {
  for (const Range& range : kSpecial) {
    if (code >= range.first && code <= range.last) return range.effect;
  }
  return Effect::none;
}

bool is_layout(char32_t code) noexcept { return code == '\t' || code == '\n' || code == '\r'; }

std::string escaped(char32_t code) {
  switch (code) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\\':
      return "\\\\";
    default:
      break;
  }
  const auto number = static_cast<std::uint32_t>(code);
  return number < 0x80 ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{{{:x}}}", number);
}

std::string json_escaped(char32_t code) {
  const auto number = static_cast<std::uint32_t>(code);
  if (number < 0x10000) return fmt::format("\\u{:04x}", number);
  const std::uint32_t above = number - 0x10000;
  return fmt::format("\\u{:04x}\\u{:04x}", 0xD800U + (above >> 10U), 0xDC00U + (above & 0x3FFU));
}

// `text` with every character that is special, and not layout, written by `write`.
std::string without_special(std::string_view text, std::string (*write)(char32_t)) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character next = character_at(text, at);
    if (next.valid && !is_layout(next.code) && effect_of(next.code) != Effect::none) {
      out += write(next.code);
    } else {
      out += text.substr(at, next.octets);
    }
    at += next.octets;
  }
  return out;
}

}  // namespace

std::string one_line(Bytes text) {
  std::string line;
  line.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character next = character_at(text, at);
    if (!next.valid) {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
    } else if (next.code == '\\' || effect_of(next.code) != Effect::none) {
      line += escaped(next.code);
    } else {
      line += text.substr(at, next.octets);
    }
    at += next.octets;
  }
  return line;
}

std::string value_line(Bytes value) {
  return is_utf8(value) ? one_line(value) : fmt::format("({} octets)", value.size());
}

bool is_plain_text(Bytes value) {
  for (std::size_t at = 0; at < value.size();) {
    const Character next = character_at(value, at);
    if (!next.valid || (effect_of(next.code) == Effect::drives && !is_layout(next.code))) return false;
    at += next.octets;
  }
  return true;
}

std::string terminal_safe(std::string_view json) { return without_special(json, json_escaped); }

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string with_references(std::string_view xml) {
  return without_special(xml, [](char32_t code) { return fmt::format("&#{};", static_cast<std::uint32_t>(code)); });
}

std::string_view clipped(std::string_view text, std::size_t octets) noexcept {
  if (text.size() <= octets) return text;
  while (octets > 0 && (static_cast<unsigned char>(text[octets]) & 0xC0U) == 0x80) --octets;
  return text.substr(0, octets);
}

std::string hexdump(Bytes octets, std::string_view indent) {
  std::string text;
  for (std::size_t at = 0; at < octets.size(); at += kDumpColumns) {
    const Bytes row = octets.substr(at, kDumpColumns);
    std::string digits, ascii;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto octet = static_cast<unsigned char>(row[i]);
      digits += fmt::format("{:02x} ", octet);
      if (i == kDumpColumns / 2 - 1) digits += ' ';
      ascii += octet < 0x20 || octet >= 0x7F ? '.' : row[i];
    }
    text += fmt::format("{}{:08x}  {:<50}|{}|\n", indent, at, digits, ascii);
  }
  return text;
}

}  // namespace omadm
