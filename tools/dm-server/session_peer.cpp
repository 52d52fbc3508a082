#include "tools/dm-server/session_peer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/text.h"

namespace omadm::server {
namespace {

constexpr FaultKind kBefore[] = {FaultKind::http_status, FaultKind::redirect, FaultKind::redirect_loop,
                                 FaultKind::drop_request};

bool strikes_before(FaultKind kind) {
  return std::find(std::begin(kBefore), std::end(kBefore), kind) != std::end(kBefore);
}

const std::vector<AlertScript>& alerts_of(const SessionScript* session) {
  static const std::vector<AlertScript> kNone;
  return session == nullptr ? kNone : session->alerts;
}

}  // namespace

SessionPeer::SessionPeer(PeerSurroundings around, const AccountScript& account, Nonces& nonces,
                         const SessionScript* session, Label who)
    : around_(std::move(around)),
      account_(account),
      session_(session),
      who_(std::move(who)),
      auth_(account, nonces),
      alerts_(alerts_of(session), around_.variables) {
  if (session_ != nullptr) {
    for (const PackageScript& package : session_->packages) {
      faults_.push_back(package.faults);
      edits_.push_back(package.edits);
    }
  }
  around_.exchange.session_begins(who_, account_.name, session_ == nullptr ? "" : session_->name);
}

void SessionPeer::breach(std::string_view what) {
  if (around_.script.strict) {
    around_.exchange.failure(who_, what);
  } else {
    around_.exchange.note(who_, "note", what);
  }
}

std::size_t SessionPeer::package_at_hand() const noexcept {
  return sending_ && next_package_ > 0 ? next_package_ - 1 : next_package_;
}

// The fault of the package that is next to go out, when it has not struck often enough.
Fault* SessionPeer::armed_fault(bool before) {
  const std::size_t package = package_at_hand();
  if (package >= faults_.size()) return nullptr;
  for (Fault& fault : faults_[package]) {
    if (fault.times > 0 && strikes_before(fault.kind) == before) return &fault;
  }
  return nullptr;
}

PeerReply SessionPeer::receive(const PeerRequest& request, const Message& message) {
  if (repeats_ > 0) {
    --repeats_;
    around_.exchange.note(who_, "fault", "duplicate_message: the last message once more");
    return last_reply_;
  }
  if (!last_in_.empty() && request.body == last_in_) {
    around_.exchange.note(who_, "note", "the client repeats its message: the same answer again");
    PeerReply again = last_reply_;
    if (last_reply_.fault && --last_reply_.fault->times == 0) last_reply_.fault.reset();
    return again;
  }
  if (Fault* const fault = armed_fault(true)) {
    --fault->times;
    around_.exchange.note(who_, "fault", to_string(fault->kind));
    PeerReply reply;
    reply.fault = *fault;
    return reply;
  }
  last_in_ = request.body;
  const PeerAuth::Verdict verdict = auth_.check(message, request.hmac_header, request.body);
  around_.exchange.message_in(who_, message.header.msg_id, message.encoding, request.body.size(), verdict.text);
  check_header(message);
  last_reply_ = answer(message, verdict);
  PeerReply reply = last_reply_;
  if (last_reply_.fault && last_reply_.fault->times == 0) last_reply_.fault.reset();
  last_reply_.delay_ms = 0;
  return reply;
}

void SessionPeer::check_header(const Message& message) {
  const SyncHdr& header = message.header;
  if (header.ver_dtd != "1.2") breach(fmt::format("VerDTD {} instead of 1.2", header.ver_dtd));
  if (header.ver_proto != around_.script.version) {
    breach(fmt::format("VerProto {} instead of {}", header.ver_proto, around_.script.version));
  }
  const std::optional<std::uint64_t> msg_id = parse_unsigned(header.msg_id);
  if (!msg_id || *msg_id != last_in_msg_id_ + 1) {
    breach(fmt::format("MsgID {} after {}", header.msg_id, last_in_msg_id_));
  }
  last_in_msg_id_ = msg_id.value_or(last_in_msg_id_ + 1);
  const auto limit = [](const std::optional<std::string_view>& text, std::uint64_t& member) {
    if (text) member = parse_unsigned(trim(*text)).value_or(member);
  };
  limit(header.meta.max_msg_size, client_max_msg_size_);
  limit(header.meta.max_obj_size, client_max_obj_size_);
  if (message.commands.empty() && !message.final_message) breach("a message without commands and without Final");
}

void SessionPeer::write_header(Draft& draft, const Message& message) {
  Arena& arena = draft.arena();
  SyncHdr& header = draft.message().header;
  header.ver_dtd = "1.2";
  header.ver_proto = arena.copy(around_.script.version);
  header.session_id = arena.copy(message.header.session_id);
  header.msg_id = arena.copy(std::to_string(++out_msg_id_));
  header.target = arena.copy(message.header.source);
  header.source = arena.copy(message.header.target);
  if (around_.script.resp_uri) {
    header.resp_uri = arena.copy(around_.url + around_.script.path + "?s=" + who_.session_id);
  }
  if (around_.script.announce_sizes) {
    header.meta.max_msg_size = arena.copy(std::to_string(around_.script.max_msg_size));
    header.meta.max_obj_size = arena.copy(std::to_string(around_.script.max_obj_size));
  }
}

// PRO-057: no new command while the client's package goes on. While ours does as well, a client that owes nothing asks
// for the rest of it; one that leaves this out where it sends Results (PRO-053) is asked once in vain.
bool SessionPeer::more_is_due(const Message& message) const {
  if (sending_ || unfinished_) return piece_wanted_ || (brought_ && !asked_ && !message.final_message);
  return piece_wanted_ || !message.final_message;
}

PeerReply SessionPeer::answer(const Message& message, const PeerAuth::Verdict& verdict) {
  const Encoding encoding = around_.script.encoding.empty()    ? message.encoding
                            : around_.script.encoding == "xml" ? Encoding::xml
                                                               : Encoding::wbxml;
  Draft draft(encoding);
  package_ = package_at_hand();
  write_header(draft, message);
  Command& status = draft.status({message.header.msg_id, "0", "SyncHdr", message.header.target, message.header.source},
                                 verdict.status);
  if (verdict.challenge) {
    Meta challenge;
    challenge.format = "b64";
    challenge.type = meta_type(*verdict.challenge);
    if (!verdict.next_nonce.empty()) challenge.next_nonce = draft.arena().copy(verdict.next_nonce);
    status.chal = challenge;
  }
  if (!verdict.ok) {
    for (const Command& command : message.commands) {
      if (command.name == CommandName::status && command.cmd_ref == "0") take_header_status(command);
    }
    refuse_commands(draft, message, verdict.status);
    draft.message().final_message = true;
    PeerReply reply = finish(draft, true, nullptr);
    if (auth_.client_failures() >= around_.script.attempts) end(SessionEnding::unauthenticated);
    return reply;
  }
  take_commands(draft, message);
  if (aborted_) {
    draft.message().final_message = true;
    PeerReply reply = finish(draft, false, nullptr);
    end(SessionEnding::aborted);
    return reply;
  }
  if (refused_us_ || auth_.server_failures() >= around_.script.attempts) {
    draft.message().final_message = true;
    PeerReply reply = finish(draft, false, nullptr);
    end(SessionEnding::unauthenticated);
    return reply;
  }
  if (unfinished_ && message.final_message) breach("Final while the server's package goes on");
  if (more_is_due(message)) {
    Command more;
    more.name = CommandName::alert;
    more.cmd_id = draft.arena().copy(draft.next_cmd_id());
    more.data = "1222";
    more.has_data = true;
    Sent sent;
    sent.msg_id = out_msg_id_;
    sent.cmd_id = std::string(more.cmd_id);
    sent.cmd = "Alert";
    sent.ask = true;
    sent_.push_back(std::move(sent));
    around_.exchange.command_out(who_, "Alert", "", "1222, the next message please");
    draft.add(std::move(more));
    return finish(draft, false, nullptr);
  }
  if (sending_ && message.final_message && !said_final_) breach("Final while the server's package goes on");
  Fault* fault = armed_fault(false);
  const unsigned delay = next_package_ < package_count() && !sending_ ? session_->packages[next_package_].delay_ms : 0;
  if (!sending_) {
    close_package();
    load_package();
  }
  const bool goes_on = package_ < package_count() && !session_->packages[package_].final_message;
  const bool had_work = !queue_.empty() || goes_on;
  draft.message().final_message = fill(draft);
  sending_ = !draft.message().final_message;
  unfinished_ = !sending_ && goes_on;
  if (unfinished_) draft.message().final_message = false;
  if (fault != nullptr) --fault->times;
  PeerReply reply = finish(draft, false, fault);
  reply.delay_ms = delay;
  if (!had_work) end(SessionEnding::completed);
  return reply;
}

Octets SessionPeer::encoded(const Message& message) {
  if (package_ >= package_count()) return encode(message, message.encoding);
  Result<Octets> edited = encode_edited(message, edits_[package_], session_->packages[package_].wbxml_version);
  if (edited) return std::move(edited).value();
  around_.exchange.failure(who_, edited.error().detail);
  return encode(message, message.encoding);
}

PeerReply SessionPeer::finish(Draft& draft, bool refusing, const Fault* fault) {
  const std::optional<FaultKind> kind = fault == nullptr ? std::nullopt : std::optional<FaultKind>(fault->kind);
  Message& message = draft.message();
  said_final_ = message.final_message;
  auth_.sign(message, kind, refusing);
  if (fault != nullptr) {
    around_.exchange.note(who_, "fault", to_string(*kind));
    damage(draft, *fault);
  }
  PeerReply reply;
  reply.body = encoded(message);
  reply.content_type = std::string(media_type(message.encoding));
  if (kind == FaultKind::garbage) reply.body = random_octets(reply.body.size());
  reply.hmac_header = auth_.hmac_header(reply.body, kind);
  if (kind == FaultKind::duplicate_message) repeats_ = std::max(1U, fault->times + 1);
  if (fault != nullptr) reply.fault = *fault;
  around_.exchange.message_out(who_, message.header.msg_id, message.encoding, reply.body.size(), message.final_message);
  return reply;
}

void SessionPeer::end(SessionEnding ending) {
  if (ending_) return;
  ending_ = ending;
  constexpr std::string_view kNames[] = {"completed", "aborted", "silent", "unauthenticated", "any"};
  const auto name = [&](SessionEnding which) { return kNames[static_cast<std::size_t>(which)]; };
  for (const std::string& missing : alerts_.missing()) around_.exchange.failure(who_, missing);
  for (const std::vector<Edit>& edits : edits_) {
    for (const Edit& edit : edits) {
      if (!edit.made) around_.exchange.failure(who_, fmt::format("\"{}\" was not sent, nothing to edit", edit.from));
    }
  }
  const SessionEnding wanted = session_ == nullptr ? SessionEnding::any : session_->ends;
  if (wanted != SessionEnding::any && wanted != ending) {
    around_.exchange.failure(who_, fmt::format("the session ended {}, expected {}", name(ending), name(wanted)));
  }
  around_.exchange.session_ends(who_, name(ending));
}

}  // namespace omadm::server
