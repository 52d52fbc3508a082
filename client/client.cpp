#include "client/client.h"

#include <map>
#include <utility>

#include "base/io/event_loop.h"
#include "base/io/log.h"
#include "bootstrap/bootstrap.h"
#include "client/alert_queue.h"
#include "client/bootstrap_desk.h"
#include "client/bootstrap_runner.h"
#include "client/card_bootstrap.h"
#include "client/default_objects.h"
#include "client/device_ddf.h"
#include "client/notification_gate.h"
#include "client/private_area.h"
#include "client/push_doors.h"
#include "client/push_intake.h"
#include "client/session_scheduler.h"
#include "client/user_question.h"
#include "dmtree/ddf/ddf.h"
#include "mo/dmacc/account.h"
#include "transport/http/curl_http_client.h"

namespace omadm {
namespace {

// Members are destroyed in reverse: what uses the tree and the loop goes before them.
class ComposedClient final : public Client {
 public:
  ComposedClient(ClientConfig config, Platform platform)
      : config_(std::move(config)),
        platform_(std::move(platform)),
        clock_(platform_.clock != nullptr ? *platform_.clock : system_clock_),
        log_(platform_.log != nullptr ? *platform_.log : null_log_) {}

  Result<void> compose() {
    if (platform_.store == nullptr) return Error{Errc::incomplete, "a client needs a store"};
    loop_ = DM_TRY(EventLoop::create(clock_));
    ddf_.emplace(DM_TRY(device_ddf(config_.extra_ddf)));
    tree_ = DM_TRY(Tree::open(*platform_.store, *ddf_, clock_));
    tree_->set_uri_limits(config_.uri_limits);
    http_ = DM_TRY(CurlHttpClient::create(*loop_));
    alerts_ = std::make_unique<AlertQueue>(*tree_, log_, [this](const GenericAlert& alert) {
      if (objects_) objects_->alert_closed(alert);
    });
    scheduler_ = std::make_unique<SessionScheduler>(
        SessionSurroundings{*tree_, *http_, *loop_, *alerts_, log_, config_, trace_, platform_.user},
        [this](const std::string& server, const std::string& session, unsigned left) {
          gate_->note_attempts(server, session, left);
        });
    gate_ = std::make_unique<NotificationGate>(*tree_, clock_, log_, config_.notification, platform_.user,
                                               [this](std::string_view server, std::string_view session) {
                                                 return scheduler_->knows_session(server, session);
                                               });
    objects_ = DM_TRY(
        DefaultObjects::create({*tree_, *http_, *loop_, log_, platform_.firmware, platform_.updates,
                                [this](Transaction& with, const GenericAlert& alert) { return raise(with, alert); },
                                [this](const std::string& server) { alerts_->server_gone(server); }},
                               config_, platform_.device));
    DM_TRY(tree_->flush());
    desk_ = std::make_unique<BootstrapDesk>(
        BootstrapDesk::Surroundings{*tree_, *loop_, log_, config_, platform_.user, platform_.network_secret});
    begin_with_accounts();
    doors_ = DM_TRY(open_doors(config_.notification));
    // What a restart interrupted goes on, once the host has had its first word.
    for (const TriggeredSession& trigger : gate_->unfinished()) scheduler_->request_triggered(trigger, nullptr);
    look_for_owed();
    poll_timer_ = loop_->after({}, [this] { scheduler_->poll(); });
    return {};
  }

  int fd() const override { return loop_->fd(); }
  void process() override { loop_->process(); }
  bool run_once(std::chrono::milliseconds limit) override { return loop_->run_once(limit); }
  bool idle() const override {
    return scheduler_->idle() && objects_->idle() && bootstraps_.empty() && cards_.empty() && desk_->idle() &&
           consents_.empty() && !owed_timer_;
  }

  Result<void> start_session(const std::string& server_id, SessionCause cause, SessionDone done) override {
    return scheduler_->request(server_id, cause, std::move(done));
  }

  NotifyVerdict notify(Bytes octets, std::string_view content_type, bool dry_run, SessionDone done,
                       BootstrapDone installed) override {
    if (scheduler_->stopping()) return refusal({Errc::cancelled, "the client is stopping"});
    auto push = intake_.take(octets, content_type);
    if (!push) {
      if (push.error().code != Errc::incomplete) {
        log_.write(LogLevel::notice, "a notification was ignored: " + push.error().detail);
      }
      return refusal(push.error());
    }
    if (push->is_document) return take_document(std::move(*push), dry_run, std::move(installed));
    NotifyVerdict verdict = gate_->check(push->octets, push->content_type, dry_run);
    if (!verdict.accepted || dry_run) return verdict;
    TriggeredSession trigger{verdict.server_id, verdict.session_id, verdict.default_nonce, verdict.delay, 0};
    if (verdict.asks_user) {
      ask_for_session(std::move(trigger), std::move(done));
    } else {
      scheduler_->request_triggered(trigger, std::move(done));
    }
    return verdict;
  }

  void bootstrap(BootstrapMessage message, BootstrapDone done) override {
    desk_->take(std::move(message), std::move(done));
  }

