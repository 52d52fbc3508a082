#include "syncml/codec/codec.h"

#include <memory>

#include "base/markup/xml_reader.h"
#include "base/text.h"
#include "syncml/codec/message_builder.h"
#include "wbxml/wbxml_reader.h"

namespace omadm {
namespace {

std::unique_ptr<MarkupReader> make_reader(Encoding encoding, Bytes document, const Limits& limits) {
  return encoding == Encoding::xml ? make_xml_reader(document, limits) : make_wbxml_reader(document, limits);
}

}  // namespace

std::string_view media_type(Encoding encoding) noexcept {
  return encoding == Encoding::xml ? kDmXmlType : kDmWbxmlType;
}

std::optional<Encoding> encoding_of(std::string_view content_type) noexcept {
  const std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  if (type == kDmWbxmlType) return Encoding::wbxml;  // as nearly all write it
  if (equals_ignoring_case(type, kDmXmlType)) return Encoding::xml;
  if (equals_ignoring_case(type, kDmWbxmlType)) return Encoding::wbxml;
  return std::nullopt;
}

Result<Message> decode(Encoding encoding, Bytes document, const Limits& limits) {
  const std::unique_ptr<MarkupReader> reader = make_reader(encoding, document, limits);
  return MessageBuilder(*reader, encoding, document.size(), limits).build();
}

Result<Message> decode_header(Encoding encoding, Bytes document, const Limits& limits) {
  const std::unique_ptr<MarkupReader> reader = make_reader(encoding, document, limits);
  return MessageBuilder(*reader, encoding, document.size(), limits).build_header();
}

}  // namespace omadm
