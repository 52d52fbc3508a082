#include "tools/dm-trace/readable.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "base/text.h"

namespace omadm::trace {
namespace {

constexpr std::size_t kRow = 16;

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

struct Range {
  char32_t first, last;
};
// Controls, and what turns, hides or breaks the text around it.
constexpr std::array kRefused{Range{0x00, 0x1F},     Range{0x7F, 0x9F},     Range{0x061C, 0x061C},
                              Range{0x200B, 0x200F}, Range{0x2028, 0x202E}, Range{0x2060, 0x2069},
                              Range{0xFEFF, 0xFEFF}, Range{0xFFF9, 0xFFFB}, Range{0xE0000, 0xE007F}};

bool is_refused(char32_t code) noexcept {
  for (const Range& range : kRefused) {
    if (code >= range.first && code <= range.last) return true;
  }
  return false;
}

std::string escaped(char32_t code) {
  switch (code) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  const auto number = static_cast<std::uint32_t>(code);
  return number < 0x80 ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{{{:x}}}", number);
}

}  // namespace

std::string one_line(Bytes text) {
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const Character next = character_at(text, at);
    if (!next.valid) {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
    } else if (is_refused(next.code)) {
      line += escaped(next.code);
    } else if (next.code == '\\') {
      line += "\\\\";
    } else {
      line += text.substr(at, next.octets);
    }
    at += next.octets;
  }
  return line;
}

bool is_readable(Bytes octets) noexcept { return octets.find('\0') == Bytes::npos && is_utf8(octets); }

std::string with_references(std::string_view xml) {
  std::string out;
  for (std::size_t at = 0; at < xml.size();) {
    const Character next = character_at(xml, at);
    const bool layout = next.code == '\n' || next.code == '\t';
    if (next.valid && is_refused(next.code) && !layout) {
      out += fmt::format("&#{};", static_cast<std::uint32_t>(next.code));
    } else {
      out += xml.substr(at, next.octets);
    }
    at += next.octets;
  }
  return out;
}

std::string_view clipped(std::string_view text, std::size_t octets) noexcept {
  if (text.size() <= octets) return text;
  while (octets > 0 && (static_cast<unsigned char>(text[octets]) & 0xC0U) == 0x80) --octets;
  return text.substr(0, octets);
}

std::string hexdump(Bytes octets, std::string_view indent) {
  std::string text;
  for (std::size_t at = 0; at < octets.size(); at += kRow) {
    std::string digits, ascii;
    for (const char c : octets.substr(at, kRow)) {
      const auto octet = static_cast<unsigned char>(c);
      digits += fmt::format("{:02x} ", octet);
      ascii += octet < 0x20 || octet >= 0x7F ? '.' : c;
    }
    text += fmt::format("{}{:04x}  {:<49}{}\n", indent, at, digits, ascii);
  }
  return text;
}

}  // namespace omadm::trace
