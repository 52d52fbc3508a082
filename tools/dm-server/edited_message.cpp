#include "tools/dm-server/edited_message.h"

#include "base/markup/xml_reader.h"
#include "syncml/codec/codec.h"

namespace omadm::server {
namespace {

// The same events, written in WBXML.
Result<Octets> in_wbxml(Bytes document) {
  const std::unique_ptr<MarkupReader> reader = make_xml_reader(document, Limits{});
  const std::unique_ptr<MarkupWriter> writer = make_message_writer(Encoding::wbxml);
  while (true) {
    const Event event = DM_TRY(reader->next());
    if (std::holds_alternative<Done>(event)) return std::move(*writer).finish();
    if (const auto* const start = std::get_if<Start>(&event)) {
      if (start->element == Element::unknown) {
        return Error{Errc::unsupported, "the element " + std::string(start->name) + " has no form in WBXML"};
      }
      writer->start(start->element);
    } else if (const auto* const text = std::get_if<Text>(&event)) {
      writer->text(text->text);
    } else if (const auto* const opaque = std::get_if<Opaque>(&event)) {
      writer->opaque(opaque->octets);
    } else {
      writer->end();
    }
  }
}

bool make(Edit& edit, Octets& document) {
  std::size_t at = document.find(edit.from);
  if (at == Octets::npos) return false;
  for (; at != Octets::npos; at = document.find(edit.from, at + edit.to.size())) {
    document.replace(at, edit.from.size(), edit.to);
  }
  return edit.made = true;
}

}  // namespace

Result<Octets> encode_edited(const Message& message, std::vector<Edit>& edits,
                             std::optional<std::uint8_t> wbxml_version) {
  Octets document = encode(message, edits.empty() ? message.encoding : Encoding::xml);
  if (!edits.empty()) {
    bool any = false;
    for (Edit& edit : edits) any = make(edit, document) || any;
    if (!any) return Error{Errc::not_found, "no place for the edits of this package"};
    if (message.encoding == Encoding::wbxml) document = DM_TRY(in_wbxml(document));
  }
  if (wbxml_version && message.encoding == Encoding::wbxml) document[0] = static_cast<char>(*wbxml_version);
  return document;
}

}  // namespace omadm::server
