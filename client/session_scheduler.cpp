#include "client/session_scheduler.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "bootstrap/account_origin.h"
#include "client/http_retry.h"
#include "client/private_area.h"

namespace omadm {
namespace {

const RetryConfig kTriggerRetry{kTriggerAttempts, std::chrono::minutes(1), 4.0, std::chrono::hours(12)};
const RetryConfig kOwedRetry{0, std::chrono::minutes(1), 2.0, std::chrono::hours(1)};

constexpr std::string_view kTransportFailed = "transport failed";

std::string_view result_word(const SessionReport& report) {
  if (!report.error) return "completed";
  if (report.error->code == Errc::authentication) return "authentication failed";
  if (report.error->code == Errc::transport || report.error->code == Errc::timed_out) return kTransportFailed;
  return report.result.end == SessionEnd::aborted ? "aborted" : "failed";
}

std::optional<AuthType> auth_type_from_word(std::string_view word) {
  for (const AuthType type : {AuthType::basic, AuthType::md5, AuthType::mac, AuthType::transport}) {
    if (to_string(type) == word) return type;
  }
  return std::nullopt;
}

std::optional<DmVersion> version_from(std::string_view ver_proto_text) {
  for (const DmVersion version : {DmVersion::dm12, DmVersion::dm13}) {
    if (ver_proto(version) == ver_proto_text) return version;
  }
  return std::nullopt;
}

bool is_transport(const std::optional<Error>& error) {
  return error && (error->code == Errc::transport || error->code == Errc::timed_out);
}

}  // namespace

SessionScheduler::SessionScheduler(const SessionSurroundings& surroundings, TriggerNoted trigger_noted)
    : at_(surroundings), trigger_noted_(std::move(trigger_noted)) {}

Result<void> SessionScheduler::request(const std::string& server_id, SessionCause cause, Client::SessionDone done) {
  if (stopping_) return Error{Errc::cancelled, "the client is stopping"};
  if (!find_account(at_.tree, server_id)) {
    std::string detail = "no account of server \"" + server_id + "\"";
    for (const std::string& problem : read_accounts(at_.tree).problems) detail += "; " + problem;
    return Error{Errc::not_found, detail};
  }
  Job job;
  job.server_id = server_id;
  job.triggered = cause == SessionCause::server;
  job.done = std::move(done);
  enqueue(std::move(job));
  return {};
}

void SessionScheduler::request_triggered(const TriggeredSession& trigger, Client::SessionDone done) {
  Job job;
  job.server_id = trigger.server_id;
  job.triggered = job.notified = true;
  job.default_nonce = trigger.default_nonce;
  job.session_id = trigger.session_id;
  job.attempts = trigger.attempts;
  job.done = std::move(done);
  if (trigger.delay.count() > 0) return enqueue_after(trigger.delay, std::move(job));
  enqueue(std::move(job));
}

void SessionScheduler::alerts_owed() {
  for (const std::string& server_id : at_.alerts.servers()) owe_session(server_id);
}

// UTC, seconds; 0: never.
std::int64_t SessionScheduler::last_met(const std::string& server_id) const {
  return parse_signed(ServerNotes(at_.tree, server_id).get("met")).value_or(0);
}

// Servers of a local link have their turn while no other can be reached (MCPTT-014).
bool SessionScheduler::stands_back(const std::string& server_id) const {
  const Transaction transaction = at_.tree.begin(Principal::device());
  const auto offline = [&](const std::string& server) {
    const std::optional<AccountOrigin> origin = account_origin(transaction, server);
    return origin && origin->offline;
  };
  if (!offline(server_id)) return false;
  const auto accounts = read_accounts(at_.tree).accounts;
  return std::any_of(accounts.begin(), accounts.end(), [&](const Account& account) {
    return !offline(account.server_id) && ServerNotes(at_.tree, account.server_id).get("result") != kTransportFailed;
  });
}

void SessionScheduler::poll() {
  poll_timer_.reset();
  const std::int64_t interval = at_.config.poll_interval.count();
  if (interval <= 0 || stopping_) return;
  const std::int64_t now = at_.loop.clock().utc_seconds();
  std::int64_t next = interval;
  for (const Account& account : read_accounts(at_.tree).accounts) {
    if (stands_back(account.server_id)) continue;
    const std::int64_t since = now - last_met(account.server_id);
    // A clock that was set back says nothing about how long ago it was.
    if (since >= interval || since < 0) {
      owe_session(account.server_id);
    } else {
      next = std::min(next, interval - since);
    }
  }
  poll_timer_ = at_.loop.after(std::chrono::seconds(next), [this] { poll(); });
}

void SessionScheduler::owe_session(const std::string& server_id) {
  const bool runs = current_ && current_->server_id == server_id;
  const bool queued =
      std::any_of(queue_.begin(), queue_.end(), [&](const Job& job) { return job.server_id == server_id; });
  // The session that runs is asked for alerts before each package, and looked at again when it ends.
  if (stopping_ || runs || queued || !find_account(at_.tree, server_id)) return;
  Job job;
  job.server_id = server_id;
  enqueue(std::move(job));
}

bool SessionScheduler::knows_session(std::string_view server_id, std::string_view session_id) const {
  const auto is_it = [&](const Job& job) { return job.server_id == server_id && job.session_id == session_id; };
  return (current_ && is_it(*current_)) || std::any_of(queue_.begin(), queue_.end(), is_it) ||
         std::any_of(waiting_.begin(), waiting_.end(), [&](const auto& entry) { return is_it(entry.second.job); });
}

std::vector<std::string> SessionScheduler::queued() const {
  std::vector<std::string> ids;
  if (current_ && !runner_) ids.push_back(current_->server_id);
  for (const Job& job : queue_) ids.push_back(job.server_id);
  return ids;
}

void SessionScheduler::stop(std::function<void()> stopped) {
  stopping_ = true;
  stopped_ = std::move(stopped);
  poll_timer_.reset();
  owed_.clear();
  for (Job& job : std::exchange(queue_, {})) cancel(std::move(job));
  for (auto& [number, waiting] : std::exchange(waiting_, {})) cancel(std::move(waiting.job));
  if (runner_) return runner_->abort();
  if (current_) cancel(*std::exchange(current_, std::nullopt));
  tell_stopped();
}

void SessionScheduler::cancel(Job job) {
  SessionReport report;
  report.server_id = job.server_id;
  report.session_id = job.session_id;
  report.result.end = SessionEnd::aborted;
  report.error = Error{Errc::cancelled, "the client was stopped before the session began"};
  tell(std::move(job.done), std::move(report));
}

void SessionScheduler::tell_stopped() {
  start_timer_ = at_.loop.after({}, [this] {
    if (const auto stopped = std::exchange(stopped_, nullptr)) stopped();
  });
}

void SessionScheduler::enqueue(Job job) {
  queue_.push_back(std::move(job));
  start_next();
}

void SessionScheduler::enqueue_after(std::chrono::milliseconds delay, Job job) {
  const std::uint64_t number = next_waiting_++;
  auto timer = at_.loop.after(delay, [this, number] {
    auto node = waiting_.extract(number);
    enqueue(std::move(node.mapped().job));
  });
  waiting_.emplace(number, Waiting{std::move(timer), std::move(job)});
}

void SessionScheduler::start_next() {
  if (runner_ || current_ || stopping_ || queue_.empty()) return;
  current_ = std::move(queue_.front());
  queue_.pop_front();
  start_timer_ = at_.loop.after({}, [this] { start(std::move(*current_)); });
}

SessionOrder SessionScheduler::order_for(const Job& job, Account account) {
  const ServerNotes notes(at_.tree, job.server_id);
  SessionOrder order;
  order.account = std::move(account);
  order.session_id = job.session_id;
  order.answers_trigger = job.triggered;
  order.default_nonce = job.default_nonce;
  // What a server once refused is not tried again: its version is remembered (D13-004).
  order.version = job.version.value_or(version_from(notes.get("version")).value_or(at_.config.version));
  order.negotiated = auth_type_from_word(notes.get("auth"));
  if (Octets issued = notes.get(kIssuedNonce); !issued.empty()) order.issued = std::move(issued);
  return order;
}

void SessionScheduler::start(Job job) {
  SessionReport failed;
  failed.server_id = job.server_id;
  auto account = find_account(at_.tree, job.server_id);
  if (!account) failed.error = Error{Errc::not_found, "the account of server \"" + job.server_id + "\" is gone"};
  if (account && job.session_id.empty()) {
    auto id = next_session_id(at_.tree);
    if (id) job.session_id = std::move(*id);
    if (!id) failed.error = std::move(id).error();
  }
  if (failed.error) {
    failed.session_id = job.session_id;
    failed.result.end = SessionEnd::server_error;
    current_.reset();
    tell(std::move(job.done), std::move(failed));
    return start_next();
  }
  note_trigger(job, kTriggerAttempts - job.attempts - 1);
  SessionOrder order = order_for(job, std::move(*account));
  at_.log.write(LogLevel::info, fmt::format("session {} with {} begins", job.session_id, job.server_id));
  current_ = std::move(job);
  runner_ = std::make_unique<SessionRunner>(at_, std::move(order),
                                            [this](SessionReport report) { ended(std::move(report)); });
}

void SessionScheduler::ended(SessionReport report) {
  const AlertQueue::Id offered = runner_->offered_alerts();
  const DmVersion version = runner_->order().version;
  if (!stopping_ && retried_with_other_version(report)) return;
  runner_.reset();
  Job job = std::move(*current_);
  current_.reset();
  at_.log.write(report.error ? LogLevel::warning : LogLevel::info,
                fmt::format("session {} with {}: {}{}{}", report.session_id, report.server_id, result_word(report),
                            report.error ? ": " : "", report.error ? report.error->detail : ""));
  const bool again = job.notified && is_transport(report.error) && job.attempts + 1 < kTriggerAttempts;
  // One cut short by stop() goes on after a restart.
  if (!again && !(stopping_ && report.error)) note_trigger(job, 0);
  remember(report, version);
  if (stopping_) {
    tell(std::move(job.done), std::move(report));
    return tell_stopped();
  }
  if (again) {
    Job repeated = job;
    repeated.done = nullptr;
    ++repeated.attempts;
    enqueue_after(back_off(kTriggerRetry, job.attempts), std::move(repeated));
  }
  see_to_owed(report, offered);
  if (is_transport(report.error)) poll();  // maybe it is the turn of a server that stood back
  tell(std::move(job.done), std::move(report));
  start_next();
}

bool SessionScheduler::retried_with_other_version(const SessionReport& report) {
  if (report.result.end != SessionEnd::unsupported || current_->version) return false;
  const DmVersion used = runner_->order().version;
  std::optional<DmVersion> other;
  for (const std::string& offered : report.result.versions) {
    const auto version = version_from(offered);
    if (version && *version != used && (!other || *version > *other)) other = version;
  }
  if (!other && used != DmVersion::dm12) other = DmVersion::dm12;
  if (!other) return false;
  at_.log.write(LogLevel::notice, fmt::format("{} refuses {}; one more session with {}", report.server_id,
                                              ver_proto(used), ver_proto(*other)));
  Job job = std::move(*current_);
  job.version = other;
  if (!job.notified) job.session_id.clear();  // a new session; a trigger's id stays (PRO-031)
  runner_.reset();
  start(std::move(job));
  return true;
}

void SessionScheduler::remember(const SessionReport& report, DmVersion version) {
  ServerNotes notes(at_.tree, report.server_id);
  const std::int64_t now = at_.loop.clock().utc_seconds();
  std::vector<std::pair<std::string_view, std::string>> values = {
      {"time", rfc3339(now)}, {"met", std::to_string(now)}, {"result", std::string(result_word(report))}};
  if (report.result.client_auth != AuthType::none) values.emplace_back("auth", to_string(report.result.client_auth));
  if (!report.error && version != at_.config.version) values.emplace_back("version", ver_proto(version));
  auto stored = notes.set(values);
  if (stored) stored = at_.tree.flush();
  if (!stored) at_.log.write(LogLevel::error, "the session's result could not be stored: " + stored.error().detail);
}

// An alert that came up during the session gets its own at once. One that the server was sent and did
// not answer (PRO-106), or could not be sent, waits longer each time.
void SessionScheduler::see_to_owed(const SessionReport& report, AlertQueue::Id offered) {
  const auto alerts = at_.alerts.owed_to(report.server_id);
  if (alerts.empty()) {
    owed_.erase(report.server_id);
    return;
  }
  if (!report.error && alerts.back().first > offered) return owe_session(report.server_id);
  Owed& owed = owed_[report.server_id];
  owed.timer = at_.loop.after(back_off(kOwedRetry, owed.failures++),
                              [this, server_id = report.server_id] { owe_session(server_id); });
}

void SessionScheduler::note_trigger(const Job& job, unsigned left) const {
  if (job.notified) trigger_noted_(job.server_id, job.session_id, left);
}

void SessionScheduler::tell(Client::SessionDone done, SessionReport report) {
  if (!done) return;
  ++untold_;
  at_.loop.post([this, done = std::move(done), report = std::move(report)] {
    --untold_;
    done(report);
  });
}

}  // namespace omadm
