#include "syncml/session/session.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "syncml/codec/codec.h"
#include "syncml/session/live_reads.h"
#include "syncml/session/session_impl.h"

namespace omadm {
namespace {

constexpr std::string_view kVerDtd = "1.2";
constexpr unsigned kMaxRepeats = 3;              // of one received message
constexpr unsigned kMaxMessages = 100000;        // in one session: a server that never ends
constexpr std::size_t kMaxCommands = 1U << 14U;  // and Items in one message: each takes about a kilobyte of memory

std::string_view without_leading_zeros(std::string_view text) {
  const std::size_t first = text.find_first_not_of('0');
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

// PRO-033: octet-equal, or the same hexadecimal number.
bool same_session_id(std::string_view a, std::string_view b) {
  return a == b || equals_ignoring_case(without_leading_zeros(a), without_leading_zeros(b));
}

std::string_view scheme_of(std::string_view url) {
  const std::size_t end = url.find("://");
  return end == std::string_view::npos ? std::string_view() : url.substr(0, end);
}

}  // namespace

std::string_view ver_proto(DmVersion version) noexcept { return version == DmVersion::dm13 ? "DM/1.3" : "DM/1.2"; }

Session::Session(Tree& tree, SessionAccount account, SessionOptions options, SessionHost& host)
    : impl_(std::make_unique<Impl>(tree, std::move(account), std::move(options), host)) {}
Session::~Session() = default;
Result<Session::Step> Session::start() { return impl_->start(); }
Session::Step Session::receive(const InMessage& message) { return impl_->receive(message); }
Session::Step Session::answer_user(const UserAnswer& answer) { return impl_->answer_user(answer); }
Session::Step Session::resume() { return impl_->resume(); }
Session::Step Session::abort() { return impl_->abort(); }
Session::Step Session::abort_after(const InMessage& last) { return impl_->abort_after(last); }

Session::Impl::Impl(Tree& tree, SessionAccount account, SessionOptions options, SessionHost& host)
    : tree_(tree),
      account_(std::move(account)),
      options_(std::move(options)),
      host_(host),
      writer_(options_.encoding),
      runner_(tree, host, writer_, account_.server_id, options_),
      url_(account_.address) {}

Result<Session::Step> Session::Impl::start() {
  DM_TRY(client_.begin(account_, options_));
  DM_TRY(server_.begin(account_, options_));
  if (auto id = tree_.begin(Principal::device()).get(*Uri::parse("./DevInfo/DevId"))) device_id_ = std::move(id->data);
  open_message(true);
  put_package1();
  return close_message(true, false);
}

Session::Step Session::Impl::receive(const InMessage& in) {
  if (over_) return *over_;
  return let_go(take(in));
}

Session::Step Session::Impl::take(const InMessage& in) {
  ++received_;
  message_size_ = in.body.size();
  if (received_ > kMaxMessages) return end(SessionEnd::server_error, "the server does not come to an end");
  const auto encoding = encoding_of(in.content_type);
  if (!encoding) {
    return end(SessionEnd::server_error, "the answer is no DM message: Content-Type \"" + in.content_type + "\"");
  }
  if (in.body.size() > options_.max_msg_size) {
    return answer_unreadable(in, StatusCode::entity_too_large,
                             "the server's message has " + std::to_string(in.body.size()) +
                                 " octets, over the MaxMsgSize of " + std::to_string(options_.max_msg_size));
  }
  Limits limits;
  limits.max_octets = limits.max_text = options_.max_msg_size;
  limits.max_commands = kMaxCommands;
  auto decoded = decode(*encoding, in.body, limits);
  if (!decoded) {
    return answer_unreadable(in, StatusCode::bad_request, "the server's message: " + decoded.error().detail);
  }
  message_ = *std::move(decoded);
  const Message& message = message_;
  if (auto step = check_order(message)) return *std::move(step);
  if (auto step = take_header(message)) return *std::move(step);

  const ServerProof::Verdict verdict = server_.check(message.header, in);
  bool repeat = false;
  if (auto step = take_header_status(message, repeat)) return *std::move(step);
  if (auto step = check_version(message)) return *std::move(step);
  if (std::any_of(message.commands.begin(), message.commands.end(),
                  [](const Command& command) { return is_alert(command, "1223"); })) {
    if (ServerProof::trusted(verdict)) store_nonces();
    return end(SessionEnd::aborted, "the server aborted the session");  // PRO-072
  }
  return ServerProof::trusted(verdict) ? answer_trusted(message, verdict, repeat)
                                       : answer_untrusted(message, verdict, repeat);
}

// SessionID and MsgID (PRO-033, PRO-037).
std::optional<Session::Step> Session::Impl::check_order(const Message& message) {
  if (!same_session_id(trim(message.header.session_id), options_.session_id)) {
    return end(SessionEnd::server_error, "the answer belongs to another session");
  }
  const auto msg_id = parse_unsigned(trim(message.header.msg_id));
  if (!msg_id || *msg_id == 0) return end(SessionEnd::server_error, "the server's MsgID is no positive number");
  if (*msg_id <= in_msg_id_) {
    if (++repeats_ > kMaxRepeats) return end(SessionEnd::server_error, "the server keeps repeating a message");
    Step step;
    step.again = true;
    return step;
  }
  in_msg_id_ = *msg_id;
  return std::nullopt;
}

// Limits and the address of the next message (PRO-039, 040, 059, 061).
std::optional<Session::Step> Session::Impl::take_header(const Message& message) {
  const SyncHdr& header = message.header;
  if (header.meta.max_msg_size) {
    if (const auto size = parse_unsigned(trim(*header.meta.max_msg_size))) writer_.set_limit(*size);
  }
  if (header.meta.max_obj_size) {
    if (const auto size = parse_unsigned(trim(*header.meta.max_obj_size))) runner_.set_max_result(*size);
  }
  if (!header.resp_uri.empty()) {
    const std::string_view scheme = scheme_of(header.resp_uri);
    if (!equals_ignoring_case(scheme, "https") && !equals_ignoring_case(scheme, scheme_of(account_.address))) {
      return end(SessionEnd::server_error, "the server's RespURI is not an https address");
    }
    url_ = std::string(header.resp_uri);
  }
  return std::nullopt;
}

std::optional<Session::Step> Session::Impl::check_version(const Message& message) {
  const bool dtd = trim(message.header.ver_dtd) == kVerDtd;
  const std::string_view expected = ver_proto(options_.version);
  if (dtd && trim(message.header.ver_proto) == expected) return std::nullopt;
  // PRO-002, 003: say what is spoken here, and stop.
  open_message(false);
  put_header_status(message, dtd ? StatusCode::protocol_version_not_supported : StatusCode::dtd_version_not_supported,
                    std::nullopt, dtd ? expected : kVerDtd);
  Step step = close_message(true, false);
  if (step.result) return step;
  step.result = result(SessionEnd::unsupported, "the server speaks VerDTD " + std::string(message.header.ver_dtd) +
                                                    ", VerProto " + std::string(message.header.ver_proto));
  over_ = Step{std::nullopt, step.result, std::nullopt};
  return step;
}

// What the server says of our own header: versions and credentials.
std::optional<Session::Step> Session::Impl::take_header_status(const Message& message, bool& repeat) {
  const std::string last = std::to_string(out_msg_id_);
  for (const Command& status : message.commands) {
    if (status.name != CommandName::status || trim(status.cmd_ref) != "0") continue;
    if (!status.msg_ref.empty() && trim(status.msg_ref) != last) continue;
    const auto code = parse_unsigned(trim(status.data));
    if (!code) continue;
    if (*code == 505 || *code == 513) {
      Step step = end(SessionEnd::unsupported, "the server does not take this version of the protocol");
      for (const Item& item : status.items) {
        if (item.data) step.result->versions.emplace_back(trim(item.data->octets));
      }
      over_ = step;
      return step;
    }
    switch (client_.take_status(static_cast<int>(std::min<std::uint64_t>(*code, 999)),
                                status.chal ? &*status.chal : nullptr)) {
      case ClientProof::Verdict::challenge:
        repeat = true;
        break;
      case ClientProof::Verdict::failed:
        return end(SessionEnd::authentication, client_.failure());
      case ClientProof::Verdict::settled:
        if (*code >= 300 && *code != 401 && *code != 407) {
          return end(SessionEnd::server_error, "the server answered the message " + std::to_string(*code));
        }
        break;
    }
    return std::nullopt;
  }
  return std::nullopt;
}

void Session::Impl::store_nonces() {
  if (const auto nonce = client_.nonce_to_store()) host_.store_client_nonce(*nonce);
  if (const auto nonce = server_.nonce_to_store()) host_.store_server_nonce(*nonce);
}

void Session::Impl::take_alert_statuses(const Message& message) {
  const std::string last = std::to_string(out_msg_id_);
  for (const Command& status : message.commands) {
    if (status.name != CommandName::status) continue;
    if (trim(status.msg_ref) == last && writer_.is_open_chunk(trim(status.cmd_ref))) {
      const auto refusal = parse_unsigned(trim(status.data));
      if (!refusal || *refusal < 300 || *refusal == 401 || *refusal == 407) continue;
      const std::uint64_t id = writer_.drop_open_object();
      if (id != 0) host_.alert_answered(id, static_cast<int>(std::min<std::uint64_t>(*refusal, 999)));
      continue;
    }
    const auto sent = alerts_.find({std::string(trim(status.msg_ref)), std::string(trim(status.cmd_ref))});
    const auto code = parse_unsigned(trim(status.data));
    if (sent == alerts_.end() || !code) continue;
    host_.alert_answered(sent->second, static_cast<int>(std::min<std::uint64_t>(*code, 999)));
    alerts_.erase(sent);
  }
}

Session::Step Session::Impl::answer_trusted(const Message& message, ServerProof::Verdict verdict, bool repeat) {
  store_nonces();
  take_alert_statuses(message);
  if (message.final_message) package_final_ = true;
  const bool asks = std::any_of(message.commands.begin(), message.commands.end(), is_command);
  if (!asks && !repeat && !writer_.owes() && message.final_message && !runner_.expects_chunk()) {
    return end(SessionEnd::completed, {});  // PRO-022, 023
  }
  repeat_ = repeat && !aborting_;
  if (!aborting_ && !writer_.owes() && waits_for_values(message)) {
    waiting_ = verdict;
    Step step;
    step.waits = true;
    return step;
  }
  return run_trusted(message, verdict);
}

bool Session::Impl::waits_for_values(const Message& message) {
  if (!tree_.reads_slowly()) return false;
  values_ = tree_.fetch(Principal::server(account_.server_id), live_reads(message, tree_.uri_limits()),
                        [this] { host_.values_ready(); });
  return values_ != nullptr;
}

Session::Step Session::Impl::resume() {
  if (over_ || !waiting_) return over_.value_or(Step{});
  const ServerProof::Verdict verdict = *waiting_;
  waiting_.reset();
  return let_go(run_trusted(message_, verdict));
}

// What was kept for the message goes with it, unless the user is being asked.
Session::Step Session::Impl::let_go(Step step) {
  if (step.ask || step.waits) return step;
  message_ = Message();
  values_.reset();
  return step;
}

Session::Step Session::Impl::run_trusted(const Message& message, ServerProof::Verdict verdict) {
  const bool owes = writer_.owes();
  open_message(repeat_);
  const bool whole_session = verdict == ServerProof::Verdict::session;
  put_header_status(message, whole_session ? StatusCode::authentication_accepted : StatusCode::ok,
                    server_.challenge(verdict, header_arena_));
  if (aborting_) {
    runner_.refuse(message, StatusCode::not_executed);
    return close_aborting();
  }
  if (owes) {
    if (std::any_of(message.commands.begin(), message.commands.end(),
                    [](const Command& command) { return is_alert(command, "1225"); })) {
      writer_.object_lost();
    }
    runner_.run_while_owing(message);
    writer_.resume();
    return close_answer(true);
  }
  if (auto prompt = runner_.run(message)) {
    parked_ = true;
    return Step{std::nullopt, std::nullopt, std::move(prompt)};
  }
  return close_answer(false);
}

Session::Step Session::Impl::answer_user(const UserAnswer& answer) {
  if (over_ || !parked_) return over_.value_or(Step{});
  if (auto prompt = runner_.answer_user(answer)) return Step{std::nullopt, std::nullopt, std::move(prompt)};
  parked_ = false;
  return let_go(aborting_ ? close_aborting() : close_answer(false));
}

Session::Step Session::Impl::close_answer(bool owed_before) {
  if (repeat_) {
    put_package1();
  } else if (!owed_before) {
    put_owed_alerts();
  }
  return close_message(package_final_, !package_final_ && !writer_.owes());
}

// SEC-061 … 064: nothing is executed, everything gets the same answer.
Session::Step Session::Impl::answer_untrusted(const Message& message, ServerProof::Verdict verdict, bool repeat) {
  const bool asks = std::any_of(message.commands.begin(), message.commands.end(), is_command);
  if (!asks && !repeat) return end(SessionEnd::authentication, "the server did not authenticate itself");
  if (server_.exhausted()) {
    return end(SessionEnd::authentication, "the server's credentials are wrong, after repeated challenges");
  }
  StatusCode status = StatusCode::authentication_required;
  StatusCode header_status = status;
  if (verdict != ServerProof::Verdict::missing) status = header_status = StatusCode::invalid_credentials;
  if (verdict == ServerProof::Verdict::unsupported) header_status = StatusCode::optional_feature_not_supported;
  open_message(repeat && !aborting_);
  put_header_status(message, header_status, server_.challenge(verdict, header_arena_));
  runner_.refuse(message, status);
  if (aborting_) return close_aborting();
  if (repeat) put_package1();
  if (message.final_message) package_final_ = true;  // it stays so while a part of the answer is owed
  return close_message(package_final_, false);
}

// The header may still be readable: then the server learns why the session ends (PRO-062, PRO-088).
Session::Step Session::Impl::answer_unreadable(const InMessage& in, StatusCode status, const std::string& why) {
  Limits limits;
  limits.max_octets = std::max(in.body.size(), limits.max_octets);
  const auto header = decode_header(*encoding_of(in.content_type), in.body, limits);
  if (!header || !same_session_id(trim(header->header.session_id), options_.session_id)) {
    return end(SessionEnd::server_error, why);
  }
  open_message(false);
  put_header_status(*header, status, std::nullopt);
  Step step = close_message(true, false);
  if (step.result) return step;
  step.result = result(SessionEnd::server_error, why);
  over_ = Step{std::nullopt, step.result, std::nullopt};
  return step;
}

Session::Step Session::Impl::abort() {
  if (over_) return *over_;
  aborting_ = true;
  if (waiting_) {
    repeat_ = false;
    return resume();
  }
  if (parked_) {
    runner_.stop_package();
    return answer_user({UserAnswer::Kind::cancelled, {}, {}});
  }
  open_message(false);
  return close_aborting();
}

Session::Step Session::Impl::abort_after(const InMessage& last) {
  aborting_ = true;
  return receive(last);
}

// The message that is open, its Statuses in place, becomes the last one (PRO-070, 071).
Session::Step Session::Impl::close_aborting() {
  Command alert;
  alert.name = CommandName::alert;
  alert.data = "1223";
  alert.has_data = true;
  writer_.put_now(alert);
  writer_.resume_whole();
  writer_.drop_kept();
  Step step = close_message(true, false);
  if (step.result) return step;
  step.result = result(SessionEnd::aborted, "the client aborted the session");
  over_ = Step{std::nullopt, step.result, std::nullopt};
  return step;
}

SessionResult Session::Impl::result(SessionEnd how, std::string detail) const {
  SessionResult outcome;
  outcome.end = how;
  outcome.detail = std::move(detail);
  outcome.client_auth = client_.accepted_as();
  outcome.server_auth = server_.proven_as();
  outcome.messages_sent = out_msg_id_;
  outcome.messages_received = received_;
  return outcome;
}

Session::Step Session::Impl::end(SessionEnd how, std::string detail) {
  Step step;
  step.result = result(how, std::move(detail));
  const auto flushed = tree_.flush();
  if (!flushed && how == SessionEnd::completed) {
    step.result = result(SessionEnd::aborted, "the tree could not be made durable: " + flushed.error().detail);
  }
  over_ = step;
  return step;
}

}  // namespace omadm
