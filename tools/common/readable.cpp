#include "tools/common/readable.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "base/characters.h"
#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kDumpColumns = 16;

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
