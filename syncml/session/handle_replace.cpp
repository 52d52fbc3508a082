// [RepPro] "Replace": a value, a property (ACL, Name, Title), or a whole subtree in TNDS.
#include <utility>

#include "dmtree/tnds/tnds.h"
#include "syncml/session/command_context.h"

namespace omadm {
namespace {

Result<void> replace(const CommandContext& context, Transaction& transaction, const ItemRequest& request) {
  Address address = DM_TRY(address_of(request.item.target, context.tree.uri_limits()));
  if (address.suffix == Address::Suffix::list) return node_of(transaction, request.item.target).error();
  if (address.suffix == Address::Suffix::property) {
    const auto property = property_from(address.argument);
    if (!property) return Error{Errc::unsupported, "property " + address.argument};
    // TND-043: a property is text, whatever Meta says.
    if (!request.item.data) return Error{Errc::incomplete, "Item without Data"};
    return transaction.set_property(address.node, *property, request.item.data->octets);
  }
  Result<DecodedData> decoded = decode_data(context, request, address.node);
  if (is_tnds(request)) {
    const Result<TndsDocument> document = decoded ? read_tnds(decoded->octets, Limits{}) : decoded.error();
    if (document) return replace_tnds(transaction, address.node, *document);
    DM_TRY(transaction.check_right(address.node, AccessType::replace));
    return document.error();
  }
  if (!decoded) return first_refusal(transaction, address.node, AccessType::replace, decoded.error());
  NewValue value;
  value.format = decoded->format;
  if (request.type) value.type = std::string(*request.type);
  value.data = std::move(decoded->octets);
  return transaction.replace(std::move(address.node), std::move(value));
}

}  // namespace

ItemOutcome handle_replace(const CommandContext& context, Transaction& transaction, const ItemRequest& request) {
  const auto replaced = replace(context, transaction, request);
  return replaced ? ItemOutcome{} : refused(replaced.error(), AccessType::replace);
}

}  // namespace omadm
