// Octets as text for people. Nothing of a message reaches a terminal that the terminal would obey.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace omadm::trace {

// One line: control characters, those that change the direction of writing, and octets that are no UTF-8 as \n,
// \x1b, \u{202e}; a backslash is doubled.
std::string one_line(Bytes text);
// Whether people would rather read it than see its octets: UTF-8 without NUL.
bool is_readable(Bytes octets) noexcept;
// What a terminal would obey in XML text, as character references; for documents that are already escaped.
std::string with_references(std::string_view xml);
// At most `octets` octets of UTF-8, not ending inside a character.
std::string_view clipped(std::string_view text, std::size_t octets) noexcept;
// Offset, sixteen octets and their ASCII a line, each behind `indent`.
std::string hexdump(Bytes octets, std::string_view indent);

}  // namespace omadm::trace
