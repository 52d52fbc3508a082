// Connections over which messages arrive one after the other.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>

#include "base/bytes.h"
#include "base/io/event_loop.h"
#include "base/result.h"
#include "transport/push/inet_address.h"

namespace omadm {

// What became of the octets a connection has received so far. Nothing consumed and not closed: more must come.
struct StreamTurn {
  std::size_t consumed = 0;
  Octets reply;
  bool close = false;  // once the reply is sent
};
using StreamService = std::function<StreamTurn(Bytes received, const InetAddress& peer)>;

struct StreamLimits {
  std::size_t connections = 16;              // a further one is closed at once
  std::size_t octets = 16384;                // received and not consumed
  std::chrono::milliseconds silence{30000};  // without an octet
};

// Accepts, reads, asks the service until it consumes no more, and writes. Destroying it closes every connection; the
// service may do that.
class StreamListener {
 public:
  // `loop` must outlive the listener. Errors as bound_socket().
  static Result<std::unique_ptr<StreamListener>> listen(EventLoop& loop, const InetAddress& address,
                                                        StreamLimits limits, StreamService service);
  ~StreamListener();
  StreamListener(const StreamListener&) = delete;
  StreamListener& operator=(const StreamListener&) = delete;

  InetAddress address() const { return InetAddress::of_socket(socket_); }

 private:
  struct Connection {
    InetAddress peer;
    Octets received, to_send;
    bool closing = false;
    LoopHandlePtr watch, timer;
  };

  StreamListener(EventLoop& loop, int socket, StreamLimits limits, StreamService service);
  void accept_all();
  void ready(int socket, unsigned events);
  bool serve(Connection& connection);  // false: the listener is gone
  void send(int socket);
  void watch(int socket, Connection& connection);
  void close(int socket);

  EventLoop& loop_;
  int socket_;
  StreamLimits limits_;
  std::shared_ptr<StreamService> service_;  // shared with a serve() that runs, as the listener may go meanwhile
  LoopHandlePtr watch_;
  std::map<int, Connection> connections_;
};

}  // namespace omadm
