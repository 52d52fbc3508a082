#include "tools/dmtree-cli/layout.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace omadm {
namespace {

// The last column of a table, from `column` to the edge of the terminal; what is longer goes on below. A word that has
// no room on a line is not cut: it may be wanted whole.
std::string column_of(const Piece& piece, std::size_t column, const Terminal& terminal) {
  constexpr std::size_t kNarrow = 16;  // columns
  if (terminal.width < column + kNarrow) return terminal.paint(piece.style, piece.text);
  const std::size_t room = terminal.width - column;
  std::string out;
  std::string_view rest = piece.text;
  while (!rest.empty()) {
    std::size_t end = 0;  // of the longest beginning that fits, or of the first word
    while (end < rest.size()) {
      const std::size_t blank = std::min(rest.find(' ', end + 1), rest.size());
      if (end != 0 && utf8_length(rest.substr(0, blank)) > room) break;
      end = blank;
    }
    if (!out.empty()) out += "\n" + std::string(column, ' ');
    out += terminal.paint(piece.style, rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

}  // namespace

std::string line_of(const std::vector<Piece>& pieces, const Terminal& terminal) {
  std::string line;
  std::size_t left = terminal.width;
  for (const Piece& piece : pieces) {
    const std::size_t length = utf8_length(piece.text);
    if (terminal.width != 0 && length > left) {
      if (left > 0) line += terminal.paint(piece.style, Terminal::clip(piece.text, left));
      break;
    }
    line += terminal.paint(piece.style, piece.text);
    left -= terminal.width != 0 ? length : 0;
  }
  return line + "\n";
}

std::string wrapped_line(const std::vector<Piece>& pieces, std::size_t indent, const Terminal& terminal) {
  std::string out;
  std::size_t column = 0;
  for (const Piece& piece : pieces) {
    if (piece.text.empty()) continue;
    const std::size_t length = utf8_length(piece.text);
    if (column > indent && terminal.width != 0 && column + 2 + length > terminal.width) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > 0) {
      out += "  ";
      column += 2;
    }
    out += terminal.paint(piece.style, piece.text);
    column += length;
  }
  return out + "\n";
}

std::string table(const std::vector<TableRow>& rows, const Terminal& terminal) {
  std::size_t widest = 0;
  for (const auto& [name, pieces] : rows) widest = std::max(widest, utf8_length(name));
  std::string out;
  for (const auto& [name, pieces] : rows) {
    out += name + std::string(widest - utf8_length(name) + 2, ' ');
    std::size_t column = widest + 2;
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
      out += terminal.paint(pieces[i].style, pieces[i].text);
      column += utf8_length(pieces[i].text);
    }
    if (!pieces.empty()) out += column_of(pieces.back(), column, terminal);
    out += "\n";
  }
  return out;
}

}  // namespace omadm
