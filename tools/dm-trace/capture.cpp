#include "tools/dm-trace/capture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "bootstrap/bootstrap.h"
#include "bootstrap/cp/provisioning_document.h"
#include "dmtree/tnds/tnds.h"
#include "syncml/codec/codec.h"
#include "syncml/notification/push_message.h"
#include "tools/common/readable.h"
#include "tools/dm-trace/hidden_values.h"
#include "tools/dm-trace/json_view.h"
#include "tools/dm-trace/libwbxml_engine.h"
#include "tools/dm-trace/opened_values.h"
#include "tools/dm-trace/text_view.h"

namespace omadm::trace {
namespace {

// Unknown, OMA CP, SyncML 1.0, 1.1 and 1.2, DM DDF 1.2.
constexpr std::size_t kFirst = 16;
constexpr std::uint32_t kOmaCp = 0x0B;
constexpr std::array<std::uint32_t, 6> kPublicIds = {0x01, kOmaCp, 0x0FD1, 0x0FD3, 0x1201, 0x1202};
constexpr std::array<std::uint32_t, 4> kCharsets = {0, 3, 4, 106};

template <std::size_t N>
bool holds(const std::array<std::uint32_t, N>& list, std::uint32_t value) noexcept {
  return std::find(list.begin(), list.end(), value) != list.end();
}

Result<bool> has_wbxml_header(Bytes octets) {
  ByteReader in(octets);
  DM_TRY(in.u8());
  const std::uint32_t id = DM_TRY(in.mb_u32());
  if (id == 0) DM_TRY(in.mb_u32());
  const std::uint32_t charset = DM_TRY(in.mb_u32());
  return (id == 0 || holds(kPublicIds, id)) && holds(kCharsets, charset);
}

bool begins_xml(Bytes octets) noexcept {
  constexpr std::array<std::string_view, 5> kUnicode = {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF",
                                                        std::string_view("<\0", 2), std::string_view("\0<", 2)};
  return trim(octets).starts_with('<') ||
         std::any_of(kUnicode.begin(), kUnicode.end(), [&](std::string_view mark) { return octets.starts_with(mark); });
}

bool describes_properties(const MarkupNode& node) noexcept {
  return node.element == Element::DdfDFProperties ||
         std::any_of(node.children.begin(), node.children.end(), describes_properties);
}

Kind kind_of(const MarkupDocument& document) noexcept {
  if (document.root && document.root->element == Element::SyncML) return Kind::syncml;
  if (document.root && document.root->name == kProvisioningRoot) return Kind::provisioning;
  if (!document.root || document.root->element != Element::DdfMgmtTree) return Kind::other_markup;
  return describes_properties(*document.root) ? Kind::ddf : Kind::tnds;
}

// What is wrong with a document whose markup is sound.
Result<void> check_grammar(Kind kind, Encoding encoding, Bytes octets, const Limits& limits) {
  if (kind == Kind::syncml) DM_TRY(decode(encoding, octets, limits));
  if (kind == Kind::tnds) DM_TRY(read_tnds(octets, limits));
  if (kind == Kind::provisioning) DM_TRY(read_provisioning(octets));
  return {};
}

std::optional<Error> verdict(const Capture& capture, Encoding encoding, Bytes octets, const Limits& limits) {
  const MarkupDocument& document = *capture.markup;
  if (document.error) return document.error;
  if (capture.kind == Kind::other_markup) {
    return Error{Errc::unsupported, "not a document of OMA DM: its root element is " + document.root->name};
  }
  if (const Error* const inside = damage_inside(*document.root)) {
    return Error{inside->code, "the document inside a value: " + inside->detail};
  }
  if (const Result<void> sound = check_grammar(capture.kind, encoding, octets, limits); !sound) return sound.error();
  return std::nullopt;
}

void read_document(Capture& capture, Encoding encoding, Bytes octets, const Limits& limits) {
  capture.markup = read_markup(encoding, octets, limits);
  capture.kind = kind_of(*capture.markup);
  if (capture.markup->root) open_values(*capture.markup->root, limits);
  capture.error = verdict(capture, encoding, octets, limits);
  if (capture.markup->root) hide_secrets(*capture.markup->root);
}

void read_by_libwbxml(Capture& capture, Bytes octets, const Limits& limits) {
  capture.engine = Engine::libwbxml;
  const Result<Octets> xml = libwbxml_to_xml(octets);
  if (!xml) {
    capture.kind = Kind::other_markup;
    capture.error = xml.error();
    return;
  }
  Limits wider = limits;  // XML takes more octets than the WBXML it comes from, which was within the limits
  wider.max_octets = xml->size();
  read_document(capture, Encoding::xml, *xml, wider);
  if (capture.error) capture.error->detail = "what libwbxml makes of it: " + capture.error->detail;
  // The document is described as it is, not as the XML it became.
  Result<WbxmlHeader> header = read_wbxml_header(octets);
  if (header) capture.markup->header = std::move(header).value();
  capture.markup->encoding = Encoding::wbxml;
  capture.markup->octets = octets.size();
}

std::string_view kind_name(const Capture& capture) noexcept {
  switch (capture.kind) {
    case Kind::syncml:
      return "syncml";
    case Kind::tnds:
      return "tnds";
    case Kind::ddf:
      return "ddf";
    case Kind::provisioning:
      return "provisioning";
    case Kind::other_markup:
      return "markup";
    case Kind::notification:
      return capture.notification->bearer == Bearer::wsp ? "wsp_push" : "package0";
    case Kind::unknown:
      break;
  }
  return "unknown";
}

std::string headline_of(const Capture& capture) {
  const std::string_view what = describe(capture.kind);
  if (capture.notification) {
    const Bearer bearer = capture.notification->bearer;
    const std::string_view around = bearer == Bearer::wsp        ? " in a WSP push PDU"
                                    : bearer == Bearer::oma_push ? " in an OMA push entity"
                                                                 : "";
    return fmt::format("{}{}: {} octets\n", what, around, capture.octets);
  }
  if (!capture.markup) return fmt::format("{}: {} octets\n", what, capture.octets);
  const std::string_view by = capture.engine == Engine::libwbxml ? ", decoded by libwbxml" : "";
  return fmt::format("{}: {}{}\n", what, describe_encoding(*capture.markup), by);
}

// A bootstrap document within a WSP push PDU or an OMA push entity.
std::optional<PushMessage> pushed_document(Bytes octets) {
  for (const std::string_view around : {"application/vnd.wap.wsp", "application/vnd.oma.push"}) {
    auto push = open_push(octets, around);
    if (push && is_bootstrap_type(push->content_type) && recognise_markup(push->body)) return std::move(*push);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Encoding> recognise_markup(Bytes octets) {
  if (begins_xml(octets)) return Encoding::xml;
  if (!looks_like_wbxml(octets)) return std::nullopt;
  const Result<bool> header = has_wbxml_header(octets);
  return header.value_or(true) ? std::optional(Encoding::wbxml) : std::nullopt;
}

Capture read_capture(Bytes octets, Engine engine, const Limits& limits) {
  Capture capture;
  capture.octets = octets.size();
  const std::optional<Encoding> encoding = recognise_markup(octets);
  if (encoding == Encoding::wbxml && engine == Engine::libwbxml) {
    read_by_libwbxml(capture, octets, limits);
  } else if (encoding) {
    read_document(capture, *encoding, octets, limits);
  } else if (const std::optional<Bearer> bearer = recognise_notification(octets)) {
    capture.kind = Kind::notification;
    capture.notification = read_notification(octets, *bearer);
    capture.error = capture.notification->error;
  } else if (const std::optional<PushMessage> push = pushed_document(octets)) {
    capture = read_capture(push->body, engine, limits);
    capture.octets = octets.size();
    capture.pushed_as = push->content_type;
  } else {
    capture.first = octets.substr(0, kFirst);
    capture.error = Error{Errc::unsupported, octets.empty() ? "there is nothing in it" : "nothing that OMA DM knows"};
  }
  return capture;
}

std::string print_capture(const Capture& capture, std::size_t indent, bool offsets) {
  const std::string margin(2 * indent, ' ');
  std::string out;
  if (!capture.pushed_as.empty()) {
    out = fmt::format("{}Push: {} octets, type {}\n", margin, capture.octets, one_line(capture.pushed_as));
  }
  out += margin + headline_of(capture);
  if (capture.markup && capture.markup->root) out += print_markup(*capture.markup->root, indent + 1, offsets);
  if (capture.notification) out += print_notification(*capture.notification, indent + 1, offsets);
  out += hexdump(capture.first, std::string(2 * indent + 2, ' '));
  return out;
}

nlohmann::ordered_json json_of_capture(const Capture& capture, bool offsets) {
  nlohmann::ordered_json out{{"kind", kind_name(capture)}, {"octets", capture.octets}};
  if (!capture.pushed_as.empty()) out["pushed_as"] = capture.pushed_as;
  if (capture.engine == Engine::libwbxml) out["engine"] = "libwbxml";
  if (capture.markup) {
    out.update(json_of_document(*capture.markup, offsets));
  }
  if (!capture.first.empty()) out["first_octets"] = hex_encode(capture.first);
  if (capture.notification) out["notification"] = json_of_notification(*capture.notification, offsets);
  if (capture.error) out["error"] = capture.error->detail;
  return out;
}

std::string_view describe(Kind kind) noexcept {
  switch (kind) {
    case Kind::syncml:
      return "SyncML message";
    case Kind::tnds:
      return "TNDS document";
    case Kind::ddf:
      return "Device description (DDF)";
    case Kind::provisioning:
      return "OMA Client Provisioning document";
    case Kind::other_markup:
      return "Document";
    case Kind::notification:
      return "Package#0";
    case Kind::unknown:
      break;
  }
  return "Unknown";
}

}  // namespace omadm::trace
