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
  if (outcome != nullptr && is_success(code)) {  // what the user said
    for (const std::string& text : outcome->data) {
      Item said;
      said.data = Data{text};
      status.items.push_back(said);
    }
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
