// The open doors for notifications: UDP, SIP, HTTP. NOT-080 … NOT-111.
#pragma once

#include <memory>

#include "base/io/event_loop.h"
#include "base/io/log.h"
#include "base/ports/push_listener.h"
#include "base/result.h"
#include "client/client.h"
#include "client/config.h"

namespace omadm {

class PushDoors {
 public:
  // Opens what `config` names and `open` has not at the same address. malformed (says which key and value),
  // unavailable, permission_denied, not_allowed, io; nothing has changed then.
  static Result<PushDoors> open(EventLoop& loop, Log& log, const NotificationConfig& config, const PushDoors& open,
                                const PushHandler& handler);
  // Whether open() would understand `config`; opens nothing. malformed, not_allowed.
  static Result<void> check(const NotificationConfig& config);
  // Closes `old`, all but the doors open() found there already: these go on with this configuration.
  void take_over(PushDoors old);

  NotificationAddresses addresses() const;

 private:
  struct SipPolicy;  // what may change while the door stays open

  NotificationConfig config_;
  std::unique_ptr<PushListener> udp_, sip_, http_;
  std::shared_ptr<SipPolicy> sip_policy_;  // owners: this and the door of SIP
};

}  // namespace omadm
