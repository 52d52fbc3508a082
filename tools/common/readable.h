// Octets as text for people. Nothing that came from outside reaches a terminal that the terminal would obey, and
// nothing that turns, hides or breaks the text around it (UI-005, UI-007).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace omadm {

// One line: control characters, those that turn the direction of writing or cannot be seen, and octets that are no
// UTF-8 as \n, \x1b, \u{202e}; a backslash is doubled, so that nothing is told twice the same way.
std::string one_line(Bytes text);
// A value on one line; what is no text is counted: "(16 octets)".
std::string value_line(Bytes value);
// Whether `value` can be shown as it is: UTF-8 that drives no terminal. Tabs and line ends are part of a text.
bool is_plain_text(Bytes value);
// A JSON text with what a terminal would obey as \u00xx: the same document.
std::string terminal_safe(std::string_view json);
// A text as XML holds it between tags: &, < and > as entities.
std::string xml_escaped(std::string_view text);
// The same for XML as terminal_safe for JSON, with character references; for documents that are already escaped.
std::string with_references(std::string_view xml);
// At most `octets` octets of UTF-8, not ending inside a character.
std::string_view clipped(std::string_view text, std::size_t octets) noexcept;
// Offset, sixteen octets and their ASCII a line, each behind `indent`.
std::string hexdump(Bytes octets, std::string_view indent = {});

}  // namespace omadm
