#include "bootstrap/bootstrap.h"

#include <optional>
#include <utility>

#include "base/crypto/digest.h"
#include "base/markup/xml_reader.h"
#include "base/text.h"
#include "bootstrap/content_type.h"
#include "bootstrap/cp/cp_profile.h"
#include "bootstrap/cp/provisioning_document.h"
#include "bootstrap/cp/provisioning_mac.h"
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

enum class Kind : std::uint8_t { tnds, dm_message, provisioning };

Error unsupported(std::string_view what) {
  return {Errc::unsupported, "not a bootstrap document: " + std::string(what)};
}

// By the element it begins with.
Result<Kind> recognise(Bytes octets) {
  if (is_provisioning_wbxml(octets)) return Kind::provisioning;
  const std::unique_ptr<MarkupReader> reader =
      looks_like_wbxml(octets) ? make_wbxml_reader(octets, kLimits) : make_xml_reader(octets, kLimits);
  for (;;) {
    const Event event = DM_TRY(reader->next());
    const auto* start = std::get_if<Start>(&event);
    if (start == nullptr && std::holds_alternative<Text>(event)) continue;
    if (start == nullptr) return Error{Errc::malformed, "no root element"};
    if (start->element == Element::SyncML) return Kind::dm_message;
    if (start->element == Element::DdfMgmtTree) return Kind::tnds;
    if (start->name == kProvisioningRoot && !looks_like_wbxml(octets)) return Kind::provisioning;
    return unsupported("it begins with " + std::string(start->name));
  }
}

struct Opened {
  ContentType type;
  Kind kind = Kind::tnds;
  BootstrapNeeds needs;
};

std::optional<Kind> kind_of_type(std::string_view media_type) {
  if (media_type == kTndsXmlType || media_type == kTndsWbxmlType) return Kind::tnds;
  if (media_type == kProvisioningXmlType || media_type == kProvisioningWbxmlType) return Kind::provisioning;
  if (encoding_of(media_type)) return Kind::dm_message;
  return std::nullopt;
}

// What its media type says, or where there is none its beginning.
Result<Kind> kind_of(const ContentType& type, Bytes octets) {
  if (octets.empty()) return Error{Errc::malformed, "the document is empty"};
  if (type.media_type.empty()) return recognise(octets);
  if (const auto kind = kind_of_type(type.media_type)) return *kind;
  return unsupported("the content type is " + type.media_type);
}

Result<void> check_encoding(const Opened& opened, Bytes octets) {
  const bool wbxml = looks_like_wbxml(octets);
  const std::string& type = opened.type.media_type;
  if (!type.empty() && wbxml != type.ends_with("wbxml")) return Error{Errc::malformed, "the document is not " + type};
  if (opened.needs.mac && !wbxml && opened.kind != Kind::provisioning) {  // BOOT-040, SEC-161
    return Error{Errc::unsupported, "a bootstrap message with SEC and MAC comes in WBXML, not in XML"};
  }
  return {};
}

// Everything that can be said before the document is interpreted.
Result<Opened> open_document(const BootstrapDocument& document) {
  Opened opened;
  opened.type = DM_TRY(parse_content_type(document.content_type));
  opened.kind = DM_TRY(kind_of(opened.type, document.octets));
  opened.needs =
      DM_TRY(opened.kind == Kind::provisioning ? provisioning_needs(opened.type) : message_needs(opened.type));
  return opened;
}

Result<BootstrapProof> prove(const Opened& opened, const BootstrapDocument& document, const BootstrapSecrets& secrets,
                             BootstrapSource source) {
  if (opened.needs.mac) {
    return opened.kind == Kind::provisioning ? check_provisioning_mac(opened.type, document.octets, secrets)
                                             : check_message_mac(opened.type, document.octets, secrets);
  }
  if (source == BootstrapSource::push) {
    return Error{Errc::authentication, "a message that was pushed needs SEC and MAC"};
  }
  return BootstrapProof::channel;
}

}  // namespace

std::string_view to_string(BootstrapSource source) noexcept {
  switch (source) {
    case BootstrapSource::file:
      return "file";
    case BootstrapSource::push:
      return "push";
    case BootstrapSource::https:
      return "https";
    case BootstrapSource::smartcard:
      return "smartcard";
    case BootstrapSource::factory:
      break;
  }
  return "factory";
}

std::string document_digest(Bytes octets) { return hex_encode(sha256(octets)); }

bool is_bootstrap_type(std::string_view content_type) {
  return kind_of_type(to_lower(trim(content_type.substr(0, content_type.find(';'))))).has_value();
}

// Nobody is asked for the PIN of a document that cannot be installed with it.
Result<BootstrapNeeds> bootstrap_needs(const BootstrapDocument& document) {
  const Opened opened = DM_TRY(open_document(document));
  DM_TRY(check_encoding(opened, document.octets));
  return opened.needs;
}

Result<BootstrapOutcome> install_bootstrap(Tree& tree, const BootstrapDocument& document,
                                           const BootstrapSecrets& secrets, const BootstrapOrigin& origin) {
  const Opened opened = DM_TRY(open_document(document));
  const BootstrapProof proof = DM_TRY(prove(opened, document, secrets, origin.source));
  DM_TRY(check_encoding(opened, document.octets));
  Installation installation(tree, origin, proof, document_digest(document.octets));
  if (opened.kind == Kind::tnds) {
    const TndsDocument content = DM_TRY(read_tnds(document.octets, kLimits));
    DM_TRY(installation.add_to_inbox(inbox_uri(), content));
  } else if (opened.kind == Kind::provisioning) {
    const Characteristic content = DM_TRY(read_provisioning(document.octets));
    DM_TRY(apply_cp_profile(installation, content));
  } else {
    const Encoding encoding = looks_like_wbxml(document.octets) ? Encoding::wbxml : Encoding::xml;
    const Message message = DM_TRY(decode(encoding, document.octets, kLimits));
    DM_TRY(apply_dm_profile(installation, message));
  }
  return std::move(installation).finish();
}

}  // namespace omadm
