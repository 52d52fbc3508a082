// The server's packages: from the script into messages no larger than the client takes.
#include <fmt/format.h>

#include <algorithm>

#include "tools/dm-server/expectation.h"
#include "tools/dm-server/session_peer.h"

namespace omadm::server {
namespace {

constexpr std::size_t kSlack = 48;              // page switches
constexpr std::size_t kCredentialOctets = 160;  // Cred
constexpr std::size_t kChallengeOctets = 260;   // Chal in XML, with its namespaces
constexpr std::size_t kSmallestPiece = 16;

std::string uri_of(const CommandScript& command) {
  if (command.items.empty()) return {};
  return command.items.front().uri.empty() ? command.items.front().source : command.items.front().uri;
}

bool may_be_cut(const CommandScript& command) {
  return command.items.size() == 1 && command.items.front().data && command.children.empty() &&
         command.name != CommandName::alert;
}

Command sequence_of(Draft& draft, unsigned depth) {
  Command outer;
  outer.name = CommandName::sequence;
  outer.cmd_id = draft.arena().copy(draft.next_cmd_id());
  if (depth > 1) outer.children.push_back(sequence_of(draft, depth - 1));
  return outer;
}

}  // namespace

// Everything sent so far is due to have been answered.
void SessionPeer::close_package() {
  for (const Sent& sent : sent_) {
    if (sent.ask) continue;
    if (!sent.answered) {
      around_.exchange.failure(who_, fmt::format("no Status for {} {}", sent.cmd, sent.uri));
      continue;
    }
    if (sent.cmd == "Get" && sent.status == 200 && !sent.results) breach("no Results for Get " + sent.uri);
    if (sent.cmd == "Get" && !sent.results && expects_result(sent.work.command->expect)) {
      around_.exchange.failure(who_, fmt::format("Get {}: no data", sent.uri));
    }
  }
  sent_.clear();
}

void SessionPeer::load_package() {
  if (!queue_.empty() || next_package_ >= package_count()) return;
  const PackageScript& package = session_->packages[next_package_];
  ++next_package_;
  for (const CommandScript& command : package.commands) {
    queue_.push_back(Work{std::make_shared<const CommandScript>(resolved(command)), 0});
  }
}

CommandScript SessionPeer::resolved(const CommandScript& command) {
  CommandScript out = command;
  const auto expand = [&](std::string& text) {
    Result<std::string> value = around_.variables.expand(text);
    if (value) {
      text = std::move(value).value();
    } else {
      around_.exchange.failure(who_, value.error().detail);
    }
  };
  expand(out.correlator);
  for (ItemScript& item : out.items) {
    expand(item.uri);
    expand(item.source);
    if (item.data && item.format != "bin" && item.format != "b64") expand(*item.data);
  }
  for (CommandScript& child : out.children) child = resolved(child);
  return out;
}

void SessionPeer::note_sent(const Command& command, const CommandScript& script, const Work& work, bool top,
                            bool piece) {
  Sent sent;
  sent.work = top ? work : Work{std::make_shared<const CommandScript>(script), 0};
  sent.msg_id = out_msg_id_;
  sent.cmd_id = std::string(command.cmd_id);
  sent.cmd = std::string(to_string(command.name));
  sent.uri = uri_of(script);
  sent.top = top;
  sent.piece = piece;
  std::string extra = script.code;
  if (!script.correlator.empty()) extra = "correlator " + script.correlator;
  if (piece || work.offset > 0) extra = fmt::format("a piece from octet {}", work.offset);
  around_.exchange.command_out(who_, sent.cmd, sent.uri, extra);
  sent_.push_back(std::move(sent));
  for (std::size_t i = 0; i < command.children.size() && i < script.children.size(); ++i) {
    note_sent(command.children[i], script.children[i], work, false, false);
  }
}

bool SessionPeer::fill(Draft& draft) {
  std::uint64_t limit = around_.script.max_msg_size;
  if (client_max_msg_size_ != 0) limit = std::min(limit, client_max_msg_size_);
  const std::size_t fixed = draft.header_octets() + kSlack + kCredentialOctets;
  const std::size_t budget = limit > fixed ? limit - fixed : 0;
  bool empty = true;
  while (!queue_.empty()) {
    Work& work = queue_.front();
    const bool wants_pieces =
        may_be_cut(*work.command) &&
        (work.command->chunk != 0 || wire_size(work.command->items.front(), draft.message().encoding) > budget);
    if (!wants_pieces && work.offset == 0) {
      Command command = build_command(draft, *work.command, Cut{});
      if (draft.octets() + draft.octets_of(command) <= budget || (empty && !may_be_cut(*work.command))) {
        note_sent(command, *work.command, work, true, false);
        draft.add(std::move(command));
        queue_.pop_front();
        empty = false;
        continue;
      }
    }
    // A new object begins in a message of its own.
    if (!empty) return false;
    // What is cut leaves room for everything that may come into the header.
    if (!fill_piece(draft, budget - std::min(budget, kChallengeOctets))) return false;
    empty = false;
  }
  return true;
}

// Sends as much of the front command's data as fits. True: that was the last of it.
bool SessionPeer::fill_piece(Draft& draft, std::size_t budget) {
  Work& work = queue_.front();
  const std::size_t total = wire_size(work.command->items.front(), draft.message().encoding);
  std::size_t count = std::min(total - work.offset, std::max(budget, kSmallestPiece));
  if (work.command->chunk != 0) count = std::min<std::size_t>(count, work.command->chunk);
  while (true) {
    const bool more = work.offset + count < total;
    const bool in_pieces = more || work.offset > 0;
    const Cut cut{work.offset, count, more, in_pieces && work.offset == 0 ? total : 0};
    Command command = build_command(draft, *work.command, cut);
    const std::size_t octets = draft.octets() + draft.octets_of(command);
    if (octets > budget && count > kSmallestPiece) {
      count = count - std::min(count - kSmallestPiece, std::max<std::size_t>(octets - budget, 1));
      continue;
    }
    note_sent(command, *work.command, work, true, more);
    draft.add(std::move(command));
    if (!more) {
      queue_.pop_front();
      return true;
    }
    work.offset += count;
    return false;
  }
}

void SessionPeer::damage(Draft& draft, const Fault& fault) {
  Message& message = draft.message();
  if (fault.kind == FaultKind::wrong_session_id) {
    message.header.session_id = message.header.session_id == "FFFE" ? "FFFD" : "FFFE";
  }
  if (fault.kind == FaultKind::oversize && !message.commands.empty()) {
    const std::uint64_t size = fault.octets != 0 ? fault.octets : client_max_msg_size_ + 1024;
    Item padding;
    padding.data = Data{draft.arena().copy(std::string(size, 'x')), false};
    message.commands.front().items.push_back(padding);
  }
  if (fault.kind == FaultKind::deep_nesting) message.commands.push_back(sequence_of(draft, std::max(1U, fault.depth)));
}

}  // namespace omadm::server
