// Notifications by UDP: each datagram is one. NOT-040.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/io/event_loop.h"
#include "base/ports/push_listener.h"
#include "base/result.h"

namespace omadm {

// A bare Package#0 or a WSP push PDU, as it came; the handler gets content type "". Nothing is ever sent.
class UdpListener final : public PushListener {
 public:
  // `address` is numeric: "127.0.0.1:2948", "[::1]:2948"; port 0 takes a free one. malformed: not of that form;
  // unavailable: the port is taken; permission_denied; io. `loop` must outlive the listener. The handler may destroy
  // the listener.
  static Result<std::unique_ptr<PushListener>> listen(EventLoop& loop, std::string_view address, PushHandler handler);
  ~UdpListener() override;
  UdpListener(const UdpListener&) = delete;
  UdpListener& operator=(const UdpListener&) = delete;

  std::string address() const override { return address_; }

 private:
  UdpListener(int socket, std::string address, PushHandler handler);
  void receive();

  int socket_;
  std::string address_;
  std::shared_ptr<PushHandler> handler_;  // shared with a receive() that runs, as the listener may go meanwhile
  LoopHandlePtr watch_;
};

}  // namespace omadm
