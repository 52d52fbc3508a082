// How programs talk to a running daemon: one JSON object a line each way over a local socket.
//
// Request   {"op": "session", …}
// Answer    {"event": {"accepted": true}} at once, any number of other {"event": …}, then {"ok": true, "result": …}
//           or {"ok": false, "error": text, "code": name of the Errc, "exit": UI-004}, maybe with "status" and "result"
// One request at a time on a connection. Octets travel in Base64.
#pragma once

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"

namespace omadm {

inline constexpr std::size_t kMaxControlLine = 64U << 20U;  // octets; a longer line ends the connection

// Where the daemon that serves `state_directory` listens: below $RUNTIME_DIRECTORY when that is set (a
// link in the state directory then leads there), else in the state directory.
std::string control_socket_path(const std::string& state_directory);

// Addresses of sockets are short, paths are not: opens `path` through its directory. Give the result to
// bind() or connect() while `directory` is open.
struct SocketAddress {
  int directory = -1;
  std::string address;  // shorter than sun_path
  SocketAddress() = default;
  SocketAddress(const SocketAddress&) = delete;
  SocketAddress(SocketAddress&& other) noexcept;
  SocketAddress& operator=(const SocketAddress&) = delete;
  ~SocketAddress();
  static Result<SocketAddress> of(const std::string& path);  // not_found: no such directory
};

nlohmann::json control_answer(nlohmann::json result);
nlohmann::json control_failure(const Error& error);
nlohmann::json control_failure(const Error& error, int exit);

// Takes whole lines off the front of `buffer`.
std::optional<std::string> take_control_line(std::string& buffer);

// The client's side.
class ControlConnection {
 public:
  // nullopt: no daemon listens there. io, permission_denied: one may, but cannot be spoken to. unavailable: it does not
  // take the connection.
  static Result<std::optional<ControlConnection>> open(const std::string& state_directory);
  ControlConnection(ControlConnection&& other) noexcept;
  ControlConnection& operator=(ControlConnection&&) = delete;
  ~ControlConnection();

  // Sends a request and waits for its answer; `event` gets what comes before it and may end the wait by returning false
  // (cancelled). io: the daemon went away. unavailable: it is there, and does not even say that it accepts the request.
  using OnEvent = std::function<bool(const nlohmann::json& event)>;
  Result<nlohmann::json> request(const nlohmann::json& request, const OnEvent& event = {});
  // To be called from `event`: says something to the daemon that is no request.
  Result<void> send(const nlohmann::json& json);
  // Called before each wait for the daemon, which may be spent otherwise until `descriptor` is readable.
  void set_wait(std::function<void(int descriptor)> wait) { wait_ = std::move(wait); }

 private:
  explicit ControlConnection(int descriptor) noexcept : descriptor_(descriptor) {}
  static Result<std::optional<ControlConnection>> connect_to(const std::string& path);
  Result<nlohmann::json> read_line();
  void set_patience(int option, std::chrono::seconds patience);  // 0: wait for ever

  int descriptor_;
  std::string buffer_;
  std::function<void(int)> wait_;
};

}  // namespace omadm
