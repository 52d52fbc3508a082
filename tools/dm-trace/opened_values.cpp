#include "tools/dm-trace/opened_values.h"

#include "base/markup/xml_reader.h"
#include "base/text.h"

namespace omadm::trace {
namespace {

constexpr std::uint32_t kDmddfPublicId = 0x1202;
constexpr std::string_view kDmddfPublicIdText = "DM-DDF";

bool is_tnds_wbxml(Bytes octets) {
  if (!looks_like_wbxml(octets)) return false;
  const Result<WbxmlHeader> header = read_wbxml_header(octets);
  return header &&
         (header->public_id == kDmddfPublicId || header->public_id_text.find(kDmddfPublicIdText) != std::string::npos);
}

bool is_tnds_xml(Bytes text, const Limits& limits) {
  if (!trim(text).starts_with('<')) return false;
  const std::unique_ptr<MarkupReader> reader = make_xml_reader(text, limits);
  const Result<Event> first = reader->next();
  const Start* const start = first ? std::get_if<Start>(&*first) : nullptr;
  return start != nullptr && start->element == Element::DdfMgmtTree;
}

std::unique_ptr<MarkupDocument> open_plain(Bytes octets, const Limits& limits) {
  const bool wbxml = is_tnds_wbxml(octets);
  if (!wbxml && !is_tnds_xml(octets, limits)) return nullptr;
  return std::make_unique<MarkupDocument>(read_markup(wbxml ? Encoding::wbxml : Encoding::xml, octets, limits));
}

std::unique_ptr<MarkupDocument> open_value(Bytes octets, const Limits& limits) {
  if (octets.empty()) return nullptr;
  if (std::unique_ptr<MarkupDocument> plain = open_plain(octets, limits)) return plain;
  const Result<Octets> decoded = base64_decode(octets);
  return decoded ? open_plain(*decoded, limits) : nullptr;
}

}  // namespace

void open_values(MarkupNode& node, const Limits& limits) {
  for (MarkupNode& child : node.children) {
    if (node.name == "Item" && child.name == "Data" && child.children.empty()) {
      child.opened = open_value(child.content, limits);
      if (child.opened) child.opened->is_piece = node.child("MoreData") != nullptr;
    } else {
      open_values(child, limits);
    }
  }
}

const Error* damage_inside(const MarkupNode& node) noexcept {
  if (node.opened && node.opened->error && !node.opened->is_piece) return &*node.opened->error;
  for (const MarkupNode& child : node.children) {
    if (const Error* const error = damage_inside(child)) return error;
  }
  return nullptr;
}

}  // namespace omadm::trace
