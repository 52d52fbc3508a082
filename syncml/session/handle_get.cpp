// [RepPro] "Get": a value, a child list, a property, or a subtree by ?list=.
#include <utility>

#include "base/text.h"
#include "dmtree/tnds/tnds.h"
#include "syncml/session/command_context.h"

namespace omadm {
namespace {

// PRO-173: names joined by '/'.
Octets joined(const std::vector<std::string>& names) {
  Octets text;
  for (const std::string& name : names) {
    if (!text.empty()) text += '/';
    text += name;
  }
  return text;
}

// A leaf's value as it travels: binary as OPAQUE in WBXML and as Base64 in XML (PRO-172), and text that
// XML cannot carry as Base64 too.
void put_value(ResultItem& item, Node& node, Encoding encoding) {
  if (node.type != kTextPlain) item.type = std::move(node.type);
  if (node.format != Format::chr) item.format = to_string(node.format);
  const bool binary = node.format == Format::bin;
  if (binary && encoding == Encoding::wbxml) {
    item.data = std::move(node.data);
    item.opaque = true;
  } else if (binary || (encoding == Encoding::xml && !is_xml_text(node.data))) {
    item.format = to_string(Format::b64);
    item.data = base64_encode(node.data);
  } else {
    item.data = std::move(node.data);
  }
}

// PRO-191: the node and its descendants, each an Item.
Result<void> structure(const Transaction& transaction, const Uri& uri, bool with_data, Encoding encoding,
                       std::vector<ResultItem>& items) {
  for (Node& node : DM_TRY(transaction.list(uri))) {
    const bool leaf = node.is_leaf();
    if (leaf && !node.readable && with_data) continue;  // TND-087
    ResultItem& item = items.emplace_back();
    item.uri = node.uri.str();
    put_result(item, std::move(node), encoding);
    if (!leaf) item.type = std::move(node.type);  // which is no media type, and stayed
    if (!leaf || !with_data) item.data.reset();
  }
  return {};
}

Result<void> listing(const Transaction& transaction, const Address& address, std::string_view uri, Encoding encoding,
                     std::vector<ResultItem>& items) {
  if (address.argument == "Struct") return structure(transaction, address.node, false, encoding, items);
  if (address.argument == "StructData") return structure(transaction, address.node, true, encoding, items);
  const TndsSelection selection = DM_TRY(TndsSelection::parse(address.argument));
  ResultItem& item = items.emplace_back();
  item.uri = std::string(uri.substr(0, uri.find('?')));
  const bool wbxml = encoding == Encoding::wbxml;
  item.format = wbxml ? "bin" : "xml";
  item.type = wbxml ? kTndsWbxmlType : kTndsXmlType;
  item.data = DM_TRY(write_tnds(transaction, address.node, encoding, selection));
  item.opaque = true;  // XML: CDATA (TNDS-043)
  return {};
}

Result<void> get(const CommandContext& context, const ItemRequest& request, std::vector<ResultItem>& items) {
  Address address = DM_TRY(address_of(request.item.target, context.tree.uri_limits()));
  const Transaction transaction = context.tree.begin(context.who);
  const std::string_view uri = *request.item.target;
  if (address.suffix == Address::Suffix::list) return listing(transaction, address, uri, context.answer, items);
  if (address.suffix == Address::Suffix::property) {
    const auto property = property_from(address.argument);
    if (!property) return Error{Errc::unsupported, "property " + address.argument};
    ResultItem& item = items.emplace_back();
    item.data = DM_TRY(transaction.property(address.node, *property));
    return {};
  }
  Result<Node> node = transaction.get(std::move(address.node));
  if (!node) return std::move(node).error();
  ResultItem& item = items.emplace_back();
  put_result(item, std::move(*node), context.answer);
  return {};
}

}  // namespace

void put_result(ResultItem& item, Node&& node, Encoding encoding) {
  if (node.is_leaf()) {
    put_value(item, node, encoding);
  } else {
    item.format = to_string(Format::node);
    item.type = kTextPlain;
    item.data = joined(node.children);
  }
}

ItemOutcome handle_get(const CommandContext& context, const ItemRequest& request) {
  ItemOutcome outcome;
  if (auto got = get(context, request, outcome.results); !got) return refused(got.error(), AccessType::get);
  return outcome;
}

}  // namespace omadm
