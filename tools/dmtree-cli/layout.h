// Lines and tables for a terminal of some width.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tools/common/terminal.h"

namespace omadm {

struct Piece {
  Style style = Style::plain;
  std::string text;
};

// The pieces one after the other, cut to the width of the terminal.
std::string line_of(const std::vector<Piece>& pieces, const Terminal& terminal);

// The pieces with two blanks between them; one that has no room on the line begins the next, `indent` columns in.
std::string wrapped_line(const std::vector<Piece>& pieces, std::size_t indent, const Terminal& terminal);

// Names left, what they say right, in two columns.
using TableRow = std::pair<std::string, std::vector<Piece>>;
std::string table(const std::vector<TableRow>& rows, const Terminal& terminal);

}  // namespace omadm
