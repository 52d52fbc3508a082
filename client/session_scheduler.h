// Who has a session, when, and when again. One at a time. D13-004, NOT-038, NOT-044, NOT-045, FUMO-031.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/client.h"
#include "client/session_runner.h"

namespace omadm {

// A session asked for by a notification that was found good.
struct TriggeredSession {
  std::string server_id;
  std::string session_id;
  bool default_nonce = false;
  std::chrono::milliseconds delay{0};  // over the rate limit: not before (NOT-039)
  unsigned attempts = 0;               // sessions already begun for it, before a restart
};
inline constexpr unsigned kTriggerAttempts = 5;  // NOT-044

// 1. At most one session runs. 2. Every `done` is called once, on the loop, or never when the scheduler
// is destroyed first. 3. What is owed to a server leads to a session with it, however long that takes.
class SessionScheduler {
 public:
  // Hears, before each session of a trigger and at its end, how many more attempts there will be.
  using TriggerNoted = std::function<void(const std::string& server_id, const std::string& session_id, unsigned left)>;
  SessionScheduler(const SessionSurroundings& surroundings, TriggerNoted trigger_noted);

  // not_found: no such account, or one that cannot be used; cancelled: after stop().
  Result<void> request(const std::string& server_id, SessionCause cause, Client::SessionDone done);
  void request_triggered(const TriggeredSession& trigger, Client::SessionDone done);
  // Sees to ClientConfig::poll_interval, also after it was changed.
  void poll();
  // Something is owed to servers: sees to sessions with them, now or with the session that runs.
  void alerts_owed();

  bool knows_session(std::string_view server_id, std::string_view session_id) const;  // running or queued
  bool idle() const { return !current_ && queue_.empty() && untold_ == 0; }
  bool stopping() const { return stopping_; }
  const SessionRunner* running() const { return runner_.get(); }
  std::vector<std::string> queued() const;  // the next one first
  // Starts nothing more and aborts the running session at its next package; `stopped` comes on the loop.
  void stop(std::function<void()> stopped);

 private:
  struct Job {
    std::string server_id;
    bool triggered = false;  // Alert 1200
    bool notified = false;   // by a notification, which gave the session id
    bool default_nonce = false;
    std::string session_id;  // of a notification; else empty until the session starts
    std::optional<DmVersion> version;
    unsigned attempts = 0;  // sessions of this job that failed in transport
    Client::SessionDone done;
  };
  struct Waiting {  // of jobs for later
    LoopHandlePtr timer;
    Job job;
  };

  void enqueue(Job job);
  void enqueue_after(std::chrono::milliseconds delay, Job job);
  void start_next();
  void start(Job job);
  void ended(SessionReport report);
  bool retried_with_other_version(const SessionReport& report);
  void remember(const SessionReport& report, DmVersion version);
  void owe_session(const std::string& server_id);
  void see_to_owed(const SessionReport& report, AlertQueue::Id offered);
  std::int64_t last_met(const std::string& server_id) const;
  bool stands_back(const std::string& server_id) const;
  void note_trigger(const Job& job, unsigned left) const;
  void cancel(Job job);
  void tell_stopped();
  void tell(Client::SessionDone done, SessionReport report);
  SessionOrder order_for(const Job& job, Account account);

  SessionSurroundings at_;
  std::deque<Job> queue_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t next_waiting_ = 0;
  struct Owed {
    unsigned failures = 0;  // sessions in a row that left alerts unanswered
    LoopHandlePtr timer;    // to the next attempt
  };
  std::map<std::string, Owed> owed_;  // by server
  std::optional<Job> current_;
  std::unique_ptr<SessionRunner> runner_;
  LoopHandlePtr start_timer_;
  LoopHandlePtr poll_timer_;
  std::size_t untold_ = 0;  // reports on their way to whoever asked
  bool stopping_ = false;
  std::function<void()> stopped_;
  TriggerNoted trigger_noted_;
};

}  // namespace omadm
