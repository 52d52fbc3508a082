// What a CommandRunner says of the commands it ran: Statuses and Results.
#include <algorithm>

#include "syncml/session/command_runner.h"

namespace omadm {

void CommandRunner::answer_in_atomic(const Command& child, const std::vector<ItemOutcome>& outcomes) {
  if (child.name != CommandName::alert && outcomes.size() == child.items.size()) return answer(child, outcomes);
  put_status(child, outcomes.front().status, nullptr, &outcomes.front());
  for (const Command& inner : child.children) answer_all(inner, StatusCode::not_executed);
}

// PRO-123: one Status for all Items when they fared alike, else one each.
void CommandRunner::answer(const Command& command, std::span<const ItemOutcome> outcomes) {
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
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    for (const ResultItem& result : outcomes[i].results) put_results(command, command.items[i], result);
  }
}

void CommandRunner::answer_all(const Command& command, StatusCode status) {
  const bool one = command.items.size() == 1 && command.name != CommandName::alert;  // PRO-331
  put_status(command, status, one ? &command.items.front() : nullptr, nullptr);
  for (const Command& child : command.children) answer_all(child, status);
}

void CommandRunner::put_status(const Command& command, StatusCode code, const Item* item, const ItemOutcome* outcome) {
  status_.msg_ref = msg_id_;
  status_.cmd_ref = command.cmd_id;
  status_.cmd = command.name == CommandName::unknown ? command.element : to_string(command.name);
  status_.data = digits(code);
  status_.target_refs.clear();
  status_.source_refs.clear();
  status_.items.clear();
  if (item != nullptr) {
    if (item->target) status_.target_refs.push_back(*item->target);
    if (item->source && command.name == CommandName::copy) status_.source_refs.push_back(*item->source);
  }
  if (outcome != nullptr && outcome->failed_at) status_.items.emplace_back().target = *outcome->failed_at;
  if (outcome != nullptr && is_success(code)) {  // what the user said
    for (const std::string& text : outcome->data) status_.items.emplace_back().data = Data{text};
  }
  if (urgent_) {
    writer_.put_now(status_);
  } else {
    writer_.put(status_);
  }
  if (item == nullptr && !command.items.empty()) item = &command.items.front();
  report_.cmd_id = command.cmd_id;
  report_.command = status_.cmd;
  report_.uri = item != nullptr ? uri_of(*item) : std::string_view();
  report_.status = status_.data;
  host_.command_done(report_);
}

void CommandRunner::put_results(const Command& command, const Item& asked, const ResultItem& result) {
  results_.msg_ref = msg_id_;
  results_.cmd_ref = command.cmd_id;
  Item& item = results_.items.front();
  item.source = result.uri.empty() ? uri_of(asked) : result.uri;
  item.meta = {};
  if (!result.format.empty()) item.meta.format = result.format;
  if (!result.type.empty()) item.meta.type = result.type;
  item.data.reset();
  if (result.data) item.data = Data{*result.data, result.opaque};
  writer_.put(results_);
}

}  // namespace omadm
