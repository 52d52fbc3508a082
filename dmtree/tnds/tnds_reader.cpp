// Markup events to a TndsDocument. TNDS-030…041.
#include <algorithm>
#include <numeric>
#include <utility>

#include "base/markup/xml_reader.h"
#include "base/text.h"
#include "dmtree/tnds/format_elements.h"
#include "dmtree/tnds/tnds.h"
#include "wbxml/wbxml_reader.h"

namespace omadm {
namespace {

// Every node carries its whole path, so a few long names high up could multiply into gigabytes.
constexpr std::size_t kMaxPathOctets = 32U << 20U;

Error bad(std::string_view what) { return {Errc::bad_format, "TNDS: " + std::string(what)}; }

// What is no address of a node fails as such an address would by itself (TNDS-041).
Error as_address_error(const Error& error) {
  if (error.code != Errc::malformed) return error;
  return {Errc::not_found, "TNDS: " + error.detail};
}

bool is_blank(std::string_view text) { return trim(text).empty(); }

std::string join(std::string_view parent, std::string_view name) {
  if (parent.empty() || name.empty()) return std::string(parent) + std::string(name);
  return std::string(parent) + '/' + std::string(name);
}

class TndsReader {
 public:
  explicit TndsReader(MarkupReader& reader) : reader_(reader) {}
  Result<TndsDocument> read();

 private:
  struct OpenNode {
    std::size_t index = 0;  // in document_.nodes
    std::optional<std::string> name, path;
    bool settled = false;  // `relative` is known
  };

  Result<void> read_root();
  Result<void> root_element(Element element);
  Result<void> node_element(Element element);
  Result<void> open_node();
  Result<void> close_node();
  Result<void> settle(OpenNode& open);
  Result<void> read_version();
  Result<void> read_name();
  Result<void> read_path();
  Result<void> read_value();
  Result<void> read_properties();
  Result<void> property_element(Element element);
  Result<void> read_format();
  Result<void> read_type();
  Result<void> check_document();

  // The next Start or End of element content; nullopt is the End. Text there must be blank.
  Result<std::optional<Element>> next_child();
  Result<void> skip();         // to the end of the element just started
  Result<std::string> text();  // of the element just started
  TndsNode& node() { return document_.nodes[open_.back().index]; }

