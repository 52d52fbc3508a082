// Whether a notification may start a session: the checks of [NOT], in their order. NOT-030 … NOT-045.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/io/clock.h"
#include "base/io/log.h"
#include "client/client.h"
#include "client/config.h"
#include "client/platform.h"
#include "client/session_scheduler.h"
#include "dmtree/tree.h"
#include "mo/dmacc/account.h"
#include "syncml/notification/package0.h"

namespace omadm {

// 1. Nothing is answered and nothing changes for a notification that is refused (NOT-040). One the user is to be asked
// about (NotifyVerdict::asks_user) is spent at once (NOT-053), until note_attempts() says otherwise. 2. What was
// accepted is remembered in the tree: after a restart a repetition is recognised, and the session that was asked for
// still comes.
class NotificationGate {
 public:
  using KnowsSession = std::function<bool(std::string_view server_id, std::string_view session_id)>;
  NotificationGate(Tree& tree, const Clock& clock, Log& log, const NotificationConfig& config, UserInterface* user,
                   KnowsSession knows_session);

  // `dry_run`: all checks, but the user is not asked and nothing is remembered.
  NotifyVerdict check(Bytes octets, std::string_view content_type, bool dry_run);

  // Of the session an accepted notification asked for, `left` more attempts will be made. Not flushed.
  void note_attempts(const std::string& server_id, const std::string& session_id, unsigned left);
  // Accepted before a restart, and not at their end.
  std::vector<TriggeredSession> unfinished() const;

 private:
  // One accepted trigger.
  struct Accepted {
    std::int64_t time = 0;  // UTC, seconds
    std::string session_id;
    std::string digest;  // hexadecimal
    bool default_nonce = false;
    unsigned left = 0;  // attempts that may still be made
  };
  enum class Proof : std::uint8_t { none, stored_nonce, default_nonce };

  Proof proof(const Package0& message, const Account& account) const;
  Result<void> check_repetition(const Package0& message, const std::vector<Accepted>& history) const;
  std::chrono::seconds rate_delay(std::span<const Accepted> earlier) const;
  enum class Consent : std::uint8_t { given, ask, refused };
  Consent consent(const Package0& message) const;
  std::vector<Accepted> history(const std::string& server_id) const;
  void remember(const Package0& message, Accepted entry, std::vector<Accepted> history);
  Result<void> store(const std::string& server_id, const std::vector<Accepted>& history);

  Tree& tree_;
  const Clock& clock_;
  Log& log_;
  const NotificationConfig& config_;
  UserInterface* user_;
  KnowsSession knows_session_;
};

}  // namespace omadm
