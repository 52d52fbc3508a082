// [RepPro] "Add": one new node an Item, or a whole subtree in TNDS.
#include "dmtree/tnds/inbox.h"
#include "dmtree/tnds/tnds.h"
#include "syncml/session/command_context.h"

namespace omadm {
namespace {

Result<void> add(const CommandContext& context, Transaction& transaction, const ItemRequest& request) {
  const Address address = DM_TRY(address_of(request.item.target, context.tree.uri_limits()));
  if (address.suffix != Address::Suffix::none) {
    if (address.suffix == Address::Suffix::property && !property_from(address.argument)) {
      return Error{Errc::unsupported, "property " + address.argument};
    }
    return Error{Errc::not_allowed, "Add on a property"};  // TND-042
  }
  DecodedData data = DM_TRY(decode_data(context, request, address.node));
  if (is_tnds(request)) {
    const TndsDocument document = DM_TRY(read_tnds(data.octets, Limits{}));
    if (is_in_inbox(address.node)) {
      DM_TRY(add_to_inbox(transaction, document, InboxMode::session, address.node));
      return {};
    }
    return add_tnds(transaction, address.node, document);
  }
  NewNode node;
  node.format = data.format;
  if (request.type) node.type = std::string(*request.type);
  node.data = std::move(data.octets);
  return transaction.add(address.node, std::move(node));
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
