// Pushes by HTTP, as a push proxy posts them (OTA-HTTP). NOT-110, NOT-111.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/io/event_loop.h"
#include "base/ports/push_listener.h"
#include "base/result.h"
#include "transport/push/stream_listener.h"

namespace omadm {

// Takes POST of a type that push_types.h knows to any path and answers 204 whatever becomes of it (NOT-040). The
// handler gets the body and its Content-Type; it must not destroy the listener.
class HttpPushListener final : public PushListener {
 public:
  // not_allowed: `address` is not of this machine alone, and `beyond_loopback` is not set. Else as bound_socket().
  static Result<std::unique_ptr<PushListener>> listen(EventLoop& loop, std::string_view address, bool beyond_loopback,
                                                      PushHandler handler);
  // The address listen() would take: malformed, not_allowed.
  static Result<InetAddress> check(std::string_view address, bool beyond_loopback);
  std::string address() const override { return streams_->address().text(); }

 private:
  std::unique_ptr<StreamListener> streams_;
};

// What one connection's octets ask for. For tests and fuzzing; no I/O.
StreamTurn serve_http_push(Bytes received, const PushHandler& handler);

}  // namespace omadm
