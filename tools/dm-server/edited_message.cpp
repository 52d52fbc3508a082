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

void make(Edit& edit, Octets& document) {
  std::size_t at = document.find(edit.from);
  while (at != Octets::npos) {
    document.replace(at, edit.from.size(), edit.to);
    edit.made = true;
    at = document.find(edit.from, at + edit.to.size());
  }
}

}  // namespace

Result<Octets> encode_edited(const Message& message, std::vector<Edit>& edits,
                             std::optional<std::uint8_t> wbxml_version) {
  Octets document = encode(message, edits.empty() ? message.encoding : Encoding::xml);
  if (!edits.empty()) {
    for (Edit& edit : edits) make(edit, document);
    if (message.encoding == Encoding::wbxml) document = DM_TRY(in_wbxml(document));
  }
  if (wbxml_version && message.encoding == Encoding::wbxml) {
    document[0] = static_cast<char>(*wbxml_version);
    constexpr std::size_t kCharset = 3;  // behind a public identifier of two octets; WBXML 1.0 has none
    if (*wbxml_version == 0) document.erase(kCharset, 1);
  }
  return document;
}

}  // namespace omadm::server
