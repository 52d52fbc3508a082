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
Result<std::vector<ResultItem>> structure(const Transaction& transaction, const Uri& uri, bool with_data,
                                          Encoding encoding) {
  std::vector<ResultItem> items;
  for (const Node& node : DM_TRY(transaction.list(uri))) {
    if (node.is_leaf() && !node.readable && with_data) continue;  // TND-087
    ResultItem item = result_of(node, node.uri.str(), encoding);
    if (!node.is_leaf()) item.type = node.type;
    if (!node.is_leaf() || !with_data) item.data.reset();
    items.push_back(std::move(item));
  }
  return items;
}

Result<std::vector<ResultItem>> listing(const Transaction& transaction, const Address& address, std::string_view uri,
                                        Encoding encoding) {
  if (address.argument == "Struct") return structure(transaction, address.node, false, encoding);
  if (address.argument == "StructData") return structure(transaction, address.node, true, encoding);
  const TndsSelection selection = DM_TRY(TndsSelection::parse(address.argument));
  ResultItem item;
  item.uri = std::string(uri.substr(0, uri.find('?')));
  const bool wbxml = encoding == Encoding::wbxml;
  item.format = wbxml ? "bin" : "xml";
  item.type = wbxml ? kTndsWbxmlType : kTndsXmlType;
  item.data = DM_TRY(write_tnds(transaction, address.node, encoding, selection));
  item.opaque = true;  // XML: CDATA (TNDS-043)
  std::vector<ResultItem> items;
  items.push_back(std::move(item));
  return items;
}

Result<std::vector<ResultItem>> get(const CommandContext& context, const ItemRequest& request) {
  const Address address = DM_TRY(address_of(request.item.target, context.tree.uri_limits()));
  const Transaction transaction = context.tree.begin(context.who);
  const std::string_view uri = *request.item.target;
  if (address.suffix == Address::Suffix::list) return listing(transaction, address, uri, context.answer);
  std::vector<ResultItem> items;
  if (address.suffix == Address::Suffix::property) {
    const auto property = property_from(address.argument);
    if (!property) return Error{Errc::unsupported, "property " + address.argument};
    ResultItem item;
    item.uri = std::string(uri);
    item.data = DM_TRY(transaction.property(address.node, *property));
    items.push_back(std::move(item));
    return items;
  }
  items.push_back(result_of(DM_TRY(transaction.get(address.node)), std::string(uri), context.answer));
  return items;
}

}  // namespace

ResultItem result_of(Node node, std::string uri, Encoding encoding) {
  ResultItem item;
  item.uri = std::move(uri);
  if (node.is_leaf()) {
    put_value(item, node, encoding);
  } else {
    item.format = to_string(Format::node);
    item.type = kTextPlain;
    item.data = joined(node.children);
  }
  return item;
}

ItemOutcome handle_get(const CommandContext& context, const ItemRequest& request) {
  auto items = get(context, request);
  if (!items) return refused(items.error(), AccessType::get);
  ItemOutcome outcome;
  outcome.results = *std::move(items);
  return outcome;
}

}  // namespace omadm
