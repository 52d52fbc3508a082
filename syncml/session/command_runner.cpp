#include "syncml/session/command_runner.h"

#include <algorithm>

#include "base/text.h"

namespace omadm {
namespace {

std::string_view uri_of(const Item& item) { return item.target.value_or(item.source.value_or("")); }

bool edits_tree(CommandName name) noexcept {
  return name == CommandName::add || name == CommandName::replace || name == CommandName::delete_ ||
         name == CommandName::copy;
}

}  // namespace

bool is_command(const Command& command) noexcept {
  return command.name != CommandName::status && command.name != CommandName::results;
}

bool is_alert(const Command& command, std::string_view code) noexcept {
  return command.name == CommandName::alert && trim(command.data) == code;
}

CommandRunner::CommandRunner(Tree& tree, SessionHost& host, PackageWriter& writer, std::string server_id,
                             std::string session_id, std::uint32_t max_obj_size)
    : tree_(tree),
      host_(host),
      writer_(writer),
      who_(Principal::server(std::move(server_id))),
      session_id_(std::move(session_id)),
      large_object_(max_obj_size) {}

void CommandRunner::run(const Message& message) {
  msg_id_ = message.header.msg_id;
  encoding_ = message.encoding;
  urgent_ = false;
  for (const Command& command : message.commands) {
    if (is_command(command)) run_command(command, true);
  }
  if (message.final_message && large_object_.open()) interrupt_large_object();  // PRO-256
}

void CommandRunner::refuse(const Message& message, StatusCode status) {
  msg_id_ = message.header.msg_id;
  encoding_ = message.encoding;
  urgent_ = writer_.owes();  // what is owed is not for a stranger (SEC-061)
  for (const Command& command : message.commands) {
    if (is_command(command)) answer_all(command, status);
  }
  urgent_ = false;
}

void CommandRunner::run_while_owing(const Message& message) {
  msg_id_ = message.header.msg_id;
  encoding_ = message.encoding;
  urgent_ = true;
  for (const Command& command : message.commands) {
    if (!is_command(command)) continue;
    answer_all(command, is_alert(command, "1222") ? StatusCode::ok : StatusCode::command_not_allowed);
  }
  urgent_ = false;
}

void CommandRunner::run_command(const Command& command, bool chunks_allowed) {
  if (command.cmd_id.empty() || command.cmd_id == "0") return answer_all(command, StatusCode::bad_request);  // PRO-088
  const bool goes_on =
      is_alert(command, "1222") || (!command.items.empty() && large_object_.continues(command, command.items.front()));
  if (large_object_.open() && !goes_on) interrupt_large_object();
  switch (command.name) {
    case CommandName::atomic:
      return run_atomic(command);
    case CommandName::sequence:
      return run_sequence(command);
    case CommandName::alert:
      return answer_all(command, is_alert(command, "1222") ? StatusCode::ok : handle_alert(command));
    case CommandName::unknown:
      return answer_all(command, StatusCode::bad_request);
    case CommandName::map:
    case CommandName::put:
    case CommandName::search:
    case CommandName::sync:
    case CommandName::move:
      return answer_all(command, StatusCode::optional_feature_not_supported);  // PRO-081
    default:
      return run_items(command, chunks_allowed);
  }
}

void CommandRunner::run_items(const Command& command, bool chunks_allowed) {
  if (command.items.empty()) return answer_all(command, StatusCode::incomplete_command);
  std::vector<ItemOutcome> outcomes;
  outcomes.reserve(command.items.size());
  for (const Item& item : command.items) outcomes.push_back(run_item(command, item, chunks_allowed));
  answer(command, outcomes);
}

ItemOutcome CommandRunner::run_item(const Command& command, const Item& item, bool chunks_allowed) {
  ItemOutcome outcome;
  if (item.more_data) {
    if (large_object_.open() && !large_object_.continues(command, item)) interrupt_large_object();
    outcome.status = chunks_allowed ? large_object_.take(command, item) : StatusCode::command_failed;
    return outcome;
  }
  if (!large_object_.open()) return execute(command, item);
  if (!large_object_.continues(command, item)) {
    interrupt_large_object();
    return execute(command, item);
  }
  if (const auto refusal = large_object_.finish(item)) {
    outcome.status = *refusal;
  } else {
    outcome = execute(command, large_object_.whole());
  }
  large_object_.drop();
  return outcome;
}

CommandContext CommandRunner::context() const { return {tree_, encoding_, writer_.encoding(), who_, max_result_}; }

Transaction CommandRunner::begin(const Command& command) {
  return tree_.begin(who_, {"server:" + who_.server_id, session_id_, std::string(msg_id_), std::string(command.cmd_id),
                            std::string(to_string(command.name))});
}

ItemOutcome CommandRunner::edit(Transaction& transaction, const ItemRequest& request) {
  ItemOutcome outcome = edit_whatever_size(transaction, request);
  // Last of all (TND-117); who gets a refusal drops the transaction. Properties have limits of their own.
  const bool of_node = uri_of(request.item).find('?') == std::string_view::npos;
  if (is_success(outcome.status) && of_node && large_object_.too_large(request.item)) {
    return {StatusCode::entity_too_large, {}, {}, {}};
  }
  return outcome;
}

ItemOutcome CommandRunner::edit_whatever_size(Transaction& transaction, const ItemRequest& request) {
  switch (request.command.name) {
    case CommandName::add:
      return handle_add(context(), transaction, request);
    case CommandName::replace:
      return handle_replace(context(), transaction, request);
    case CommandName::delete_:
      return handle_delete(context(), transaction, request);
    default:
      return handle_copy(context(), transaction, request);
  }
}

namespace {

// PRO-082: an Item's own Meta counts, element by element, before the command's.
ItemRequest request_for(const Command& command, const Item& item) {
  ItemRequest request{command, item, item.meta.format, item.meta.type};
  if (!request.format) request.format = command.meta.format;
  if (!request.type) request.type = command.meta.type;
  return request;
}

}  // namespace

ItemOutcome CommandRunner::execute(const Command& command, const Item& item) {
  const ItemRequest request = request_for(command, item);
  if (command.name == CommandName::get) return handle_get(context(), request);
  if (command.name == CommandName::exec) return handle_exec(context(), request);
  Transaction transaction = begin(command);
  ItemOutcome outcome = edit(transaction, request);
  if (!is_success(outcome.status)) return outcome;
  const auto committed = std::move(transaction).commit();
  return committed ? outcome : refused(committed.error(), AccessType::replace);
}

// PRO-211: 200 as soon as it runs; PRO-212: a failing child does not stop the others.
void CommandRunner::run_sequence(const Command& command) {
  put_status(command, StatusCode::ok, nullptr, nullptr);
  for (const Command& child : command.children) {
    if (child.name == CommandName::sequence) {
      put_status(child, StatusCode::command_failed, nullptr, nullptr);
      for (const Command& inner : child.children) answer_all(inner, StatusCode::not_executed);
    } else if (is_command(child)) {
      run_command(child, false);
    }
  }
}

// One outcome an Item, or a single one for the command as a whole.
std::vector<ItemOutcome> CommandRunner::run_in_atomic(const Command& command, Transaction& transaction) {
  const auto whole = [](StatusCode status) { return std::vector<ItemOutcome>(1, ItemOutcome{status, {}, {}, {}}); };
  if (command.cmd_id.empty()) return whole(StatusCode::bad_request);
  if (command.name == CommandName::alert) return whole(handle_alert(command));
  if (!edits_tree(command.name)) return whole(StatusCode::command_failed);  // PRO-224
  if (command.items.empty()) return whole(StatusCode::incomplete_command);
  std::vector<ItemOutcome> outcomes;
  bool good = true;
  for (const Item& item : command.items) {
    ItemOutcome outcome;
    if (!good) {
      outcome.status = StatusCode::not_executed;
    } else if (item.more_data) {
      outcome.status = StatusCode::command_failed;  // PRO-228
    } else {
      outcome = edit(transaction, request_for(command, item));
    }
    good = good && is_success(outcome.status);
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

// PRO-221 … 223: all or nothing, in document order; the Atomic's own Status stands first (PRO-125).
void CommandRunner::run_atomic(const Command& command) {
  Transaction transaction = begin(command);
  std::vector<std::vector<ItemOutcome>> children;
  bool good = true;
  while (good && children.size() < command.children.size()) {
    children.push_back(run_in_atomic(command.children[children.size()], transaction));
    for (const ItemOutcome& outcome : children.back()) good = good && is_success(outcome.status);
  }
  if (good) {
    const auto committed = std::move(transaction).commit();
    good = committed.has_value();
    // An object's refusal concerns the whole; the last child carries its reason.
    if (!good && !children.empty()) children.back() = {refused(committed.error(), AccessType::replace)};
  }
  put_status(command, good ? StatusCode::ok : StatusCode::atomic_failed, nullptr, nullptr);
  for (std::size_t i = 0; i < children.size(); ++i) {
    for (ItemOutcome& outcome : children[i]) {
      if (!good && is_success(outcome.status)) outcome.status = StatusCode::atomic_roll_back_ok;
    }
    answer_in_atomic(command.children[i], children[i]);
  }
  for (std::size_t i = children.size(); i < command.children.size(); ++i) {
    answer_all(command.children[i], StatusCode::not_executed);
  }
}

void CommandRunner::answer_in_atomic(const Command& child, const std::vector<ItemOutcome>& outcomes) {
  if (child.name != CommandName::alert && outcomes.size() == child.items.size()) return answer(child, outcomes);
  put_status(child, outcomes.front().status, nullptr, nullptr);
  for (const Command& inner : child.children) answer_all(inner, StatusCode::not_executed);
}

// PRO-256: something else came before the last chunk.
void CommandRunner::interrupt_large_object() {
  Command alert;
  alert.name = CommandName::alert;
  alert.data = "1225";
  alert.has_data = true;
  Item item;
  if (!large_object_.target().empty()) item.target = large_object_.target();
  if (!large_object_.source().empty()) item.source = large_object_.source();
  alert.items.push_back(item);
  writer_.put(alert);
  large_object_.drop();
}

// PRO-123: one Status for all Items when they fared alike, else one each.
void CommandRunner::answer(const Command& command, const std::vector<ItemOutcome>& outcomes) {
  const bool alike = std::all_of(outcomes.begin(), outcomes.end(), [&](const ItemOutcome& outcome) {
    return outcome.status == outcomes.front().status && !outcome.failed_at && outcome.data.empty();
  });
  if (alike && outcomes.size() > 1) {
    put_status(command, outcomes.front().status, nullptr, nullptr);
  } else {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      put_status(command, outcomes[i].status, &command.items[i], &outcomes[i]);
    }
  }
  for (const ItemOutcome& outcome : outcomes) {
    for (const ResultItem& result : outcome.results) put_results(command, result);
  }
}

void CommandRunner::answer_all(const Command& command, StatusCode status) {
  const bool one = command.items.size() == 1 && command.name != CommandName::alert;  // PRO-331
  put_status(command, status, one ? &command.items.front() : nullptr, nullptr);
  for (const Command& child : command.children) answer_all(child, status);
}

void CommandRunner::put_status(const Command& command, StatusCode code, const Item* item, const ItemOutcome* outcome) {
  Command status;
  status.name = CommandName::status;
  status.msg_ref = msg_id_;
  status.cmd_ref = command.cmd_id;
  status.cmd = command.name == CommandName::unknown ? command.element : to_string(command.name);
  status.data = digits(code);
  status.has_data = true;
  if (item != nullptr) {
    if (item->target) status.target_refs.push_back(*item->target);
    if (item->source && command.name == CommandName::copy) status.source_refs.push_back(*item->source);
  }
  if (outcome != nullptr && outcome->failed_at) {
    Item failed;
    failed.target = *outcome->failed_at;
    status.items.push_back(failed);
  }
  if (urgent_) {
    writer_.put_now(status);
  } else {
    writer_.put(status);
  }
  CommandReport report;
  report.msg_id = std::string(msg_id_);
  report.cmd_id = std::string(command.cmd_id);
  report.command = std::string(status.cmd);
  if (item != nullptr) {
    report.uri = std::string(uri_of(*item));
  } else if (!command.items.empty()) {
    report.uri = std::string(uri_of(command.items.front()));
  }
  report.status = std::string(digits(code));
  host_.command_done(report);
}

void CommandRunner::put_results(const Command& command, const ResultItem& result) {
  Command results;
  results.name = CommandName::results;
  results.msg_ref = msg_id_;
  results.cmd_ref = command.cmd_id;
  Item item;
  item.source = result.uri;
  if (!result.format.empty()) item.meta.format = result.format;
  if (!result.type.empty()) item.meta.type = result.type;
  if (result.data) item.data = Data{*result.data, result.opaque};
  results.items.push_back(item);
  writer_.put(results);
}

}  // namespace omadm