  MarkupReader& reader_;
  TndsDocument document_;
  std::vector<OpenNode> open_;
  std::size_t path_octets_ = 0;
  bool has_version_ = false;
};

Result<TndsDocument> TndsReader::read() {
  DM_TRY(read_root());
  for (;;) {
    const std::optional<Element> child = DM_TRY(next_child());
    if (child) {
      DM_TRY(open_.empty() ? root_element(*child) : node_element(*child));
    } else if (!open_.empty()) {
      DM_TRY(close_node());
    } else {
      break;
    }
  }
  DM_TRY(check_document());
  return std::move(document_);
}

Result<void> TndsReader::read_root() {
  for (;;) {
    const Event event = DM_TRY(reader_.next());
    if (const auto* start = std::get_if<Start>(&event)) {
      if (start->element == Element::DdfMgmtTree) return {};
      return bad("the root element is not MgmtTree");
    }
    if (!std::holds_alternative<Text>(event)) return bad("there is no root element");
  }
}

Result<void> TndsReader::root_element(Element element) {
  if (element == Element::DdfVerDTD) return read_version();
  if (element == Element::DdfNode) return open_node();
  return skip();
}

Result<void> TndsReader::node_element(Element element) {
  switch (element) {
    case Element::DdfNode:
      return open_node();
    case Element::DdfNodeName:
      return read_name();
    case Element::DdfPath:
      return read_path();
    case Element::DdfRTProperties:
      return read_properties();
    case Element::DdfValue:
      return read_value();
    default:
      return skip();  // DFProperties and the like do not belong here (TNDS-030)
  }
}

Result<void> TndsReader::open_node() {
  if (!open_.empty()) {
    TndsNode& parent = node();
    if (parent.has_value) return bad("a Node holds both a Value and a Node");
    parent.has_children = true;
    DM_TRY(settle(open_.back()));
  }
  OpenNode open;
  open.index = document_.nodes.size();
  document_.nodes.emplace_back();
  open_.push_back(std::move(open));
  return {};
}

Result<void> TndsReader::close_node() {
  OpenNode& open = open_.back();
  DM_TRY(settle(open));
  const TndsNode& closed = document_.nodes[open.index];
  if (!closed.type.empty()) {
    const bool interior = closed.has_children || closed.format == Format::node;
    const bool leaf = closed.has_value || (closed.format && closed.format != Format::node);
    const bool is_mime = !closed.type_names_object;
    if (interior && is_mime) return bad("the Type of interior node " + closed.relative + " is not a DDFName");
    if (leaf && !is_mime) return bad("the Type of leaf " + closed.relative + " is not a MIME");
  }
  open_.pop_back();
  return {};
}

// A Path stands for the whole way from the target to this node; without one the enclosing nodes do.
Result<void> TndsReader::settle(OpenNode& open) {
  if (open.settled) return {};
  if (!open.name) return bad("a Node has no NodeName");
  std::string_view parent;
  if (open.path) {
    parent = *open.path;
  } else if (open_.size() > 1) {
    if (open.name->empty()) return bad("a nested Node has an empty NodeName");
    parent = document_.nodes[open_[open_.size() - 2].index].relative;
  }
  if (parent.ends_with('.')) return Error{Errc::not_found, "TNDS: a name before '/' does not end in '.'"};
  std::string relative = join(parent, *open.name);
  path_octets_ += relative.size();
  if (path_octets_ > kMaxPathOctets) return Error{Errc::too_large, "TNDS: the paths of the nodes are too long"};
  document_.nodes[open.index].relative = std::move(relative);
  open.settled = true;
  return {};
}

Result<void> TndsReader::read_version() {
  const std::string version = DM_TRY(text());
  const std::string_view number = trim(version);
  if (number != "1.2" && !number.starts_with("1.2.")) return bad("VerDTD is not 1.2");
  has_version_ = true;
  return {};
}

Result<void> TndsReader::read_name() {
  const std::string name = DM_TRY(text());
  OpenNode& open = open_.back();
  if (open.name) return bad("a Node has two NodeNames");
  const std::string_view trimmed = trim(name);
  if (trimmed.empty()) {
    open.name.emplace();
    return {};
  }
  Result<std::string> canonical = canonical_name(trimmed);
  if (!canonical) return as_address_error(canonical.error());
  open.name = std::move(canonical).value();
  return {};
}

Result<void> TndsReader::read_path() {
  const std::string path = DM_TRY(text());
  OpenNode& open = open_.back();
  if (open.path || open.settled) return bad("a Path comes twice or after a nested Node");
  const std::string_view trimmed = trim(path);
  if (trimmed.empty() || trimmed == "./" || trimmed == "/") return {};
  const Result<Uri> uri = Uri::parse(trimmed);
  if (!uri) return as_address_error(uri.error());
  open.path = std::string(uri->path());  // a leading "./" goes (TNDS-041)
  return {};
}

Result<void> TndsReader::read_value() {
  TndsNode& target = node();
  if (target.has_children) return bad("a Node holds both a Node and a Value");
  if (target.has_value) return bad("a Node has two Values");
  target.has_value = true;
  for (;;) {
    const Event event = DM_TRY(reader_.next());
    if (const auto* piece = std::get_if<Text>(&event)) {
      target.value += piece->text;
    } else if (const auto* octets = std::get_if<Opaque>(&event)) {
      target.value += octets->octets;
      target.value_is_opaque = true;
    } else if (std::holds_alternative<End>(event)) {
      return {};
    } else {
      return bad("a Value holds elements");
    }
  }
}

Result<void> TndsReader::read_properties() {
  for (;;) {
    const std::optional<Element> child = DM_TRY(next_child());
    if (!child) return {};
    DM_TRY(property_element(*child));
  }
}

Result<void> TndsReader::property_element(Element element) {
  switch (element) {
    case Element::DdfACL: {
      const std::string acl = DM_TRY(text());
      if (!is_blank(acl)) node().acl = std::string(trim(acl));
      return {};
    }
    case Element::DdfTitle:
      node().title = DM_TRY(text());
      return {};
    case Element::DdfFormat:
      return read_format();
    case Element::DdfType:
      return read_type();
    default:
      return skip();  // the device keeps its own TStamp and VerNo (TNDS-036); Name and Size are not exchanged
  }
}

Result<void> TndsReader::read_format() {
  for (;;) {
    const std::optional<Element> child = DM_TRY(next_child());
    if (!child) return {};
    const std::optional<Format> format = format_of(*child);
    if (!format || node().format) return bad("Format is not one format name");
    node().format = format;
    DM_TRY(skip());
  }
}

Result<void> TndsReader::read_type() {
  for (;;) {
    const std::optional<Element> child = DM_TRY(next_child());
    if (!child) return {};
    if (*child != Element::DdfMIME && *child != Element::DdfDDFName) return bad("Type is neither MIME nor DDFName");
    const std::string type = DM_TRY(text());
    node().type = std::string(trim(type));
    node().type_names_object = *child == Element::DdfDDFName;
  }
}

// What can only be seen once all nodes are there: nodes met twice, and children placed by a Path.
Result<void> TndsReader::check_document() {
  if (!has_version_) return bad("there is no VerDTD");
  if (document_.nodes.empty()) return bad("there is no Node");
  std::vector<TndsNode>& nodes = document_.nodes;
  std::vector<std::size_t> order(nodes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return nodes[a].relative < nodes[b].relative; });
  const auto twice = std::adjacent_find(
      order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return nodes[a].relative == nodes[b].relative; });
  if (twice != order.end()) {
    return Error{Errc::already_exists, "TNDS: two nodes are named ./" + nodes[*twice].relative};
  }
  for (const TndsNode& child : nodes) {
    const std::size_t slash = child.relative.rfind('/');
    if (child.relative.empty()) continue;
    const std::string_view parent = std::string_view(child.relative).substr(0, slash == std::string::npos ? 0 : slash);
    const auto found = std::lower_bound(order.begin(), order.end(), parent,
                                        [&](std::size_t i, std::string_view p) { return nodes[i].relative < p; });
    if (found != order.end() && nodes[*found].relative == parent && !nodes[*found].has_value) {
      nodes[*found].has_children = true;
    }
  }
  return {};
}

