// What the client's messages hold: statuses, results, alerts, device information.
#include <fmt/format.h>

#include <set>
#include <utility>

#include "base/text.h"
#include "tools/dm-server/expectation.h"
#include "tools/dm-server/session_peer.h"

namespace omadm::server {
namespace {

int code_of(std::string_view text) {
  const std::optional<std::uint64_t> code = parse_unsigned(trim(text));
  return code && *code < 1000 ? static_cast<int>(*code) : 0;
}

std::string_view text_of(const std::optional<std::string_view>& text) { return trim(text.value_or("")); }

std::string_view name_of(const Command& command) {
  return command.name == CommandName::unknown ? command.element : to_string(command.name);
}

// The value a Results or Alert item carries, out of its transfer form.
Octets value_of(Bytes octets, bool opaque, std::string_view format) {
  if (format != "b64" || opaque) return Octets(octets);
  Result<Octets> decoded = base64_decode(octets);
  return decoded ? std::move(decoded).value() : Octets(octets);
}

const Item& first_item(const Command& command) {
  static const Item kNone;
  return command.items.empty() ? kNone : command.items.front();
}

}  // namespace

SessionPeer::Sent* SessionPeer::find_sent(std::string_view msg_ref, std::string_view cmd_ref) {
  for (Sent& sent : sent_) {
    if (std::to_string(sent.msg_id) == msg_ref && sent.cmd_id == cmd_ref) return &sent;
  }
  return nullptr;
}

void SessionPeer::refuse_commands(Draft& draft, const Message& message, int status) {
  for (const Command& command : message.commands) {
    if (command.name == CommandName::status || command.name == CommandName::results) continue;
    draft.status({message.header.msg_id, command.cmd_id, name_of(command), {}, {}}, status);
  }
}

void SessionPeer::check_first_message(const Message& message) {
  // Who was told first to prove himself, in a version he does not speak, says so and no more.
  if (!message.commands.empty() && message.commands.front().cmd_ref == "0" &&
      message.commands.front().data.starts_with("5"))
    return;
  std::string alert;
  bool devinfo = false;
  for (const Command& command : message.commands) {
    if (command.name == CommandName::alert && alert.empty()) alert = trim(command.data);
    devinfo = devinfo || command.name == CommandName::replace;
  }
  if (alert != "1200" && alert != "1201") breach("package 1 does not begin with Alert 1200 or 1201");
  if (!devinfo) breach("package 1 holds no Replace with DevInfo");
  if (session_ != nullptr && !session_->alert.empty() && session_->alert != alert) {
    around_.exchange.failure(who_, fmt::format("Alert {}, expected {}", alert, session_->alert));
  }
}

void SessionPeer::take_commands(Draft& draft, const Message& message) {
  piece_wanted_ = brought_ = asked_ = false;
  if (!package1_seen_) check_first_message(message);
  package1_seen_ = true;
  std::set<std::string_view> ids;
  std::size_t position = 0;
  unsigned answered = 0;
  bool first = true;
  for (const Command& command : message.commands) {
    if (command.cmd_id.empty() || command.cmd_id == "0" || !ids.insert(command.cmd_id).second) {
      breach(fmt::format("{} with CmdID \"{}\", missing, 0 or used before", name_of(command), command.cmd_id));
    }
    // Who aborts may have no answer of ours yet.
    const bool aborts = command.name == CommandName::alert && trim(command.data) == "1223";
    if (first && !aborts && out_msg_id_ > 1 && !(command.name == CommandName::status && command.cmd_ref == "0")) {
      breach("the first command is not the Status for SyncHdr");
    }
    first = false;
    switch (command.name) {
      case CommandName::status: {
        if (command.cmd_ref == "0") {
          take_header_status(command);
          break;
        }
        // PRO-027: statuses come in the order of the commands they answer; that of our "next message" stands before
        // what is still owed (PRO-054).
        const Sent* const sent = find_sent(command.msg_ref, command.cmd_ref);
        if (sent != nullptr) {
          if (sent->msg_id != answered) position = 0;  // of another message
          answered = sent->msg_id;
          const std::size_t index = static_cast<std::size_t>(sent - sent_.data());
          if (index < position) breach(fmt::format("Status for {} {} is out of order", sent->cmd, sent->uri));
          position = std::max(position, index);
        }
        take_status(command);
        break;
      }
      case CommandName::results:
        take_results(draft, message, command);
        break;
      case CommandName::alert: {
        const int status = take_alert(command);
        draft.status({message.header.msg_id, command.cmd_id, "Alert", {}, text_of(first_item(command).source)}, status);
        if (trim(command.data) != "1222") around_.exchange.status_out(who_, "Alert", status);
        break;
      }
      case CommandName::replace:
        take_devinfo(command);
        draft.status({message.header.msg_id, command.cmd_id, "Replace", {}, {}}, 200);
        break;
      default:
        breach(fmt::format("a client must not send {}", name_of(command)));
        draft.status({message.header.msg_id, command.cmd_id, name_of(command), {}, {}}, 405);
        break;
    }
  }
}

void SessionPeer::take_header_status(const Command& status) {
  const int code = code_of(status.data);
  const PeerAuth::Heard heard = auth_.heard(code, status.chal);
  const std::optional<std::uint64_t> msg_id = parse_unsigned(status.msg_ref);
  std::string extra = status.chal ? "challenge " + std::string(text_of(status.chal->type)) : std::string();
  around_.exchange.status_in(who_, "SyncHdr", "", code, extra);
  if (heard == PeerAuth::Heard::challenged && msg_id) put_back(static_cast<unsigned>(*msg_id));
  if (heard != PeerAuth::Heard::refused) return;
  refused_us_ = true;
  const bool expected =
      session_ != nullptr && (session_->ends == SessionEnding::unauthenticated || session_->ends == SessionEnding::any);
  if (!expected) around_.exchange.failure(who_, fmt::format("the client answers our SyncHdr {} for good", code));
}

// The message was refused as a whole: what it carried has to be sent again.
void SessionPeer::put_back(unsigned msg_id) {
  std::vector<Work> again;
  for (const Sent& sent : sent_) {
    if (sent.msg_id == msg_id && sent.top && !sent.ask) again.push_back(sent.work);
  }
  if (again.empty()) return;
  std::erase_if(sent_, [&](const Sent& sent) { return sent.msg_id == msg_id; });
  if (sending_ && !queue_.empty() && queue_.front().offset > 0) queue_.pop_front();  // the rest of the piece put back
  queue_.insert(queue_.begin(), again.begin(), again.end());
  sending_ = true;
  // Whoever refuses a message need not know that more of the package was to come.
  said_final_ = true;
}

void SessionPeer::take_status(const Command& status) {
  const int code = code_of(status.data);
  Sent* const sent = find_sent(status.msg_ref, status.cmd_ref);
  if (sent == nullptr) {
    // Statuses for commands that were put back answer a message refused as a whole.
    if (code != 401 && code != 407) {
      breach(fmt::format("Status {} for {} of message {}, command {}, which was not sent", code, status.cmd,
                         status.msg_ref, status.cmd_ref));
    }
    return;
  }
  if (sent->ask) {
    sent->answered = true;
    return;
  }
  if (trim(status.cmd) != sent->cmd) breach(fmt::format("Status for {} names {}", sent->cmd, status.cmd));
  sent->answered = brought_ = true;
  sent->status = code;
  if (sent->piece) {
    around_.exchange.status_in(who_, sent->cmd, sent->uri, code, "a piece");
    if (code == 213) return;
    // The rest will not be wanted.
    if (!queue_.empty() && queue_.front().offset > 0) queue_.pop_front();
    if (queue_.empty()) sending_ = false;
  } else {
    std::string_view target = status.target_refs.empty() ? std::string_view(sent->uri) : status.target_refs.front();
    around_.exchange.status_in(who_, sent->cmd, target, code, "");
  }
  const Expectation& expect = sent->work.command->expect;
  if (const std::optional<std::string> wrong = check_status(expect, code)) {
    around_.exchange.failure(who_, fmt::format("{} {}: {}", sent->cmd, sent->uri, *wrong));
  }
  // A user's answer comes with the Status of the alert.
  if (sent->cmd != "Alert" || status.items.empty()) return;
  Octets text;
  for (const Item& item : status.items) {
    if (!item.data) continue;
    if (!text.empty()) text.push_back('-');
    text.append(item.data->octets);
  }
  around_.exchange.results_in(who_, "user", "", text);
  if (const std::optional<std::string> wrong = check_result(expect, {text, "chr", "text/plain"}, around_.variables)) {
    around_.exchange.failure(who_, fmt::format("Alert {}: {}", sent->work.command->code, *wrong));
  }
  if (!expect.save.empty()) around_.variables.set(expect.save, text);
}

void SessionPeer::take_results(Draft& draft, const Message& message, const Command& results) {
  const std::string_view msg_ref = results.msg_ref.empty() ? std::string_view("1") : results.msg_ref;
  Sent* const sent = find_sent(msg_ref, results.cmd_ref);
  if (sent == nullptr || sent->cmd != "Get") {
    breach(fmt::format("Results for message {}, command {}, which was no Get", msg_ref, results.cmd_ref));
    return;
  }
  sent->results = brought_ = true;
  const Expectation& expect = sent->work.command->expect;
  bool first = true;
  for (const Item& item : results.items) {
    const std::string_view format = item.meta.format ? text_of(item.meta.format) : text_of(results.meta.format);
    const std::string_view type = item.meta.type ? text_of(item.meta.type) : text_of(results.meta.type);
    const Data data = item.data.value_or(Data{});
    if (item.more_data || !sent->collected.empty()) {
      sent->collected.append(data.octets);
      if (item.more_data) {
        around_.exchange.note(who_, "note",
                              fmt::format("Results {}: a piece of {} octets", sent->uri, data.octets.size()));
        draft.status({message.header.msg_id, results.cmd_id, "Results", {}, text_of(item.source)}, 213);
        piece_wanted_ = true;
        continue;
      }
    }
    const Octets value = sent->collected.empty() ? value_of(data.octets, data.opaque, format)
                                                 : value_of(sent->collected, data.opaque, format);
    sent->collected.clear();
    const std::string_view source = item.source ? text_of(item.source) : std::string_view(sent->uri);
    around_.exchange.results_in(who_, source, format, value);
    if (!first) continue;
    first = false;
    const ResultSeen seen{value, std::string(format.empty() ? "chr" : format),
                          std::string(type.empty() ? "text/plain" : type)};
    if (const std::optional<std::string> wrong = check_result(expect, seen, around_.variables)) {
      around_.exchange.failure(who_, fmt::format("Get {}: {}", sent->uri, *wrong));
    }
    if (!expect.save.empty()) around_.variables.set(expect.save, value);
  }
}

int SessionPeer::take_alert_piece(const Command& alert) {
  const Data data = alert.items.front().data.value_or(Data{});
  alert_pieces_.append(data.octets);
  around_.exchange.note(who_, "note", fmt::format("Alert: a piece of {} octets", data.octets.size()));
  piece_wanted_ = true;
  return 213;
}

int SessionPeer::take_alert(const Command& alert) {
  const std::string code(trim(alert.data));
  if (alert.items.size() == 1 && alert.items.front().more_data) return take_alert_piece(alert);
  if (code == "1222") {
    asked_ = true;
    return 200;
  }
  if (code == "1223") {
    aborted_ = true;
    around_.exchange.alert_in(who_, code, "", "", "", "");
    return 200;
  }
  brought_ = true;
  int status = 200;
  const std::size_t count = std::max<std::size_t>(1, alert.items.size());
  for (std::size_t i = 0; i < count; ++i) {
    static const Item kNone;
    const Item& item = i < alert.items.size() ? alert.items[i] : kNone;
    Data data = item.data.value_or(Data{});
    const Octets whole = std::exchange(alert_pieces_, {}) + Octets(data.octets);
    data.octets = whole;
    const std::string_view format = text_of(item.meta.format);
    AlertSeen seen{code,
                   std::string(text_of(item.meta.type)),
                   std::string(text_of(item.source)),
                   std::string(alert.correlator),
                   std::string(text_of(item.meta.mark)),
                   value_of(data.octets, data.opaque, format)};
    around_.exchange.alert_in(who_, code, seen.type, seen.source, seen.data, seen.correlator);
    std::optional<int> wanted = alerts_.offer(seen);
    if (!wanted) wanted = around_.alerts.offer(seen);
    status = wanted.value_or(status);
  }
  return status;
}

void SessionPeer::take_devinfo(const Command& replace) {
  const auto source_of = [](const Item& item) { return text_of(item.source ? item.source : item.target); };
  if (!replace.items.empty()) {
    around_.exchange.replace_in(who_, replace.items.size(), source_of(replace.items.front()));
  }
  std::map<std::string, std::string> seen;
  for (const Item& item : replace.items) {
    std::string_view uri = source_of(item);
    const std::size_t at = uri.find("DevInfo/");
    if (at == std::string_view::npos) {
      breach(fmt::format("Replace of {}, which is not below DevInfo", uri));
      continue;
    }
    seen[std::string(uri.substr(at + 8))] = std::string(item.data ? item.data->octets : std::string_view());
  }
  if (session_ == nullptr) return;
  for (const auto& [leaf, value] : session_->devinfo) {
    if (seen[leaf] != value) {
      around_.exchange.failure(who_, fmt::format("DevInfo/{} is \"{}\", expected \"{}\"", leaf, seen[leaf], value));
    }
  }
}

}  // namespace omadm::server
