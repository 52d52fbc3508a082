// The daemon's end of the control protocol (tools/common/control_protocol.h).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/io/log.h"
#include "client/client.h"
#include "tools/dm-client/request_handler.h"

namespace omadm {

// A local socket of mode 0660. A peer is heard when its user is ours or root, as the kernel tells it.
class ControlSocket {
 public:
  // Replaces what a daemon that was killed left behind; the caller holds the lock of the state directory.
  static Result<std::unique_ptr<ControlSocket>> open(const std::string& state_directory, Client& client,
                                                     RequestHandler& handler, Log& log);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  const std::string& path() const noexcept { return path_; }
  // Tells whoever waits for an answer that there is still somebody here; to be called every few seconds.
  void keep_alive();
  // Sends what is not sent yet, for a moment at most: before the end.
  void drain();

 private:
  struct Connection {
    int descriptor = -1;
    std::string in, out;
    bool busy = false;                            // a request is being worked on
    bool hung_up = false;                         // nothing more will come
    bool writable = false;                        // watched for that too
    std::chrono::steady_clock::time_point heard;  // when it was last sent something
  };
  ControlSocket(Client& client, RequestHandler& handler, Log& log) : client_(client), handler_(handler), log_(log) {}

  Result<void> bind_to(const std::string& state_directory);
  void accept_one();
  bool is_trusted(int descriptor);
  void ready(std::uint64_t number, unsigned events);
  void receive(std::uint64_t number);
  void work(std::uint64_t number);
  void take_reply(std::uint64_t number);
  void answer(std::uint64_t number, const RequestHandler::Json& json);
  bool send(std::uint64_t number, const RequestHandler::Json& json);
  void flush(std::uint64_t number);
  void watch(std::uint64_t number);
  void close(std::uint64_t number);

  Client& client_;
  RequestHandler& handler_;
  Log& log_;
  std::string path_;
  std::string link_;  // to path_, in the state directory; empty: none is needed
  int listener_ = -1;
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, Connection> connections_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // owners: this, and answers still to come
};

}  // namespace omadm
