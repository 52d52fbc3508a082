#include "tools/common/control_protocol.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "tools/common/exit_code.h"

namespace omadm {
namespace {

constexpr std::string_view kSocketName = "control.sock";
constexpr std::chrono::seconds kPatience{25};

Error system_error(const std::string& what) {
  if (errno == EAGAIN) {
    return {Errc::unavailable, "the daemon does not answer for " + std::to_string(kPatience.count()) +
                                   " seconds: it is stopped, or hangs; kill it and start it again"};
  }
  const Errc code = errno == ENOENT ? Errc::not_found : errno == EACCES ? Errc::permission_denied : Errc::io;
  return {code, what + ": " + std::strerror(errno)};
}

}  // namespace

std::string control_socket_path(const std::string& state_directory) {
  const char* const runtime = std::getenv("RUNTIME_DIRECTORY");
  if (runtime != nullptr && *runtime != '\0') {
    // systemd lists several directories separated by colons; the first is the daemon's.
    const std::string_view first(runtime, std::strcspn(runtime, ":"));
    return std::string(first) + "/" + std::string(kSocketName);
  }
  return state_directory + "/" + std::string(kSocketName);
}

SocketAddress::SocketAddress(SocketAddress&& other) noexcept
    : directory(std::exchange(other.directory, -1)), address(std::move(other.address)) {}

SocketAddress::~SocketAddress() {
  if (directory >= 0) ::close(directory);
}

Result<SocketAddress> SocketAddress::of(const std::string& path) {
  SocketAddress result;
  if (path.size() < sizeof(sockaddr_un::sun_path)) {
    result.address = path;
    return result;
  }
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash);
  result.directory = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (result.directory < 0) return system_error(directory);
  result.address = "/proc/self/fd/" + std::to_string(result.directory) + "/" + path.substr(slash + 1);
  if (result.address.size() >= sizeof(sockaddr_un::sun_path)) return Error{Errc::too_large, path + ": name too long"};
  return result;
}

nlohmann::json control_answer(nlohmann::json result) { return {{"ok", true}, {"result", std::move(result)}}; }

nlohmann::json control_failure(const Error& error, int exit) {
  return {{"ok", false}, {"error", error.detail}, {"code", to_string(error.code)}, {"exit", exit}};
}

nlohmann::json control_failure(const Error& error) { return control_failure(error, exit_code(error.code)); }

std::optional<std::string> take_control_line(std::string& buffer) {
  const std::size_t end = buffer.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = buffer.substr(0, end);
  buffer.erase(0, end + 1);
  return line;
}

Result<std::optional<ControlConnection>> ControlConnection::open(const std::string& state_directory) {
  // The state directory is asked first: a daemon whose socket is elsewhere leaves a link to it there.
  auto connection = DM_TRY(connect_to(state_directory + "/" + std::string(kSocketName)));
  if (connection) return connection;
  return connect_to(control_socket_path(state_directory));
}

Result<std::optional<ControlConnection>> ControlConnection::connect_to(const std::string& path) {
  auto address = SocketAddress::of(path);
  if (!address && address.error().code == Errc::not_found) return std::optional<ControlConnection>();
  if (!address) return std::move(address).error();
  ControlConnection connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connection.descriptor_ < 0) return system_error("control socket");
  // A daemon that is stopped still has connections taken for it, and octets, until a queue is full.
  connection.set_patience(SO_SNDTIMEO, kPatience);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, address->address.c_str(), address->address.size() + 1);
  if (::connect(connection.descriptor_, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
    // A socket left behind by a daemon that was killed refuses; nobody is there.
    if (errno == ENOENT || errno == ECONNREFUSED || errno == ENOTDIR) return std::optional<ControlConnection>();
    return system_error(path);
  }
  return std::optional<ControlConnection>(std::move(connection));
}

ControlConnection::ControlConnection(ControlConnection&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      buffer_(std::move(other.buffer_)),
      wait_(std::move(other.wait_)) {}

ControlConnection::~ControlConnection() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void ControlConnection::set_patience(int option, std::chrono::seconds patience) {
  const timeval time{patience.count(), 0};
  ::setsockopt(descriptor_, SOL_SOCKET, option, &time, sizeof time);
}

Result<void> ControlConnection::send(const nlohmann::json& json) {
  const std::string line = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t sent = ::send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return system_error("the daemon cannot be written to");
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<nlohmann::json> ControlConnection::request(const nlohmann::json& request, const OnEvent& event) {
  set_patience(SO_RCVTIMEO, kPatience);
  DM_TRY(send(request));
  while (true) {
    nlohmann::json answer = DM_TRY(read_line());
    if (!answer.is_object()) return Error{Errc::malformed, "the daemon's answer is not an object"};
    if (!answer.contains("event")) return answer;
    // A session or an installation may take its time; the daemon says every few seconds that it is there.
    const nlohmann::json& what = answer["event"];
    const bool sign_of_life = what.is_object() && (what.contains("accepted") || what.contains("alive"));
    if (!sign_of_life && event && !event(what)) return Error{Errc::cancelled, "stopped"};
  }
}

Result<nlohmann::json> ControlConnection::read_line() {
  char chunk[65536];
  while (true) {
    if (auto line = take_control_line(buffer_)) {
      auto json = nlohmann::json::parse(*line, nullptr, false);
      if (json.is_discarded()) return Error{Errc::malformed, "the daemon's answer is not JSON"};
      return json;
    }
    if (buffer_.size() > kMaxControlLine) return Error{Errc::too_large, "the daemon's answer is too long"};
    if (wait_) wait_(descriptor_);
    const ssize_t count = ::recv(descriptor_, chunk, sizeof chunk, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error("the daemon cannot be read from");
    if (count == 0) return Error{Errc::io, "the daemon ended before it answered"};
    buffer_.append(chunk, static_cast<std::size_t>(count));
  }
}

}  // namespace omadm
