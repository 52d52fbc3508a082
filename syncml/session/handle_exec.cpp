// [RepPro] "Exec": the object at the node acts at once (200) or later (202, then a generic alert).
#include "syncml/session/command_context.h"

namespace omadm {
namespace {

Result<ExecOutcome> exec(const CommandContext& context, const ItemRequest& request) {
  ExecRequest exec_request;
  Transaction transaction = context.tree.begin(context.who);
  exec_request.uri = DM_TRY(node_of(transaction, request.item.target));
  if (request.item.data) {
    Result<DecodedData> data = decode_data(context, request, exec_request.uri);
    if (!data) return first_refusal(transaction, exec_request.uri, AccessType::exec, data.error());
    exec_request.data = std::move(data->octets);
  }
  exec_request.correlator = std::string(request.command.correlator);
  exec_request.server_id = context.who.server_id;
  return context.tree.exec(context.who, exec_request);
}

}  // namespace

ItemOutcome handle_exec(const CommandContext& context, const ItemRequest& request) {
  const auto done = exec(context, request);
  if (!done) return refused(done.error(), AccessType::exec);
  ItemOutcome outcome;
  outcome.status = *done == ExecOutcome::accepted ? StatusCode::accepted_for_processing : StatusCode::ok;
  return outcome;
}

}  // namespace omadm
