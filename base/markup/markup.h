// Markup events: what XML and WBXML have in common. Message, DDF and TNDS code sees only this.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/markup/vocabulary.h"
#include "base/result.h"

namespace omadm {

struct Start {
  Element element = Element::unknown;
  std::string_view name;  // local name as met; for an unknown WBXML token "page:token" in hexadecimal
  bool foreign = false;   // XML only: a namespace that is none of ours
};
// Comes right after its Start, and only from readers that were asked for attributes.
struct Attribute {
  std::string_view name;   // XML: local name
  std::string_view value;  // UTF-8, references resolved
};
struct End {
  Element element = Element::unknown;
};
struct Text {
  std::string_view text;  // XML: UTF-8 with references resolved. WBXML: inline or table string
};
struct Opaque {
  Bytes octets;  // WBXML OPAQUE; XML has none
};
struct Done {};  // the root element has ended; every later call gives Done again
using Event = std::variant<Start, End, Text, Opaque, Done, Attribute>;

// A position in the document for error messages.
struct Position {
  std::size_t line = 0;    // XML: from 1; WBXML: 0
  std::size_t offset = 0;  // octets from the start of the document
};

// Turns one document into events. Neighbouring texts may come in pieces. White space between
// elements comes as Text. Views last until the next call. An error is final.
class MarkupReader {
 public:
  virtual ~MarkupReader() = default;
  // The next event, or null: error() says why. malformed, too_large, unsupported (charset, public id).
  virtual const Event* step() = 0;
  const Error& error() const noexcept { return *error_; }  // after step() has returned null
  Result<Event> next();                                    // step() as a Result
  // Behind a Start, a short cut: reads the element to its End when it holds nothing, or one text that is at hand.
  // nullopt: nothing was read, next() tells what the element holds.
  virtual std::optional<std::string_view> leaf() { return std::nullopt; }
  virtual Position position() const = 0;

 protected:
  Event event_;                 // what step() points to
  std::optional<Error> error_;  // why it points to nothing
};

// Writes one document. Elements must be closed in order; `finish` asserts that all are.
// size() counts the octets written so far exactly; `size_if_finished` adds what closing every open
// element would cost, so that MaxMsgSize is met by counting, never by guessing.
class MarkupWriter {
 public:
  virtual ~MarkupWriter() = default;
  virtual void expect(std::size_t size) = 0;  // about so many octets are going to be written
  virtual void start(Element element) = 0;
  virtual void text(std::string_view text) = 0;  // UTF-8. XML: escaped; a character XML cannot hold becomes U+FFFD
  virtual void opaque(Bytes octets) = 0;         // WBXML: OPAQUE; XML: CDATA, the octets must be XML text
  virtual void end() = 0;
  virtual void empty(Element element) = 0;  // an element without content

  virtual std::size_t size() const = 0;
  virtual std::size_t size_if_finished() const = 0;

  // A mark is a point between two siblings to which the document can be cut back.
  struct Mark {
    std::size_t size = 0;
    std::size_t depth = 0;
    int page = 0;
  };
  virtual Mark mark() const = 0;
  virtual void rewind(const Mark& mark) = 0;  // the open elements must be those of the mark

  virtual Octets finish() && = 0;  // the document

  // <element>content</element>, <element/> when empty
  virtual void leaf(Element element, std::string_view content) = 0;
};

enum class Encoding : std::uint8_t { xml, wbxml };
std::string_view to_string(Encoding encoding) noexcept;  // "xml", "wbxml"

}  // namespace omadm