  Result<std::vector<std::string>> bootstrap(Bytes octets, std::string_view content_type,
                                             const BootstrapSecrets& secrets) override {
    BootstrapMessage message;
    message.octets = octets;
    message.content_type = content_type;
    message.secrets = secrets;
    return desk_->install(message);
  }

  Result<std::vector<std::string>> bootstrap_factory() override {
    if (config_.bootstrap.factory.empty()) return Error{Errc::incomplete, "[bootstrap] factory names no document"};
    BootstrapMessage message;
    message.octets = config_.bootstrap.factory;
    message.source = BootstrapSource::factory;
    return desk_->install(message);
  }

  void bootstrap_smartcard(const std::string& card, BootstrapDone done, bool offline) override {
    const std::uint64_t number = next_bootstrap_++;
    cards_[number] = std::make_unique<CardBootstrap>(
        *tree_, *loop_, log_, *desk_, CardPlace{card, card == config_.bootstrap.smartcard, offline},
        [this, number, done = std::move(done)](Result<std::vector<std::string>> result) {
          cards_.erase(number);
          done(std::move(result));
        });
  }

  void bootstrap_https(const std::string& url, BootstrapDone done, const BootstrapSecrets& secrets,
                       bool offline) override {
    const std::uint64_t number = next_bootstrap_++;
    std::vector<BootstrapPlace> places = bootstrap_places(*tree_, config_.bootstrap, offline);
    if (!url.empty()) places = {{BootstrapPlace::Kind::named, url, {}, offline}};
    BootstrapSecrets all = secrets;
    if (!all.network && platform_.network_secret) all.network = platform_.network_secret();
    bootstraps_[number] = std::make_unique<BootstrapRunner>(
        BootstrapRunner::Surroundings{*tree_, *http_, *loop_, log_, config_, std::move(all)}, std::move(places),
        [this, number, done = std::move(done)](Result<std::vector<std::string>> result) {
          bootstraps_.erase(number);
          done(std::move(result));
        });
  }

  Result<void> queue_alert(const GenericAlert& alert) override { return alerts_->add(alert); }

  ClientStatus status() const override {
    ClientStatus status;
    for (const Account& account : read_accounts(*tree_).accounts) {
      const ServerNotes notes(*tree_, account.server_id);
      status.accounts.push_back({account.server_id, notes.get("time"), notes.get("result")});
    }
    if (const SessionRunner* runner = scheduler_->running()) {
      status.running_server = runner->order().account.server_id;
      status.running_session = runner->order().session_id;
    }
    status.queue = scheduler_->queued();
    status.downloads = objects_->downloads();
    status.owed_alerts = alerts_->size();
    return status;
  }

  Tree& tree() override { return *tree_; }

  void watch(int descriptor, unsigned events, std::function<void(unsigned)> callback) override {
    watches_[descriptor] = loop_->watch(descriptor, events, std::move(callback));
  }
  void unwatch(int descriptor) override { watches_.erase(descriptor); }

  NotificationAddresses notification_addresses() const override { return doors_.addresses(); }

  void set_trace(Trace trace) override { trace_ = std::move(trace); }

  Result<void> reconfigure(ClientConfig config, DeviceIdentity device) override {
    // The new doors beside the old ones: should anything go wrong, these are still there.
    PushDoors doors = DM_TRY(open_doors(config.notification));
    DM_TRY(objects_->reconfigure(config, device));
    doors.take_over(std::exchange(doors_, PushDoors()));
    doors_ = std::move(doors);
    platform_.device = std::move(device);
    config_ = std::move(config);
    tree_->set_uri_limits(config_.uri_limits);
    scheduler_->poll();
    return tree_->flush();
  }

  void stop(std::function<void()> stopped) override {
    doors_ = PushDoors();
    owed_timer_.reset();
    consents_.clear();
    scheduler_->stop(std::move(stopped));
  }

 private:
  static NotifyVerdict refusal(const Error& error) {
    NotifyVerdict verdict;
    verdict.error = error.code;
    verdict.reason = error.detail;
    return verdict;
  }

  // BOOT-022, BOOT-050.
  NotifyVerdict take_document(PushIntake::Push push, bool dry_run, BootstrapDone installed) {
    BootstrapMessage message;
    message.octets = std::move(push.octets);
    message.content_type = std::move(push.content_type);
    message.source = BootstrapSource::push;
    Result<BootstrapNeeds> checked = BootstrapNeeds{};
    if (!config_.bootstrap.push) checked = Error{Errc::not_allowed, "[bootstrap] accept does not list \"push\""};
    if (checked && dry_run) checked = desk_->check(message);
    NotifyVerdict verdict = checked ? NotifyVerdict() : refusal(checked.error());
    verdict.bootstrap = true;
    verdict.accepted = checked.has_value();
    if (!checked) log_.write(LogLevel::notice, "bootstrap message refused: " + verdict.reason);
    if (checked && checked->pin) verdict.reason = "its MAC shows to be right or wrong with the PIN of the user";
    if (!checked || dry_run) return verdict;
    if (!installed) {
      installed = [this](const Result<std::vector<std::string>>& result) {
        for (const std::string& server : result.value_or(std::vector<std::string>())) meet(server);
      };
    }
    desk_->take(std::move(message), std::move(installed));
    return verdict;
  }

