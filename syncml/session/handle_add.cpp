// [RepPro] "Add": one new node an Item, or a whole subtree in TNDS.
#include "dmtree/tnds/inbox.h"
#include "dmtree/tnds/tnds.h"
#include "syncml/session/command_context.h"

namespace omadm {
namespace {

Result<void> add(const CommandContext& context, Transaction& transaction, const ItemRequest& request) {
  const Uri target = DM_TRY(node_of(transaction, request.item.target));
  DecodedData data = DM_TRY(decode_data(context, request, target));
  if (is_tnds(request)) {
    const TndsDocument document = DM_TRY(read_tnds(data.octets, Limits{}));
    if (is_in_inbox(target)) {
      DM_TRY(add_to_inbox(transaction, document, InboxMode::session, target));
      return {};
    }
    return add_tnds(transaction, target, document);
  }
  NewNode node;
  node.format = data.format;
  if (request.type) node.type = std::string(*request.type);
  node.data = std::move(data.octets);
  return transaction.add(target, std::move(node));
}

}  // namespace

ItemOutcome handle_add(const CommandContext& context, Transaction& transaction, const ItemRequest& request) {
  const auto added = add(context, transaction, request);
  if (added) return {};
  ItemOutcome outcome = refused(added.error(), AccessType::add);
  if (transaction.failed_at()) outcome.failed_at = transaction.failed_at()->str();
  return outcome;
}

}  // namespace omadm
