#include "client/session_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "client/adapters.h"
#include "client/http_retry.h"
#include "client/private_area.h"
#include "client/trace_mask.h"
#include "dmtree/tnds/mo_id.h"

namespace omadm {
namespace {

constexpr std::string_view kDmTypes[] = {"application/vnd.syncml.dm+wbxml", "application/vnd.syncml.dm+xml"};

bool is_dm_type(const std::string& type) {
  return std::find(std::begin(kDmTypes), std::end(kDmTypes), type) != std::end(kDmTypes);
}

std::optional<Error> error_of(const SessionResult& result) {
  switch (result.end) {
    case SessionEnd::completed:
      return std::nullopt;
    case SessionEnd::aborted:
      return Error{Errc::failed, result.detail.empty() ? "the session was aborted" : result.detail};
    case SessionEnd::server_error:
      return Error{Errc::failed, result.detail};
    case SessionEnd::authentication:
      return Error{Errc::authentication, result.detail};
    case SessionEnd::unsupported:
      return Error{Errc::failed, result.detail};
  }
  return Error{Errc::failed, result.detail};
}

}  // namespace

SessionRunner::SessionRunner(const SessionSurroundings& surroundings, SessionOrder order, Done done)
    : at_(surroundings),
      config_(surroundings.config),
      order_(std::move(order)),
      done_(std::move(done)),
      urls_(account_urls(order_.account)) {
  report_.server_id = order_.account.server_id;
  report_.session_id = order_.session_id;
  later({}, &SessionRunner::begin);
}

SessionRunner::~SessionRunner() = default;

void SessionRunner::later(std::chrono::milliseconds delay, void (SessionRunner::*step)()) {
  timer_ = at_.loop.after(delay, [this, step] { (this->*step)(); });
}

void SessionRunner::abort() {
  abort_wanted_ = true;
  if (question_) {
    question_.reset();
    return take(session_->abort());
  }
  if (pausing_) cancelled();
}

void SessionRunner::begin() {
  if (urls_.empty()) return finish(Error{Errc::incomplete, "the account has no address (AppAddr)"}, {});
  const std::string& url = urls_[url_];
  if (auto refused = refused_url(url)) return finish(std::move(refused), {});
  if (wants_client_certificate(order_.account) && (config_.tls.client_cert.empty() || url_scheme(url) != "https")) {
    return finish(Error{Errc::authentication, "account " + order_.account.server_id +
                                                  " authenticates this client by its TLS certificate (TRANSPORT), and "
                                                  "there is none; set [tls] client_cert and use https"},
                  {});
  }
  SessionOptions options;
  options.session_id = order_.session_id;
  options.answers_trigger = order_.answers_trigger;
  options.default_nonce = order_.default_nonce;
  options.encoding = config_.encoding;
  options.version = order_.version;
  options.max_msg_size = config_.max_msg_size;
  options.max_obj_size = config_.max_obj_size;
  options.limits_files = config_.limits_files;
  options.min_client_auth = config_.min_client_auth;
  options.allow_basic = config_.allow_basic;
  options.transport_authenticates_server = url_scheme(url) == "https";
  options.user_present = at_.user != nullptr && at_.user->present();
  SessionAccount account = session_account(order_.account, url, order_.negotiated);
  account.issued = order_.issued;
  session_ = std::make_unique<Session>(at_.tree, std::move(account), options, *this);
  auto step = session_->start();
  if (!step) return finish(std::move(step).error(), {});
  take(std::move(*step));
}

void SessionRunner::take(Session::Step step) {
  if (step.ask) return ask(*step.ask);
  if (!step.send && !step.again) return finish(std::nullopt, step.result.value_or(SessionResult{}));
  if (step.send) {
    out_ = std::move(*step.send);
    body_ = std::make_shared<const Octets>(std::move(out_.body));
  }
  farewell_ = std::move(step.result);
  repeats_ = 0;
  transmit();
}

void SessionRunner::ask(const UserPrompt& prompt) {
  if (at_.user == nullptr) return take(session_->answer_user({UserAnswer::Kind::no_user, {}, {}}));
  question_ =
      std::make_unique<UserQuestion>(at_.loop, *at_.user, prompt, config_.user_timeout, [this](const UserAnswer& said) {
        question_.reset();
        take(session_->answer_user(said));
      });
}

// PRO-040: where a server sends us must be as safe as where the account says.
std::optional<Error> SessionRunner::refused_url(const std::string& url) const {
  const std::string scheme = url_scheme(url);
  if (scheme == "https" || (scheme == "http" && config_.allow_http)) return std::nullopt;
  if (scheme == "http") {
    return Error{Errc::not_allowed,
                 url + ": http without TLS is not allowed; use https, or set [security] allow_http = true"};
  }
  return Error{Errc::not_allowed, url + ": not an https address"};
}

void SessionRunner::transmit() {
  pausing_ = false;
  if (auto refused = refused_url(out_.url)) {
    return farewell_ ? finish(std::nullopt, std::move(*farewell_)) : finish(std::move(refused), {});
  }
  HttpRequest request;
  request.url = out_.url;
  request.headers = {{"Content-Type", std::string(out_.content_type)},
                     {"Accept", std::string(out_.accept)},
                     {"Accept-Charset", "UTF-8"},
                     {"Cache-Control", "no-store"},
                     {"User-Agent", std::string(kUserAgent)}};
  if (out_.hmac_header) request.headers.emplace_back(std::string(kHmacHeaderName), *out_.hmac_header);
  request.shared_body = body_;
  request.tls = config_.tls;
  request.allow_http = config_.allow_http;
  request.connect_timeout = std::min(request.connect_timeout, config_.timeout);
  request.idle_timeout = config_.timeout;
  // Room for the session to see that a message is over the announced size and to answer so (PRO-062).
  request.max_body = 2ULL * config_.max_msg_size + 65536;
  if (auto set = set_http_credentials(request, order_.account, config_.allow_basic); !set) {
    return farewell_ ? finish(std::nullopt, std::move(*farewell_)) : finish(std::move(set).error(), {});
  }
  if (repeats_ == 0) {
    ++report_.result.messages_sent;
    trace(true, out_.content_type, *body_);
  }
  call_ = at_.http.send(std::move(request), nullptr, [this](Result<HttpResponse> response) {
    // The call must not be destroyed inside its own callback.
    response_.emplace(std::move(response));
    later({}, &SessionRunner::answer_arrived);
  });
}

void SessionRunner::answer_arrived() {
  call_.reset();
  Result<HttpResponse> response = std::move(*response_);
  response_.reset();
  if (farewell_) return finish(std::nullopt, std::move(*farewell_));
  if (!response) return retry_or_fail(response.error(), std::nullopt);
  if (worth_repeating(*response)) {
    return retry_or_fail(http_error(*response), retry_after(*response, at_.loop.clock().utc_seconds()));
  }
  if (response->status != 200) {
    Error error = http_error(*response);
    // To whoever asked for the session, a missing page is a server that cannot be reached.
    if (error.code == Errc::not_found) error.code = Errc::transport;
    return finish(std::move(error), {});
  }
  if (!is_dm_type(response->content_type()) || response->body.empty()) {
    return finish(
        Error{Errc::transport, fmt::format("{} answered with {} octets of type \"{}\", which is no DM message",
                                           response->url, response->body.size(), response->content_type())},
        {});
  }
  accept(*std::move(response));
}

void SessionRunner::accept(HttpResponse response) {
  answered_ = true;
  ++report_.result.messages_received;
  message_ = std::move(response);
  const std::string hmac = message_.header(kHmacHeaderName);
  const InMessage message{message_.header("Content-Type"), hmac.empty() ? std::nullopt : std::optional(hmac),
                          message_.body};
  processed(abort_wanted_ ? session_->abort_after(message) : session_->receive(message));
}

void SessionRunner::processed(Session::Step step) {
  if (step.waits) return;
  // After the message was processed, so that the secrets it brought are known and can be masked.
  trace(false, message_.header("Content-Type"), message_.body);
  message_ = {};
  message_.body.shrink_to_fit();  // a string that is assigned to keeps its memory
  take(std::move(step));
}

// Called by what goes away when the session goes on: not within the call.
void SessionRunner::values_ready() { later({}, &SessionRunner::go_on); }

void SessionRunner::go_on() { processed(abort_wanted_ ? session_->abort() : session_->resume()); }

void SessionRunner::retry_or_fail(Error error, std::optional<std::chrono::milliseconds> wait) {
  if (abort_wanted_) return cancelled();
  if (worth_repeating(error) && repeats_ < config_.retry.count) {
    const auto delay = wait.value_or(back_off(config_.retry, repeats_));
    ++repeats_;
    pausing_ = true;
    at_.log.write(LogLevel::info, fmt::format("{}; trying again in {} ms", error.detail, delay.count()));
    return later(delay, &SessionRunner::transmit);
  }
  if (!answered_ && worth_repeating(error) && url_ + 1 < urls_.size()) {
    at_.log.write(LogLevel::notice, fmt::format("{}; trying the next address of the account", error.detail));
    ++url_;
    pausing_ = true;
    return later({}, &SessionRunner::begin);
  }
  finish(std::move(error), {});
}

void SessionRunner::cancelled() {
  SessionResult result;
  result.end = SessionEnd::aborted;
  finish(Error{Errc::cancelled, "the client was stopped"}, std::move(result));
}

void SessionRunner::finish(std::optional<Error> error, SessionResult result) {
  pausing_ = false;
  const SessionResult counted = std::exchange(report_.result, std::move(result));
  report_.result.messages_sent = std::max(report_.result.messages_sent, counted.messages_sent);
  report_.result.messages_received = std::max(report_.result.messages_received, counted.messages_received);
  report_.error = error ? std::move(error) : error_of(report_.result);
  if (report_.error && report_.result.end == SessionEnd::completed) report_.result.end = SessionEnd::server_error;
  if (auto flushed = at_.tree.flush(); !flushed && !report_.error) report_.error = std::move(flushed).error();
  // On the loop, and out of whatever called us: `done_` may destroy this.
  timer_ = at_.loop.after({}, [this] {
    const Done done = std::move(done_);
    done(std::move(report_));
  });
}

void SessionRunner::trace(bool outgoing, std::string_view content_type, Bytes body) const {
  if (at_.trace) at_.trace(outgoing, content_type, masked_for_trace(at_.tree, order_.account, content_type, body));
}

// The server may have moved or removed its account since the session began: nothing is to come back with a nonce.
std::optional<Account> SessionRunner::account_now() const {
  const Transaction transaction = at_.tree.begin(Principal::device());
  if (leaf_text(transaction, order_.account.uri, "ServerID") != order_.account.server_id) {
    return find_account(at_.tree, order_.account.server_id);
  }
  Account account = order_.account;
  std::erase_if(account.auths, [&](const AccountAuth& auth) { return !transaction.exists(auth.uri); });
  return account;
}

void SessionRunner::store(std::string_view level, Bytes nonce) {
  const auto account = account_now();
  if (!account) return;
  for (const Uri& auth : nonce_holders(*account, level)) {
    auto stored = store_nonce(at_.tree, auth, nonce);
    if (!stored) at_.log.write(LogLevel::warning, "the next nonce could not be stored: " + stored.error().detail);
  }
}

void SessionRunner::store_client_nonce(Bytes nonce) { store("CLCRED", nonce); }

void SessionRunner::store_server_nonce(Bytes nonce) { store("SRVCRED", nonce); }

void SessionRunner::store_issued_nonce(Bytes nonce) {
  auto stored = ServerNotes(at_.tree, order_.account.server_id).set({{kIssuedNonce, Octets(nonce)}});
  if (!stored) at_.log.write(LogLevel::warning, "a nonce could not be stored: " + stored.error().detail);
}

std::vector<std::pair<std::uint64_t, GenericAlert>> SessionRunner::owed_alerts() {
  auto owed = at_.alerts.owed_to(order_.account.server_id);
  if (!owed.empty()) offered_ = std::max(offered_, owed.back().first);
  return owed;
}

void SessionRunner::alert_answered(std::uint64_t id, int status) { at_.alerts.answered(id, status); }

void SessionRunner::command_done(const CommandReport& report) { report_.commands.push_back(report); }

}  // namespace omadm
