// What a MarkupReader says, as one line of text: "SyncML(SyncHdr(VerDTD('1.2')))".
// Octets of OPAQUE are [hexadecimal], unknown elements ?name, foreign ones ??name, an error !code at the end.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/markup/markup.h"
#include "base/text.h"

namespace omadm::test {

// Octets out of hexadecimal digits with white space between them.
inline Octets hex(std::string_view digits) {
  std::string dense;
  for (const char c : digits) {
    if (c != ' ' && c != '\n') dense += c;
  }
  return hex_decode(dense).value();
}

inline std::string label(const Start& start) {
  if (start.foreign) return "??" + std::string(start.name);
  if (start.element == Element::unknown) return "?" + std::string(start.name);
  constexpr std::string_view page_marks[] = {"", "m:", "d:"};
  return std::string(page_marks[static_cast<std::size_t>(code_page(start.element))]) +
         std::string(xml_name(start.element));
}

inline std::string trace(MarkupReader& reader) {
  std::string line;
  std::string text;
  const auto flush = [&] {
    if (!text.empty()) line += "'" + text + "'";
    text.clear();
  };
  while (true) {
    const Result<Event> event = reader.next();
    if (event && std::holds_alternative<Text>(*event)) {
      text += std::get<Text>(*event).text;
      continue;
    }
    flush();
    if (!event) return line + "!" + std::string(to_string(event.error().code));
    if (std::holds_alternative<Done>(*event)) return line;
    if (const auto* start = std::get_if<Start>(&*event)) {
      line += label(*start) + "(";
    } else if (const auto* opaque = std::get_if<Opaque>(&*event)) {
      line += "[" + hex_encode(opaque->octets) + "]";
    } else {
      line += ")";
    }
  }
}

// The error a document ends with.
inline Error error_of(MarkupReader& reader) {
  while (true) {
    const Result<Event> event = reader.next();
    if (!event) return event.error();
    if (std::holds_alternative<Done>(*event)) return {Errc::failed, "no error"};
  }
}

}  // namespace omadm::test
