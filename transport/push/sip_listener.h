// Notifications by SIP MESSAGE, over UDP and TCP. NOT-100 … 102.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/io/event_loop.h"
#include "base/io/log.h"
#include "base/ports/push_listener.h"
#include "base/result.h"
#include "transport/push/sip_user_agent.h"
#include "transport/push/stream_listener.h"

namespace omadm {

// Not a SIP stack: it does not register, and calls nobody. It is for a proxy or a stack on the same device that passes
// pushes on. The handler gets the body and its Content-Type; it must not destroy the listener.
class SipListener final : public PushListener {
 public:
  // `address` as InetAddress::parse() takes it; the same port for UDP and TCP. Errors as bound_socket(). `loop` and
  // `log` must outlive the listener.
  static Result<std::unique_ptr<PushListener>> listen(EventLoop& loop, Log& log, std::string_view address,
                                                      SipSenderCheck may_send, PushHandler handler);
  ~SipListener() override;
  SipListener(const SipListener&) = delete;
  SipListener& operator=(const SipListener&) = delete;

  std::string address() const override { return InetAddress::of_socket(datagrams_).text(); }

 private:
  SipListener(int datagrams, SipUserAgent agent);
  void receive_datagrams();
  StreamTurn serve(Bytes received, const InetAddress& peer);

  int datagrams_;
  SipUserAgent agent_;
  LoopHandlePtr watch_;
  std::unique_ptr<StreamListener> streams_;
};

}  // namespace omadm
