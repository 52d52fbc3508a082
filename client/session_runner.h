// Moves the messages of one session over HTTP. PRO-040, PRO-430 … PRO-441.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/io/event_loop.h"
#include "base/io/log.h"
#include "base/ports/http_client.h"
#include "client/alert_queue.h"
#include "client/client.h"
#include "client/config.h"
#include "client/user_question.h"
#include "mo/dmacc/account.h"
#include "syncml/session/session.h"

namespace omadm {

// What a session works with. Everything must outlive it.
struct SessionSurroundings {
  Tree& tree;
  HttpClient& http;
  EventLoop& loop;
  AlertQueue& alerts;
  Log& log;
  const ClientConfig& config;
  const Client::Trace& trace;
  UserInterface* user = nullptr;  // may be null
};

struct SessionOrder {
  Account account;
  std::string session_id;
  bool answers_trigger = false;
  bool default_nonce = false;
  DmVersion version = DmVersion::dm12;
  std::optional<AuthType> negotiated;  // with which the last session ended
  std::optional<Octets> issued;        // nonce of an earlier session that the server may have
};

// 1. `done` is called once, on the loop, and may destroy the runner. 2. A repeated request carries the
// identical octets. 3. Addresses after the first are tried only while no answer has come (MO-022).
class SessionRunner final : public SessionHost {
 public:
  using Done = std::function<void(SessionReport)>;
  SessionRunner(const SessionSurroundings& surroundings, SessionOrder order, Done done);
  ~SessionRunner() override;

  void abort();  // at the end of the exchange under way, or now when there is none or the user is being asked
  const SessionOrder& order() const noexcept { return order_; }
  // Alerts up to this id were offered to the session; 0: none.
  AlertQueue::Id offered_alerts() const noexcept { return offered_; }

 private:
  void begin();
  void take(Session::Step step);
  void ask(const UserPrompt& prompt);
  void transmit();
  void answer_arrived();
  void accept(HttpResponse response);
  void processed(Session::Step step);
  void go_on();
  void values_ready() override;
  void retry_or_fail(Error error, std::optional<std::chrono::milliseconds> wait);
  void cancelled();
  void finish(std::optional<Error> error, SessionResult result);
  void later(std::chrono::milliseconds delay, void (SessionRunner::*step)());
  std::optional<Error> refused_url(const std::string& url) const;
  void trace(bool outgoing, std::string_view content_type, Bytes body) const;

  void store_client_nonce(Bytes nonce) override;
  void store_server_nonce(Bytes nonce) override;
  void store_issued_nonce(Bytes nonce) override;
  void store(std::string_view level, Bytes nonce);
  std::optional<Account> account_now() const;
  std::vector<std::pair<std::uint64_t, GenericAlert>> owed_alerts() override;
  void alert_answered(std::uint64_t id, int status) override;
  void command_done(const CommandReport& report) override;

  SessionSurroundings at_;
  const ClientConfig config_;  // as it was when the session began
  SessionOrder order_;
  Done done_;
  std::vector<std::string> urls_;
  std::size_t url_ = 0;
  std::unique_ptr<Session> session_;
  std::unique_ptr<UserQuestion> question_;
  OutMessage out_;  // without its body
  std::shared_ptr<const Octets> body_;
  std::optional<SessionResult> farewell_;  // the answer to the message under way does not matter any more
  unsigned repeats_ = 0;                   // of the message under way
  bool abort_wanted_ = false;
  bool pausing_ = true;    // nothing is under way: before the first message, and before a repetition
  bool answered_ = false;  // the server has answered at least once
  std::unique_ptr<HttpCall> call_;
  std::optional<Result<HttpResponse>> response_;
  HttpResponse message_;  // of the server, while it is processed
  LoopHandlePtr timer_;
  AlertQueue::Id offered_ = 0;
  SessionReport report_;
};

}  // namespace omadm
