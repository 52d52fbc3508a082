// [RepPro] "Add": one new node an Item, or a whole subtree in TNDS.
#include "dmtree/ddf/ddf.h"
#include "dmtree/tnds/inbox.h"
#include "dmtree/tnds/tnds.h"
#include "syncml/session/command_context.h"

namespace omadm {
namespace {

bool is_interior(const DdfNode* description) { return description != nullptr && description->is_interior(); }

Result<void> add(const CommandContext& context, Transaction& transaction, const ItemRequest& request) {
  const Uri target = DM_TRY(node_of(transaction, request.item.target));
  Result<DecodedData> decoded = decode_data(context, request, target);
  if (is_tnds(request)) {
    if (!decoded) return decoded.error();  // where its nodes would be is not known
    const TndsDocument document = DM_TRY(read_tnds(decoded->octets, Limits{}));
    if (is_in_inbox(target)) {
      DM_TRY(add_to_inbox(transaction, document, InboxMode::session, target));
      return {};
    }
    return add_tnds(transaction, target, document);
  }
  if (!decoded) return first_refusal(transaction, target, AccessType::add, decoded.error());
  NewNode node;
  node.format = decoded->format;
  if (!node.format && is_interior(context.tree.ddf().find(target))) {
    return first_refusal(transaction, target, AccessType::add,
                         {Errc::incomplete, "Format node is not said"});  // TND-093
  }
  if (request.type) node.type = std::string(*request.type);
  node.data = std::move(decoded->octets);
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
