#include "bootstrap/bootstrap.h"

#include <optional>
#include <utility>

#include "base/markup/xml_reader.h"
#include "bootstrap/content_type.h"
#include "bootstrap/dm_profile.h"
#include "bootstrap/installation.h"
#include "bootstrap/message_mac.h"
#include "dmtree/tnds/inbox.h"
#include "dmtree/tnds/tnds.h"
#include "syncml/codec/codec.h"
#include "wbxml/wbxml_reader.h"

namespace omadm {
namespace {

constexpr Limits kLimits{.max_octets = 1U << 20U, .max_depth = 64, .max_text = 1U << 20U, .max_elements = 1U << 16U};

enum class Kind : std::uint8_t { tnds, dm_message };

Error unsupported(std::string_view what) {
  return {Errc::unsupported, "not a bootstrap document: " + std::string(what)};
}

// By the element it begins with.
Result<Kind> recognise(Bytes octets) {
  const std::unique_ptr<MarkupReader> reader =
      looks_like_wbxml(octets) ? make_wbxml_reader(octets, kLimits) : make_xml_reader(octets, kLimits);
  for (;;) {
    const Event event = DM_TRY(reader->next());
    const auto* start = std::get_if<Start>(&event);
    if (start == nullptr && std::holds_alternative<Text>(event)) continue;
    if (start == nullptr) return Error{Errc::malformed, "no root element"};
    if (start->element == Element::SyncML) return Kind::dm_message;
    if (start->element == Element::DdfMgmtTree) return Kind::tnds;
    return unsupported("it begins with " + std::string(start->name));
  }
}

Result<Kind> kind_of(const ContentType& type, Bytes octets) {
  if (octets.empty()) return Error{Errc::malformed, "the document is empty"};
  if (type.media_type.empty()) return recognise(octets);
  const bool wbxml = looks_like_wbxml(octets);
  if (type.media_type == kTndsXmlType || type.media_type == kTndsWbxmlType) {
    if (wbxml == (type.media_type == kTndsWbxmlType)) return Kind::tnds;
  } else if (const std::optional<Encoding> encoding = encoding_of(type.media_type)) {
    if (wbxml == (*encoding == Encoding::wbxml)) return Kind::dm_message;
  } else {
    return unsupported("the content type is " + type.media_type);
  }
  return Error{Errc::malformed, "the document is not " + type.media_type};
}

}  // namespace

Result<BootstrapOutcome> install_bootstrap(Tree& tree, const BootstrapDocument& document,
                                           const BootstrapSecrets& secrets) {
  const ContentType type = DM_TRY(parse_content_type(document.content_type));
  DM_TRY(check_message_mac(type, document.octets, secrets));  // before the octets are interpreted
  const Kind kind = DM_TRY(kind_of(type, document.octets));
  Installation installation(tree);
  if (kind == Kind::tnds) {
    const TndsDocument content = DM_TRY(read_tnds(document.octets, kLimits));
    DM_TRY(installation.add_to_inbox(inbox_uri(), content));
  } else {
    const Encoding encoding = looks_like_wbxml(document.octets) ? Encoding::wbxml : Encoding::xml;
    const Message message = DM_TRY(decode(encoding, document.octets, kLimits));
    DM_TRY(apply_dm_profile(installation, message));
  }
  return std::move(installation).finish();
}

}  // namespace omadm
