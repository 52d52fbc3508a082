#include "syncml/session/command_runner.h"

#include <algorithm>

#include "base/text.h"
#include "syncml/session/user_alert.h"

namespace omadm {
namespace {

constexpr unsigned kMostQuestions = 3;  // for one alert, when the answers will not do
// Octets of Results that one message may ask for. The one that goes beyond is still given: a subtree is as large as the
// device's tree has become.
constexpr std::size_t kMostResults = 4U << 20U;
constexpr std::size_t kResultSize = 512;  // of a Results around its Data, about what it takes until it is sent

bool edits_tree(CommandName name) noexcept {
  return name == CommandName::add || name == CommandName::replace || name == CommandName::delete_ ||
         name == CommandName::copy;
}

}  // namespace

std::string_view uri_of(const Item& item) noexcept { return item.target.value_or(item.source.value_or("")); }

bool is_command(const Command& command) noexcept {
  return command.name != CommandName::status && command.name != CommandName::results;
}

bool is_alert(const Command& command, std::string_view code) noexcept {
  return command.name == CommandName::alert && trim(command.data) == code;
}

CommandRunner::CommandRunner(Tree& tree, SessionHost& host, PackageWriter& writer, std::string server_id,
                             const SessionOptions& options)
    : tree_(tree),
      host_(host),
      writer_(writer),
      who_(Principal::server(std::move(server_id))),
      origin_{{}, options.session_id, {}, {}, {}},
      large_object_(options.max_obj_size, options.limits_files),
      user_present_(options.user_present) {
  status_.name = CommandName::status;
  status_.has_data = true;
  results_.name = CommandName::results;
  results_.items.emplace_back();
}

void CommandRunner::begin_message(const Message& message) {
  msg_id_ = message.header.msg_id;
  encoding_ = message.encoding;
  report_.msg_id = msg_id_;
  results_size_ = 0;
  origin_.msg = msg_id_;
}

std::optional<UserPrompt> CommandRunner::run(const Message& message) {
  begin_message(message);
  final_ = message.final_message;
  urgent_ = false;
  blocks_.clear();
  blocks_.push_back({&message.commands, nullptr, 0, false, nullptr});
  return go_on();
}

std::optional<UserPrompt> CommandRunner::go_on() {
  while (!blocks_.empty()) {
    Block& block = blocks_.back();
    if (block.next == block.commands->size()) {
      leave_block();
      continue;
    }
    const Command& command = (*block.commands)[block.next];
    if ((asked_ = question(block, command))) {
      times_asked_ = 1;
      asked_->server_id = who_.server_id;
      return asked_;
    }
    ++block.next;
    step(block, command);
  }
  return std::nullopt;
}

std::optional<UserPrompt> CommandRunner::question(const Block& block, const Command& command) const {
  const bool skipped = package_stopped_ || block.stopped || (block.atomic && !block.atomic->good);
  if (skipped || !user_present_ || !is_user_alert(command) || command.cmd_id.empty() || command.cmd_id == "0") {
    return std::nullopt;
  }
  auto prompt = user_prompt(command);
  if (std::holds_alternative<StatusCode>(prompt)) return std::nullopt;
  return std::get<UserPrompt>(std::move(prompt));
}

std::optional<UserPrompt> CommandRunner::answer_user(const UserAnswer& answer) {
  if (!asked_) return std::nullopt;
  ItemOutcome outcome = outcome_of(*asked_, answer);
  asked_->complaint = problem_with(*asked_, answer);
  if (!asked_->complaint.empty()) {
    if (++times_asked_ <= kMostQuestions) return asked_;
    outcome = {StatusCode::operation_cancelled, {}, {}, {}};
  }
  asked_.reset();
  Block& block = blocks_.back();
  const Command& command = (*block.commands)[block.next++];
  take_answer(command, outcome);
  return go_on();
}

void CommandRunner::take_answer(const Command& command, const ItemOutcome& outcome) {
  if (large_object_.open()) interrupt_large_object();
  Block& block = blocks_.back();
  if (block.atomic) {
    block.atomic->good = is_success(outcome.status);
    block.atomic->children.push_back({outcome});
  } else {
    put_status(command, outcome.status, nullptr, &outcome);
    // PRO-213; directly in the message a "no" concerns nothing else (PRO-327).
    if (block.container != nullptr && outcome.status == StatusCode::not_modified) block.stopped = true;
  }
  const bool broken_off =
      outcome.status == StatusCode::operation_cancelled || outcome.status == StatusCode::request_timeout;
  if (broken_off) stop_package();  // PRO-326, 328
}

// The block may be gone, or another one be the innermost, when it returns.
void CommandRunner::step(Block& block, const Command& command) {
  if (block.atomic) {
    AtomicRun& run = *block.atomic;
    if (!run.good || package_stopped_) return;
    run.children.push_back(run_in_atomic(command, run.transaction));
    for (const ItemOutcome& outcome : run.children.back()) run.good = run.good && is_success(outcome.status);
    return;
  }
  if (!is_command(command)) return;
  if ((block.stopped || package_stopped_) && !is_alert(command, "1222")) {
    return answer_all(command, StatusCode::not_executed);
  }
  if (block.container != nullptr && command.name == CommandName::sequence) {
    put_status(command, StatusCode::command_failed, nullptr, nullptr);
    for (const Command& inner : command.children) answer_all(inner, StatusCode::not_executed);
    return;
  }
  run_command(command, block.container == nullptr);
}

void CommandRunner::leave_block() {
  const Block block = std::move(blocks_.back());
  blocks_.pop_back();
  if (block.atomic) return end_atomic(*block.container, std::move(*block.atomic));
  if (block.container != nullptr || !final_) return;
  if (large_object_.open()) interrupt_large_object();  // PRO-256
  package_stopped_ = false;
}

void CommandRunner::refuse(const Message& message, StatusCode status) {
  begin_message(message);
  urgent_ = writer_.owes();  // what is owed is not for a stranger (SEC-061)
  for (const Command& command : message.commands) {
    if (is_command(command)) answer_all(command, status);
  }
  urgent_ = false;
}

void CommandRunner::run_while_owing(const Message& message) {
  begin_message(message);
  urgent_ = true;
  for (const Command& command : message.commands) {
    if (!is_command(command)) continue;
    const bool granted = is_alert(command, "1222") || is_alert(command, "1225");
    answer_all(command, granted ? StatusCode::ok : StatusCode::command_not_allowed);
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
      return begin_atomic(command);
    case CommandName::sequence:
      return begin_sequence(command);
    case CommandName::alert:
      return answer_all(command, is_alert(command, "1222") ? StatusCode::ok : handle_alert(command, user_present_));
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
  if (command.items.size() == 1) {
    const ItemOutcome outcome = run_item(command, command.items.front(), chunks_allowed);
    return answer(command, {&outcome, 1});
  }
  std::vector<ItemOutcome> outcomes;
  outcomes.reserve(command.items.size());
  for (const Item& item : command.items) outcomes.push_back(run_item(command, item, chunks_allowed));
  answer(command, outcomes);
}

ItemOutcome CommandRunner::run_item(const Command& command, const Item& item, bool chunks_allowed) {
  ItemOutcome outcome;
  if (item.more_data) {
    if (large_object_.open() && !large_object_.continues(command, item)) interrupt_large_object();
    if (chunks_allowed) return take_chunk(command, item);
    outcome.status = StatusCode::command_failed;
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
    outcome = execute(command, large_object_.whole(), large_object_.take_value());
  }
  large_object_.drop();
  return outcome;
}

CommandContext CommandRunner::context() const { return {tree_, encoding_, writer_.encoding(), who_}; }

const Origin& CommandRunner::origin_of(const Command& command) {
  origin_.cmd = command.cmd_id;
  origin_.command = to_string(command.name);
  return origin_;
}

ItemOutcome CommandRunner::edit(Transaction& transaction, const ItemRequest& request) {
  ItemOutcome outcome = edit_whatever_size(transaction, request);
  // Last of all (TND-117); who gets a refusal drops the transaction. Properties have limits of their own.
  if (is_success(outcome.status) && large_object_.too_large(request.item)) {
    const bool of_node = uri_of(request.item).find('?') == std::string_view::npos;
    const auto target = Uri::parse(uri_of(request.item));
    const bool has_own_limit = !large_object_.limits_files() && target && tree_.file_keeper(*target) != nullptr;
    if (has_own_limit) return outcome;
    if (of_node) return {StatusCode::entity_too_large, {}, {}, {}};
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

// However often a message asks for however large a subtree: what it makes us gather and owe stays bounded.
ItemOutcome CommandRunner::get(const ItemRequest& request) {
  if (results_size_ >= kMostResults) return {StatusCode::entity_too_large, {}, {}, {}};
  ItemOutcome outcome = handle_get(context(), request);
  bool too_large = false;
  for (const ResultItem& item : outcome.results) {
    const std::size_t size = item.data ? item.data->size() : 0;
    results_size_ += kResultSize + size;
    too_large = too_large || (max_result_ != 0 && size > max_result_);
  }
  if (too_large) outcome = {StatusCode::entity_too_large, {}, {}, {}};  // PRO-260
  return outcome;
}

namespace {

// As far as it decides how a failing store is answered.
AccessType access_of(CommandName command) {
  return command == CommandName::copy ? AccessType::copy : AccessType::replace;
}

}  // namespace

ItemOutcome CommandRunner::take_chunk(const Command& command, const Item& item) {
  return large_object_.take(command, item, [&](std::uint64_t size) {
    return open_value_stream(context(), request_for(command, item), size);
  });
}

// `value`: that of the Item, when it went to a file.
ItemOutcome CommandRunner::execute(const Command& command, const Item& item, std::unique_ptr<ValueSink> value) {
  ItemRequest request = request_for(command, item);
  if (command.name == CommandName::get) return get(request);
  if (command.name == CommandName::exec) return handle_exec(context(), request);
  Transaction transaction = tree_.begin(who_);
  if (value != nullptr) {
    request.value_in_file = true;
    const auto leaf = Uri::parse(uri_of(item));
    const auto supplied = leaf ? transaction.supply(*leaf, std::move(value)) : leaf.error();
    if (!supplied) return refused(supplied.error(), AccessType::replace);
  }
  ItemOutcome outcome = edit(transaction, request);
  if (!is_success(outcome.status)) return outcome;
  const auto committed = std::move(transaction).commit(origin_of(command));
  return committed ? outcome : refused(committed.error(), access_of(command.name));
}

// PRO-211: 200 as soon as it runs; PRO-212: a failing child does not stop the others.
void CommandRunner::begin_sequence(const Command& command) {
  put_status(command, StatusCode::ok, nullptr, nullptr);
  blocks_.push_back({&command.children, &command, 0, false, nullptr});
}

// One outcome an Item, or a single one for the command as a whole.
std::vector<ItemOutcome> CommandRunner::run_in_atomic(const Command& command, Transaction& transaction) {
  const auto whole = [](StatusCode status) { return std::vector<ItemOutcome>(1, ItemOutcome{status, {}, {}, {}}); };
  if (command.cmd_id.empty() || command.cmd_id == "0") return whole(StatusCode::bad_request);
  if (command.name == CommandName::alert) return whole(handle_alert(command, user_present_));
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
void CommandRunner::begin_atomic(const Command& command) {
  blocks_.push_back(
      {&command.children, &command, 0, false, std::make_unique<AtomicRun>(AtomicRun{tree_.begin(who_), {}, true})});
}

void CommandRunner::end_atomic(const Command& command, AtomicRun run) {
  std::vector<std::vector<ItemOutcome>>& children = run.children;
  bool good = run.good && children.size() == command.children.size();
  if (good) {
    const auto committed = std::move(run.transaction).commit(origin_of(command));
    good = committed.has_value();
    // An object's refusal concerns the whole; the last child carries its reason.
    if (!good && !children.empty()) {
      children.back() = {refused(committed.error(), access_of(command.children.back().name))};
    }
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

}  // namespace omadm