Result<std::optional<Element>> TndsReader::next_child() {
  for (;;) {
    const Event event = DM_TRY(reader_.next());
    if (const auto* start = std::get_if<Start>(&event)) {
      return std::optional(start->foreign ? Element::unknown : start->element);
    }
    if (std::holds_alternative<End>(event)) return std::optional<Element>();
    const auto* text = std::get_if<Text>(&event);
    if (text == nullptr || !is_blank(text->text)) return bad("there is text where only elements may be");
  }
}

Result<void> TndsReader::skip() {
  for (std::size_t depth = 1; depth > 0;) {
    const Event event = DM_TRY(reader_.next());
    if (std::holds_alternative<Start>(event)) ++depth;
    if (std::holds_alternative<End>(event)) --depth;
    if (std::holds_alternative<Done>(event)) return bad("the document ends early");
  }
  return {};
}

Result<std::string> TndsReader::text() {
  std::string all;
  for (;;) {
    const Event event = DM_TRY(reader_.next());
    if (const auto* piece = std::get_if<Text>(&event)) {
      all += piece->text;
    } else if (const auto* octets = std::get_if<Opaque>(&event)) {
      all += octets->octets;
    } else if (std::holds_alternative<End>(event)) {
      return all;
    } else {
      return bad("there is an element where only text may be");
    }
  }
}

}  // namespace

Result<TndsDocument> read_tnds(MarkupReader& reader) { return TndsReader(reader).read(); }

Result<TndsDocument> read_tnds(Bytes document, const Limits& limits) {
  const std::unique_ptr<MarkupReader> reader =
      looks_like_wbxml(document) ? make_wbxml_reader(document, limits) : make_xml_reader(document, limits);
  TndsDocument result = DM_TRY(read_tnds(*reader));
  const Event last = DM_TRY(reader->next());
  if (!std::holds_alternative<Done>(last)) return Error{Errc::malformed, "TNDS: something follows MgmtTree"};
  return result;
}

}  // namespace omadm
