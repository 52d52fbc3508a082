// Markup below Data turned back into XML text: a TNDS object that was not escaped (TNDS-043).
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/markup/markup.h"
#include "base/result.h"

namespace omadm {

// Reads on until the element whose Start was just read has ended.
Result<void> skip_element(MarkupReader& reader);

// Collects the content of one Data. White space between elements is left out; elements that the
// vocabulary does not know are left out with all they hold. An OPAQUE value that belongs to a node of
// Format bin, or is not XML text, becomes Base64 (TNDS-035).
class InlineMarkup {
 public:
  explicit InlineMarkup(std::size_t max_octets);

  void text(std::string_view text) { pending_ += text; }
  void opaque(Bytes octets);
  // An element whose Start is `start`, to its end. too_large: more than max_octets were written.
  Result<void> element(MarkupReader& reader, const Start& start);
  std::string finish();

 private:
  Result<void> open(MarkupReader& reader, const Start& start);
  void close();
  void write_pending();

  std::size_t max_octets_;
  std::unique_ptr<MarkupWriter> writer_;
  std::string pending_;       // text not yet known to matter
  bool after_start_ = false;  // pending_ stands directly behind a start tag
  bool binary_node_ = false;  // the Node at hand has Format bin
  std::size_t depth_ = 0;
};

}  // namespace omadm
