#include "tools/common/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "base/text.h"

namespace omadm {
namespace {

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

}  // namespace omadm
