// Takes bootstrap documents that have arrived: asks the user where that is due, counts what is forged, installs.
// BOOT-002, BOOT-004, BOOT-033 … BOOT-035, BOOT-061, BOOT-062.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/io/event_loop.h"
#include "base/io/log.h"
#include "client/client.h"
#include "client/config.h"
#include "client/platform.h"
#include "dmtree/tree.h"

namespace omadm {

// 1. The user is asked for a PIN that a MAC needs and nobody gave; whether a document that is proved worse than the
// account it would change may do so; and what a smart card wants to be asked. For nothing else. Of what was pushed one
// is looked at after the other. 2. Nothing is ever answered to a sender; what a push brought is reported in the log
// alone.
class BootstrapDesk {
 public:
  struct Surroundings {
    Tree& tree;
    EventLoop& loop;
    Log& log;
    const ClientConfig& config;
    UserInterface* user;                                           // may be absent
    const std::function<std::optional<Secret>()>& network_secret;  // likewise
  };
  explicit BootstrapDesk(const Surroundings& surroundings);
  ~BootstrapDesk();

  // Without asking anybody: what needs an answer is refused.
  Result<std::vector<std::string>> install(BootstrapMessage message);
  // Whether it could be installed, as far as that shows without asking the user; nothing is. Its MAC was not checked
  // when it needs a PIN that `message` has not.
  Result<BootstrapNeeds> check(BootstrapMessage message);
  // `done` is called once, on the loop.
  void take(BootstrapMessage message, Client::BootstrapDone done);
  bool idle() const noexcept { return cases_.empty(); }

 private:
  class Case;
  friend class Case;
  Result<BootstrapNeeds> admit(BootstrapMessage& message, const Case* own);
  Result<std::vector<std::string>> attempt(const BootstrapMessage& message,
                                           const std::function<bool(std::string_view)>& confirm);
  std::size_t pushed_before(const Case& own) const;
  void note_result(const BootstrapMessage& message, const Result<std::vector<std::string>>& result);

  Surroundings at_;
  std::list<std::unique_ptr<Case>> cases_;
  unsigned wrong_macs_ = 0;  // in a row
  Clock::Steady locked_until_{};
  std::deque<Octets> taken_;  // digests of the messages with a MAC that were installed since the start
};

}  // namespace omadm