  Result<PushDoors> open_doors(const NotificationConfig& config) {
    return PushDoors::open(*loop_, log_, config, doors_, [this](Bytes octets, std::string_view content_type) {
      notify(octets, content_type, false, nullptr, nullptr);
    });
  }

  void ask_for_session(TriggeredSession trigger, SessionDone done) {
    UserPrompt prompt;
    prompt.kind = PromptKind::session;
    prompt.server_id = trigger.server_id;
    const std::uint64_t number = next_consent_++;
    consents_[number] = std::make_unique<UserQuestion>(
        *loop_, *platform_.user, prompt, config_.user_timeout,
        [this, number, trigger = std::move(trigger), done = std::move(done)](const UserAnswer& said) {
          const auto question = consents_.extract(number);  // it owns this callback
          if (said.kind == UserAnswer::Kind::accepted) return consented(trigger, done);
          refused(trigger, done);
        });
  }

  void consented(const TriggeredSession& trigger, const SessionDone& done) {
    gate_->note_attempts(trigger.server_id, trigger.session_id, kTriggerAttempts);
    if (auto flushed = tree_->flush(); !flushed) log_.write(LogLevel::error, flushed.error().detail);
    scheduler_->request_triggered(trigger, done);
  }

  void refused(const TriggeredSession& trigger, const SessionDone& done) {
    SessionReport report;
    report.server_id = trigger.server_id;
    report.session_id = trigger.session_id;
    report.result.end = SessionEnd::aborted;
    report.error = Error{Errc::cancelled, "the user does not want the session"};
    log_.write(LogLevel::notice, "a notification of " + trigger.server_id + ": " + report.error->detail);
    if (done) done(report);
  }

  // At power-on: what the card holds, and the factory's account when there would be none (BOOT-070, BOOT-064).
  void begin_with_accounts() {
    if (config_.bootstrap.smartcard.empty()) return last_resort();
    const auto done = [this](const Result<std::vector<std::string>>& result) {
      if (!result) log_.write(LogLevel::notice, "smart card: " + result.error().detail);
      last_resort();
      for (const std::string& server : result.value_or(std::vector<std::string>())) meet_new(server);
    };
    bootstrap_smartcard(config_.bootstrap.smartcard, done, false);
  }

  void last_resort() {
    if (config_.bootstrap.factory.empty() || !read_accounts(*tree_).accounts.empty()) return;
    const auto installed = bootstrap_factory();
    if (!installed) log_.write(LogLevel::error, "the factory's account: " + installed.error().detail);
  }

  // For an account that is met for the first time.
  void meet_new(const std::string& server) {
    if (ServerNotes(*tree_, server).get("time").empty()) meet(server);
  }

  // BOOT-050.
  void meet(const std::string& server) {
    const auto started = scheduler_->request(server, SessionCause::device, [](const SessionReport&) {});
    if (!started) log_.write(LogLevel::warning, "no session with " + server + ": " + started.error().detail);
  }

  // Called by objects, maybe in the middle of a command: the session is looked for afterwards.
  Result<void> raise(Transaction& with, const GenericAlert& alert) {
    DM_TRY(alerts_->add(with, alert));
    look_for_owed();
    return {};
  }

  void look_for_owed() {
    owed_timer_ = loop_->after({}, [this] {
      owed_timer_.reset();
      scheduler_->alerts_owed();
    });
  }

  SystemClock system_clock_;
  NullLog null_log_;
  ClientConfig config_;
  Platform platform_;
  const Clock& clock_;
  Log& log_;
  Trace trace_;
  std::unique_ptr<EventLoop> loop_;
  std::optional<Ddf> ddf_;
  std::unique_ptr<Tree> tree_;
  std::unique_ptr<CurlHttpClient> http_;
  std::unique_ptr<AlertQueue> alerts_;
  std::unique_ptr<SessionScheduler> scheduler_;
  std::unique_ptr<NotificationGate> gate_;
  std::unique_ptr<DefaultObjects> objects_;
  std::uint64_t next_bootstrap_ = 0;
  std::unique_ptr<BootstrapDesk> desk_;
  std::map<std::uint64_t, std::unique_ptr<BootstrapRunner>> bootstraps_;
  std::map<std::uint64_t, std::unique_ptr<CardBootstrap>> cards_;
  std::uint64_t next_consent_ = 0;
  std::map<std::uint64_t, std::unique_ptr<UserQuestion>> consents_;  // for sessions that notifications ask for
  std::map<int, LoopHandlePtr> watches_;
  LoopHandlePtr owed_timer_;
  LoopHandlePtr poll_timer_;
  PushDoors doors_;
  PushIntake intake_{clock_};
};

}  // namespace

Result<std::unique_ptr<Client>> Client::open(ClientConfig config, Platform platform) {
  auto client = std::make_unique<ComposedClient>(std::move(config), std::move(platform));
  DM_TRY(client->compose());
  return std::unique_ptr<Client>(std::move(client));
}

}  // namespace omadm
