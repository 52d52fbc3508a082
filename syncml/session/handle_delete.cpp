// [RepPro] "Delete": a node and everything below it.
#include "syncml/session/command_context.h"

namespace omadm {
namespace {

Result<void> remove(const CommandContext& context, Transaction& transaction, const ItemRequest& request) {
  const Address address = DM_TRY(address_of(request.item.target, context.tree.uri_limits()));
  if (address.suffix == Address::Suffix::property && !property_from(address.argument)) {
    return Error{Errc::unsupported, "property " + address.argument};
  }
  if (address.suffix != Address::Suffix::none) return Error{Errc::not_allowed, "Delete on a property"};
  return transaction.remove(address.node);
}

}  // namespace

ItemOutcome handle_delete(const CommandContext& context, Transaction& transaction, const ItemRequest& request) {
  const auto removed = remove(context, transaction, request);
  return removed ? ItemOutcome{} : refused(removed.error(), AccessType::delete_);
}

}  // namespace omadm
