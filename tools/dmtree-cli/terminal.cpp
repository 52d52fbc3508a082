#include "tools/dmtree-cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kDumpColumns = 16;

std::string_view escape_sequence(Style style) {
  switch (style) {
    case Style::plain:
      break;
    case Style::interior:
      return "\x1b[1;34m";
    case Style::faint:
      return "\x1b[2m";
    case Style::good:
      return "\x1b[32m";
    case Style::bad:
      return "\x1b[31m";
    case Style::warning:
      return "\x1b[33m";
  }
  return "";
}

bool is_control(unsigned char octet) { return octet < 0x20 || octet == 0x7F; }
// U+0080 … U+009F, which terminals may obey, are C2 80 … C2 9F.
bool is_c1(Bytes text, std::size_t at) {
  return text[at] == '\xC2' && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0;
}
// U+2028 … U+202E and U+2066 … U+2069 end lines and reorder what is shown. 0: another character.
unsigned line_or_direction(Bytes text, std::size_t at) {
  if (text[at] != '\xE2' || at + 2 >= text.size()) return 0;
  const auto second = static_cast<unsigned char>(text[at + 1]), third = static_cast<unsigned char>(text[at + 2]);
  const unsigned code = 0x2000U + ((second & 0x3FU) << 6U) + (third & 0x3FU);
  return (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ? code : 0;
}

}  // namespace

Terminal Terminal::of_stdout() {
  Terminal terminal;
  terminal.is_terminal = ::isatty(STDOUT_FILENO) != 0;
  if (!terminal.is_terminal) return terminal;
  const char* const no_colour = std::getenv("NO_COLOR");
  const char* const kind = std::getenv("TERM");
  terminal.colour = (no_colour == nullptr || *no_colour == '\0') && kind != nullptr && std::string_view(kind) != "dumb";
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) terminal.width = size.ws_col;
  return terminal;
}

std::string Terminal::paint(Style style, std::string_view text) const {
  const std::string_view begin = colour ? escape_sequence(style) : "";
  if (begin.empty() || text.empty()) return std::string(text);
  return std::string(begin) + std::string(text) + "\x1b[0m";
}

std::string Terminal::clip(std::string_view text, std::size_t columns) {
  if (columns == 0 || utf8_length(text) <= columns) return std::string(text);
  std::size_t characters = 0, end = 0;
  while (end < text.size()) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80;
    if (begins && ++characters == columns) break;
    ++end;
  }
  return std::string(text.substr(0, end)) + "…";
}

bool is_plain_text(Bytes value) {
  if (!is_utf8(value)) return false;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char c = value[at];
    const bool layout = c == '\t' || c == '\n' || c == '\r';
    if ((is_control(static_cast<unsigned char>(c)) && !layout) || is_c1(value, at)) return false;
  }
  return true;
}

std::string one_line(Bytes value) {
  if (!is_utf8(value)) return fmt::format("({} octets)", value.size());
  std::string line;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char c = value[at];
    if (c == '\n') {
      line += "\\n";
    } else if (c == '\r') {
      line += "\\r";
    } else if (c == '\t') {
      line += "\\t";
    } else if (is_control(static_cast<unsigned char>(c))) {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else if (is_c1(value, at)) {
      line += fmt::format("\\u00{:02x}", static_cast<unsigned char>(value[++at]));
    } else if (const unsigned code = line_or_direction(value, at); code != 0) {
      line += fmt::format("\\u{:04x}", code);
      at += 2;
    } else {
      line += c;
    }
  }
  return line;
}

std::string terminal_safe(std::string_view json) {
  std::string safe;
  safe.reserve(json.size());
  for (std::size_t at = 0; at < json.size(); ++at) {
    if (json[at] == '\x7F') {
      safe += "\\u007f";
    } else if (is_c1(json, at)) {
      safe += fmt::format("\\u00{:02x}", static_cast<unsigned char>(json[++at]));
    } else {
      safe += json[at];
    }
  }
  return safe;
}

std::string hexdump(Bytes octets) {
  std::string text;
  for (std::size_t at = 0; at < octets.size(); at += kDumpColumns) {
    const Bytes row = octets.substr(at, kDumpColumns);
    std::string digits, ascii;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto octet = static_cast<unsigned char>(row[i]);
      digits += fmt::format("{:02x} ", octet);
      if (i == kDumpColumns / 2 - 1) digits += ' ';
      ascii += is_control(octet) || octet >= 0x80 ? '.' : row[i];
    }
    text += fmt::format("{:08x}  {:<50}|{}|\n", at, digits, ascii);
  }
  return text;
}

}  // namespace omadm
