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
};

// 1. At most one session runs. 2. Every `done` is called once, on the loop, or never when the scheduler
// is destroyed first. 3. What is owed to a server leads to a session with it, however long that takes.
class SessionScheduler {
 public:
  explicit SessionScheduler(const SessionSurroundings& surroundings);

  // not_found: no such account; incomplete: one that cannot be used.
  Result<void> request(const std::string& server_id, SessionCause cause, Client::SessionDone done);
  void request_triggered(const TriggeredSession& trigger, Client::SessionDone done);
  // Something is owed to servers: sees to sessions with them, now or with the session that runs.
  void alerts_owed();

  bool knows_session(std::string_view server_id, std::string_view session_id) const;  // running or queued
  bool idle() const { return !runner_ && queue_.empty(); }
  const SessionRunner* running() const { return runner_.get(); }
  std::vector<std::string> queued() const;
  // Starts nothing more and aborts the running session at its next package; `stopped` comes on the loop.
  void stop(std::function<void()> stopped);

 private:
  struct Job {
    std::string server_id;
    bool triggered = false;
    bool default_nonce = false;
    std::string session_id;  // of a trigger; else empty until the session starts
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
  void see_to_owed(const SessionReport& report, AlertQueue::Id offered);
  void tell(Client::SessionDone done, SessionReport report);
  SessionOrder order_for(const Job& job, Account account);

  SessionSurroundings at_;
  std::deque<Job> queue_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t next_waiting_ = 0;
  std::map<std::string, unsigned> owed_failures_;  // by server: sessions in a row that left alerts unanswered
  std::optional<Job> current_;
  std::unique_ptr<SessionRunner> runner_;
  LoopHandlePtr start_timer_;
  bool stopping_ = false;
  std::function<void()> stopped_;
};

}  // namespace omadm
