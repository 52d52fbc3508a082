#include "syncml/codec/inline_markup.h"

#include <utility>

#include "base/markup/xml_writer.h"
#include "base/text.h"

namespace omadm {

Result<void> skip_element(MarkupReader& reader) {
  for (std::size_t depth = 1; depth > 0;) {
    const Event event = DM_TRY(reader.next());
    if (std::holds_alternative<Start>(event)) ++depth;
    if (std::holds_alternative<End>(event)) --depth;
    if (std::holds_alternative<Done>(event)) return Error{Errc::malformed, "the document ends inside an element"};
  }
  return {};
}

InlineMarkup::InlineMarkup(std::size_t max_octets) : max_octets_(max_octets), writer_(make_xml_writer()) {}

Result<void> InlineMarkup::element(MarkupReader& reader, const Start& start) {
  DM_TRY(open(reader, start));
  while (depth_ > 0) {
    const Event event = DM_TRY(reader.next());
    if (const auto* child = std::get_if<Start>(&event)) {
      DM_TRY(open(reader, *child));
    } else if (std::holds_alternative<End>(event)) {
      close();
    } else if (const auto* piece = std::get_if<Text>(&event)) {
      pending_ += piece->text;
    } else if (const auto* data = std::get_if<Opaque>(&event)) {
      opaque(data->octets);
    } else {
      return Error{Errc::malformed, "the document ends inside Data"};
    }
    if (writer_->size() + pending_.size() > max_octets_) return Error{Errc::too_large, "too much markup inside Data"};
  }
  return {};
}

std::string InlineMarkup::finish() {
  write_pending();
  return std::move(*writer_).finish();
}

Result<void> InlineMarkup::open(MarkupReader& reader, const Start& start) {
  if (start.element == Element::unknown) return skip_element(reader);
  write_pending();
  if (start.element == Element::DdfNode) binary_node_ = false;
  if (start.element == Element::DdfBin) binary_node_ = true;
  writer_->start(start.element);
  after_start_ = true;
  ++depth_;
  return {};
}

void InlineMarkup::close() {
  if (after_start_) {
    writer_->text(std::exchange(pending_, {}));  // a leaf: white space is its value
  } else {
    write_pending();
  }
  writer_->end();
  after_start_ = false;
  --depth_;
}

void InlineMarkup::opaque(Bytes octets) {
  if (binary_node_ || !is_xml_text(octets)) {
    pending_ += base64_encode(octets);
  } else {
    pending_ += octets;
  }
}

void InlineMarkup::write_pending() {
  if (!trim(pending_).empty()) writer_->text(pending_);
  pending_.clear();
}

}  // namespace omadm
