// [RepPro] "Delete": a node and everything below it.
#include "syncml/session/command_context.h"

namespace omadm {
namespace {

Result<void> remove(Transaction& transaction, const ItemRequest& request) {
  return transaction.remove(DM_TRY(node_of(transaction, request.item.target)));
}

}  // namespace

ItemOutcome handle_delete(const CommandContext&, Transaction& transaction, const ItemRequest& request) {
  const auto removed = remove(transaction, request);
  return removed ? ItemOutcome{} : refused(removed.error(), AccessType::delete_);
}

}  // namespace omadm
