// The tree as a TNDS document, and what `?list=TNDS…` selects. TNDS-048…054, 070…076.
#include <algorithm>
#include <array>
#include <utility>

#include "base/markup/xml_writer.h"
#include "base/text.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/tnds/format_elements.h"
#include "dmtree/tnds/tnds.h"
#include "wbxml/wbxml_writer.h"

namespace omadm {
namespace {

struct SelectedProperty {
  std::string_view name;
  bool TndsSelection::*member;
};
constexpr std::array kSelectable{
    SelectedProperty{"ACL", &TndsSelection::acl},     SelectedProperty{"Format", &TndsSelection::format},
    SelectedProperty{"Title", &TndsSelection::title}, SelectedProperty{"TStamp", &TndsSelection::tstamp},
    SelectedProperty{"Type", &TndsSelection::type},   SelectedProperty{"VerNo", &TndsSelection::verno},
    SelectedProperty{"Value", &TndsSelection::value},
};

class TndsWriter {
 public:
  TndsWriter(const Transaction& transaction, Encoding encoding, const TndsSelection& selection, MarkupWriter& out)
      : transaction_(transaction), encoding_(encoding), selection_(selection), out_(out) {}

  void write(const std::vector<Node>& nodes);

 private:
  void write_node(const Node& node);
  void write_properties(const Node& node);
  std::string text_of(bool wanted, const Uri& uri, Property property) const;
  void write_value(const Node& node);

  const Transaction& transaction_;
  Encoding encoding_;
  const TndsSelection& selection_;
  MarkupWriter& out_;
};

void TndsWriter::write(const std::vector<Node>& nodes) {
  const Uri private_root = Uri().child(kPrivateRoot);
  const std::size_t top = nodes.front().uri.depth();
  std::size_t open = 0;
  out_.start(Element::DdfMgmtTree);
  out_.leaf(Element::DdfVerDTD, "1.2");
  for (const Node& node : nodes) {
    if (node.uri.is_within(private_root)) continue;
    for (const std::size_t depth = node.uri.depth() - top; open > depth; --open) out_.end();
    out_.start(Element::DdfNode);
    ++open;
    write_node(node);
  }
  for (; open > 0; --open) out_.end();
  out_.end();
}

void TndsWriter::write_node(const Node& node) {
  // An empty name stands for the target, and the root's can be nothing else.
  out_.leaf(Element::DdfNodeName, node.uri.is_root() ? std::string_view() : node.uri.name());
  write_properties(node);
  if (!node.is_leaf() || !selection_.value || !node.readable) return;
  // The device itself could read a secret; nobody gets it in an export (MO-010).
  const DdfNode* description = transaction_.tree().ddf().find(node.uri);
  if (description != nullptr && !description->can(AccessType::get)) return;
  write_value(node);
}

void TndsWriter::write_properties(const Node& node) {
  const std::string acl = text_of(selection_.acl, node.uri, Property::acl);
  const std::string title = text_of(selection_.title, node.uri, Property::title);
  const std::string stamp = text_of(selection_.tstamp, node.uri, Property::tstamp);
  const std::string version = text_of(selection_.verno, node.uri, Property::verno);
  if (!selection_.format && !selection_.type && acl.empty() && title.empty() && stamp.empty() && version.empty()) {
    return out_.empty(Element::DdfRTProperties);  // odd for the schema, but every node has it (TNDS-031)
  }
  out_.start(Element::DdfRTProperties);
  if (!acl.empty()) out_.leaf(Element::DdfACL, acl);
  if (selection_.format) {
    out_.start(Element::DdfFormat);
    out_.empty(element_of(node.format));
    out_.end();
  }
  if (!title.empty()) out_.leaf(Element::DdfTitle, title);
  if (!stamp.empty()) out_.leaf(Element::DdfTStamp, stamp);
  if (selection_.type) {
    out_.start(Element::DdfType);
    out_.leaf(node.is_leaf() ? Element::DdfMIME : Element::DdfDDFName, node.type);
    out_.end();
  }
  if (!version.empty()) out_.leaf(Element::DdfVerNo, version);
  out_.end();
}

// A property that is not wanted, that the node does not have, or that may not be read, is left out.
std::string TndsWriter::text_of(bool wanted, const Uri& uri, Property property) const {
  if (!wanted) return {};
  const Result<std::string> text = transaction_.property(uri, property);
  return text && is_xml_text(text.value()) ? text.value() : std::string();
}

void TndsWriter::write_value(const Node& node) {
  if (node.format == Format::bin) {
    if (encoding_ == Encoding::xml) return out_.leaf(Element::DdfValue, base64_encode(node.data));
    if (node.data.empty()) return out_.empty(Element::DdfValue);
    out_.start(Element::DdfValue);
    out_.opaque(node.data);
    return out_.end();
  }
  // One value XML has no way to say must not keep all others from being read.
  if (encoding_ == Encoding::wbxml || is_xml_text(node.data)) out_.leaf(Element::DdfValue, node.data);
}

}  // namespace

Result<TndsSelection> TndsSelection::parse(std::string_view list) {
  constexpr std::string_view kWord = "TNDS";
  const Error refused{Errc::unsupported, "not a TNDS list: " + std::string(list)};
  if (!list.starts_with(kWord)) return refused;
  list.remove_prefix(kWord.size());
  TndsSelection selection;
  if (list.empty()) return selection;
  const char sign = list.front();
  if (sign != '+' && sign != '-') return refused;
  const bool chosen = sign == '+';
  for (const SelectedProperty& row : kSelectable) selection.*row.member = !chosen;
  for (const std::string_view name : split(list.substr(1), sign)) {
    const auto row = std::find_if(kSelectable.begin(), kSelectable.end(),
                                  [&](const SelectedProperty& candidate) { return candidate.name == name; });
    if (row == kSelectable.end()) return refused;
    selection.*row->member = chosen;
  }
  return selection;
}

Result<Octets> write_tnds(const Transaction& transaction, const Uri& uri, Encoding encoding,
                          const TndsSelection& selection) {
  const std::vector<Node> nodes = DM_TRY(transaction.list(uri));
  if (nodes.empty()) return Error{Errc::not_found, uri.str() + " does not exist"};
  std::unique_ptr<MarkupWriter> out =
      encoding == Encoding::xml ? make_xml_writer() : make_wbxml_writer(WbxmlDocument::dmddf);
  TndsWriter(transaction, encoding, selection, *out).write(nodes);
  return std::move(*out).finish();
}

}  // namespace omadm
