// [RepPro] "Copy": the value of one leaf onto another.
#include "syncml/session/command_context.h"

namespace omadm {
namespace {

Result<void> copy(const CommandContext& context, Transaction& transaction, const ItemRequest& request) {
  const Address target = DM_TRY(address_of(request.item.target, context.tree.uri_limits()));
  const Address source = DM_TRY(address_of(request.item.source, context.tree.uri_limits()));
  if (target.suffix != Address::Suffix::none || source.suffix != Address::Suffix::none) {
    return Error{Errc::not_allowed, "Copy of a property"};
  }
  return transaction.copy(source.node, target.node);
}

}  // namespace

ItemOutcome handle_copy(const CommandContext& context, Transaction& transaction, const ItemRequest& request) {
  const auto copied = copy(context, transaction, request);
  return copied ? ItemOutcome{} : refused(copied.error(), AccessType::copy);
}

}  // namespace omadm
