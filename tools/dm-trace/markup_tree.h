// One document as a tree, also when it breaks off: what was read stays, beside the error.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/markup/markup.h"
#include "base/result.h"
#include "wbxml/wbxml_reader.h"

namespace omadm::trace {

struct MarkupDocument;

struct MarkupNode {
  Element element = Element::unknown;
  std::string name;        // as met; of an unknown WBXML token "page:token"
  std::size_t offset = 0;  // of its tag, in octets from the start of the document
  std::string content;     // texts and opaque data joined; blanks between elements are dropped
  bool opaque = false;     // some of the content came as OPAQUE
  bool hidden = false;     // was a secret: `content` is as many asterisks
  std::vector<MarkupNode> children;
  std::unique_ptr<MarkupDocument> opened;  // the document that `content` holds, when it is one

  const MarkupNode* child(std::string_view child_name) const noexcept;   // the first of that name; null: none
  std::string_view text_of(std::string_view child_name) const noexcept;  // trimmed content of that child, "" without
};

struct MarkupDocument {
  Encoding encoding = Encoding::xml;
  std::size_t octets = 0;             // size of the whole document
  std::optional<WbxmlHeader> header;  // WBXML only
  std::optional<MarkupNode> root;
  std::optional<Error> error;  // reading ended here
  bool is_piece = false;       // the beginning of a large object: that it breaks off is no damage
};

MarkupDocument read_markup(Encoding encoding, Bytes octets, const Limits& limits);

}  // namespace omadm::trace
