// Everything a MarkupReader says about a document, and writing it again.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/markup/markup.h"
#include "tests/fuzz/fuzz_input.h"

namespace omadm::fuzz {

// One event; neighbouring texts are one, and so are neighbouring octets.
struct Said {
  enum class Kind : std::uint8_t { start, end, text, opaque };
  Kind kind = Kind::start;
  Element element = Element::unknown;
  std::string content;
  bool operator==(const Said&) const = default;
};

struct Document {
  bool complete = false;  // read to its end without an error
  bool all_known = true;  // no element outside the vocabulary
  std::vector<Said> events;
};

inline void add_content(Document& document, Said::Kind kind, std::string_view piece) {
  if (kind == Said::Kind::text && piece.empty()) return;
  if (document.events.empty() || document.events.back().kind != kind) document.events.push_back({kind, {}, {}});
  document.events.back().content += piece;
}

inline Document read_all(MarkupReader& reader) {
  Document document;
  std::vector<Element> open;
  while (true) {
    const Result<Event> event = reader.next();
    if (!event) return document;
    if (const auto* start = std::get_if<Start>(&*event)) {
      require(!start->name.empty(), "an element has a name");
      require(!start->foreign || start->element == Element::unknown, "a foreign element is unknown");
      open.push_back(start->element);
      document.all_known = document.all_known && start->element != Element::unknown;
      document.events.push_back({Said::Kind::start, start->element, {}});
    } else if (const auto* end = std::get_if<End>(&*event)) {
      require(!open.empty() && open.back() == end->element, "elements nest");
      open.pop_back();
      document.events.push_back({Said::Kind::end, end->element, {}});
    } else if (const auto* text = std::get_if<Text>(&*event)) {
      require(!open.empty(), "text stands inside the root element");
      // A writer of WBXML has no other way for text with a NUL than OPAQUE.
      const bool as_opaque = text->text.find('\0') != text->text.npos;
      add_content(document, as_opaque ? Said::Kind::opaque : Said::Kind::text, text->text);
    } else if (const auto* opaque = std::get_if<Opaque>(&*event)) {
      require(!open.empty(), "octets stand inside the root element");
      add_content(document, Said::Kind::opaque, opaque->octets);
    } else {
      document.complete = true;
      return document;
    }
  }
}

// Writes what was read, counting as it goes.
inline Octets write_all(MarkupWriter& writer, const Document& document) {
  std::size_t depth = 0;
  for (const Said& said : document.events) {
    switch (said.kind) {
      case Said::Kind::start:
        writer.start(said.element);
        ++depth;
        break;
      case Said::Kind::end:
        writer.end();
        --depth;
        break;
      case Said::Kind::text:
        writer.text(said.content);
        break;
      case Said::Kind::opaque:
        writer.opaque(said.content);
        break;
    }
    require(depth > 0 ? writer.size_if_finished() > writer.size() : writer.size_if_finished() == writer.size(),
            "finishing closes the open elements");
  }
  const std::size_t size = writer.size();
  Octets octets = std::move(writer).finish();
  require(octets.size() == size, "the size is counted exactly");
  return octets;
}

}  // namespace omadm::fuzz
