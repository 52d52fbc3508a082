// What stdout is, and how things look there (UI-005).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

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

}  // namespace omadm
