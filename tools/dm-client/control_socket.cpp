#include "tools/dm-client/control_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/io/event_loop.h"
#include "tools/common/control_protocol.h"
#include "tools/common/exit_code.h"

namespace omadm {
namespace {

constexpr std::size_t kMaxConnections = 64;
constexpr std::chrono::seconds kSilence{8};     // a third of what the other side bears
constexpr std::size_t kMaxUnsent = 64U << 20U;  // octets; a watcher that does not read is dropped

Error system_error(const std::string& what) { return {Errc::io, what + ": " + std::strerror(errno)}; }

}  // namespace

Result<std::unique_ptr<ControlSocket>> ControlSocket::open(const std::string& state_directory, Client& client,
                                                           RequestHandler& handler, Log& log) {
  std::unique_ptr<ControlSocket> socket(new ControlSocket(client, handler, log));
  DM_TRY(socket->bind_to(state_directory));
  client.watch(socket->listener_, kReadable, [raw = socket.get()](unsigned) { raw->accept_one(); });
  return socket;
}

Result<void> ControlSocket::bind_to(const std::string& state_directory) {
  path_ = control_socket_path(state_directory);
  const SocketAddress address = DM_TRY(SocketAddress::of(path_));
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener_ < 0) return system_error("control socket");
  ::unlink(path_.c_str());
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, address.address.c_str(), address.address.size() + 1);
  // Nobody may connect before the mode is right.
  const mode_t former = ::umask(0777);
  const int bound = ::bind(listener_, reinterpret_cast<const sockaddr*>(&name), sizeof name);
  ::umask(former);
  if (bound != 0) return system_error(path_);
  if (::chmod(path_.c_str(), 0660) != 0 || ::listen(listener_, 16) != 0) return system_error(path_);
  const std::string link = state_directory + "/control.sock";
  if (link == path_) return {};
  ::unlink(link.c_str());
  if (::symlink(path_.c_str(), link.c_str()) == 0) link_ = link;
  return {};
}

ControlSocket::~ControlSocket() {
  *alive_ = false;
  for (const auto& [number, connection] : connections_) {
    client_.unwatch(connection.descriptor);
    ::close(connection.descriptor);
  }
  if (listener_ < 0) return;
  client_.unwatch(listener_);
  ::close(listener_);
  ::unlink(path_.c_str());
  if (!link_.empty()) ::unlink(link_.c_str());
}

bool ControlSocket::is_trusted(int descriptor) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == 0 || peer.uid == ::geteuid();
}

void ControlSocket::accept_one() {
  const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (descriptor < 0) return;
  if (!is_trusted(descriptor) || connections_.size() >= kMaxConnections) {
    log_.write(LogLevel::warning, "a connection to the control socket was refused");
    ::close(descriptor);
    return;
  }
  const std::uint64_t number = next_++;
  connections_[number].descriptor = descriptor;
  watch(number);
}

void ControlSocket::watch(std::uint64_t number) {
  Connection& connection = connections_[number];
  connection.writable = !connection.out.empty();
  const unsigned events = (connection.hung_up ? 0 : kReadable) | (connection.writable ? kWritable : 0);
  client_.unwatch(connection.descriptor);
  client_.watch(connection.descriptor, events, [this, number](unsigned ready_events) { ready(number, ready_events); });
}

void ControlSocket::ready(std::uint64_t number, unsigned events) {
  if ((events & kWritable) != 0) flush(number);
  if ((events & kReadable) != 0) receive(number);
}

void ControlSocket::receive(std::uint64_t number) {
  const auto found = connections_.find(number);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  char chunk[65536];
  const ssize_t count = ::recv(connection.descriptor, chunk, sizeof chunk, 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return close(number);
  connection.in.append(chunk, static_cast<std::size_t>(count));
  if (connection.in.size() > kMaxControlLine) return close(number);
  work(number);
}

void ControlSocket::work(std::uint64_t number) {
  Connection& connection = connections_[number];
  if (connection.busy) return take_reply(number);
  const auto line = take_control_line(connection.in);
  if (!line) return;
  connection.busy = true;
  const auto request = nlohmann::json::parse(*line, nullptr, false);
  if (!request.is_object()) {
    return answer(number, control_failure({Errc::malformed, "the request is not a JSON object"}, kExitUsage));
  }
  // Who asks waits only so long for a sign of life.
  if (!send(number, {{"event", {{"accepted", true}}}})) return;
  const auto alive = alive_;
  handler_.handle(
      request,
      [this, alive, number](const RequestHandler::Json& json) {
        if (*alive) answer(number, json);
      },
      [this, alive, number](const RequestHandler::Json& json) {
        return *alive && send(number, {{"event", json}});
      });
}

// While a request is worked on, the only thing to be said is what the user answers.
void ControlSocket::take_reply(std::uint64_t number) {
  std::string& in = connections_[number].in;
  const std::size_t end = in.find('\n');
  if (end == std::string::npos) return;
  const auto json = nlohmann::json::parse(in.substr(0, end), nullptr, false);
  if (!json.is_object() || !json.contains("reply")) return;  // the next request, for later
  in.erase(0, end + 1);
  handler_.reply(json["reply"]);
}

void ControlSocket::answer(std::uint64_t number, const RequestHandler::Json& json) {
  if (!send(number, json)) return;
  connections_[number].busy = false;
  work(number);
}

bool ControlSocket::send(std::uint64_t number, const RequestHandler::Json& json) {
  const auto found = connections_.find(number);
  if (found == connections_.end()) return false;
  found->second.heard = std::chrono::steady_clock::now();
  found->second.out += json.dump(-1, ' ', false, RequestHandler::Json::error_handler_t::replace) + "\n";
  if (found->second.out.size() > kMaxUnsent) {
    close(number);
    return false;
  }
  flush(number);
  return connections_.contains(number);
}

void ControlSocket::keep_alive() {
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::uint64_t> silent;
  for (const auto& [number, connection] : connections_) {
    if (connection.busy && now - connection.heard >= kSilence) silent.push_back(number);
  }
  for (const std::uint64_t number : silent) send(number, {{"event", {{"alive", true}}}});
}

void ControlSocket::flush(std::uint64_t number) {
  const auto found = connections_.find(number);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  while (!connection.out.empty()) {
    const ssize_t sent = ::send(connection.descriptor, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) return close(number);
    connection.out.erase(0, static_cast<std::size_t>(sent));
  }
  if (connection.writable != !connection.out.empty()) watch(number);
}

void ControlSocket::close(std::uint64_t number) {
  const auto found = connections_.find(number);
  if (found == connections_.end()) return;
  client_.unwatch(found->second.descriptor);
  ::close(found->second.descriptor);
  connections_.erase(found);
}

void ControlSocket::drain() {
  for (auto& [number, connection] : connections_) {
    while (!connection.out.empty()) {
      pollfd writable{connection.descriptor, POLLOUT, 0};
      if (::poll(&writable, 1, 200) != 1) break;
      const ssize_t sent = ::send(connection.descriptor, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
      if (sent <= 0) break;
      connection.out.erase(0, static_cast<std::size_t>(sent));
    }
  }
}

}  // namespace omadm
