// What stdout is, and how things look there (UI-005, UI-007).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace omadm {

enum class Style : unsigned char { plain, interior, faint, good, bad, warning };

// How to write for people.
struct Terminal {
  bool is_terminal = false;
  bool colour = false;    // a terminal, and NO_COLOR is not set
  std::size_t width = 0;  // columns; 0: no limit, what is written goes into a file or a pipe

  static Terminal of_stdout();
  std::string paint(Style style, std::string_view text) const;
  // At most `columns` characters, an ellipsis being the last; 0: all.
  static std::string clip(std::string_view text, std::size_t columns);
};

// One line: UTF-8 as it is; what would move the cursor, end the line or turn the direction of writing as \n, \x1b,
// \u202e … Octets that are no text are counted: "(16 octets)".
std::string one_line(Bytes value);
// Whether `value` can be printed as it is: UTF-8 without control characters but tab and line ends.
bool is_plain_text(Bytes value);
// `json` with what a terminal would obey written as \u00xx: the same document.
std::string terminal_safe(std::string_view json);
// Offset, sixteen octets, their ASCII, a line each.
std::string hexdump(Bytes octets);

}  // namespace omadm
