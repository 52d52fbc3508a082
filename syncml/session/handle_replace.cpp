// [RepPro] "Replace": a value, a property (ACL, Name, Title), or a whole subtree in TNDS.
#include <utility>

#include "dmtree/tnds/tnds.h"
#include "syncml/session/command_context.h"

namespace omadm {
namespace {

Result<void> replace(const CommandContext& context, Transaction& transaction, const ItemRequest& request) {
  Address address = DM_TRY(address_of(request.item.target, context.tree.uri_limits()));
  if (address.suffix == Address::Suffix::list) return Error{Errc::not_allowed, "Replace on ?list="};
  if (address.suffix == Address::Suffix::property) {
    const auto property = property_from(address.argument);
    if (!property) return Error{Errc::unsupported, "property " + address.argument};
    // TND-043: a property is text, whatever Meta says.
    if (!request.item.data) return Error{Errc::incomplete, "Item without Data"};
    return transaction.set_property(address.node, *property, request.item.data->octets);
  }
  DecodedData data = DM_TRY(decode_data(context, request, address.node));
  if (is_tnds(request)) {
    const TndsDocument document = DM_TRY(read_tnds(data.octets, Limits{}));
    return replace_tnds(transaction, address.node, document);
  }
  NewValue value;
  value.format = data.format;
  if (request.type) value.type = std::string(*request.type);
  value.data = std::move(data.octets);
  return transaction.replace(std::move(address.node), std::move(value));
}

}  // namespace

ItemOutcome handle_replace(const CommandContext& context, Transaction& transaction, const ItemRequest& request) {
  const auto replaced = replace(context, transaction, request);
  return replaced ? ItemOutcome{} : refused(replaced.error(), AccessType::replace);
}

}  // namespace omadm
