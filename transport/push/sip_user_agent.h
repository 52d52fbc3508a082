// A user agent that receives pushes: MESSAGE and OPTIONS, nothing else. [SIP Push]; SIP-001 … SIP-009, NOT-100 … 102.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "base/io/clock.h"
#include "base/io/log.h"
#include "base/ports/push_listener.h"
#include "transport/push/sip_request.h"

namespace omadm {

// Who may send; others are not even answered.
using SipSenderCheck = std::function<bool(const InetAddress& source)>;

// 1. Does no input or output. 2. A retransmission gets the answer its first copy got, and is not delivered again.
// 3. The answer tells whether this is a push for a DM client, never what became of it (SIP-008).
class SipUserAgent {
 public:
  SipUserAgent(const Clock& clock, Log& log, SipSenderCheck may_send, PushHandler handler);

  // The octets to answer with; empty: none.
  std::string receive(const SipRequest& request, const InetAddress& source);
  bool may_send(const InetAddress& source) const { return may_send_(source); }

 private:
  struct Answered {
    std::string transaction;
    Clock::Steady until;
    std::string answer;
  };

  const std::string* earlier_answer(const std::string& transaction);
  std::string fresh_answer(const SipRequest& request, const InetAddress& source, bool& is_push) const;
  std::string refusal_of_content(const SipRequest& request, const InetAddress& source) const;

  const Clock& clock_;
  Log& log_;
  SipSenderCheck may_send_;
  PushHandler handler_;
  std::string tag_;  // of this run, in every To without one
  std::deque<Answered> answered_;
};

}  // namespace omadm
