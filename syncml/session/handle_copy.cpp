// [RepPro] "Copy": the value of one leaf onto another.
#include "syncml/session/command_context.h"

namespace omadm {
namespace {

Result<void> copy(Transaction& transaction, const ItemRequest& request) {
  const Uri target = DM_TRY(node_of(transaction, request.item.target));
  const Uri source = DM_TRY(node_of(transaction, request.item.source));
  return transaction.copy(source, target);
}

}  // namespace

ItemOutcome handle_copy(const CommandContext&, Transaction& transaction, const ItemRequest& request) {
  const auto copied = copy(transaction, request);
  return copied ? ItemOutcome{} : refused(copied.error(), AccessType::copy);
}

}  // namespace omadm
