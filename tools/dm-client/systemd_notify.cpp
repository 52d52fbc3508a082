#include "tools/dm-client/systemd_notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "base/text.h"

namespace omadm {

void notify_systemd(std::string_view state) {
  const char* const socket_name = std::getenv("NOTIFY_SOCKET");
  if (socket_name == nullptr) return;
  const std::string_view name = socket_name;
  sockaddr_un address{};
  if (name.size() < 2 || name.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), address.sun_path);
  if (name.front() == '@') address.sun_path[0] = '\0';  // the abstract name space
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  // Whether systemd listens is not our affair.
  [[maybe_unused]] const ssize_t sent = ::sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL,
                                                 reinterpret_cast<const sockaddr*>(&address), length);
  ::close(descriptor);
}

std::optional<std::chrono::milliseconds> watchdog_interval() {
  const char* const microseconds = std::getenv("WATCHDOG_USEC");
  const char* const pid = std::getenv("WATCHDOG_PID");
  if (microseconds == nullptr) return std::nullopt;
  if (pid != nullptr && parse_unsigned(pid) != static_cast<std::uint64_t>(::getpid())) return std::nullopt;
  const auto value = parse_unsigned(microseconds);
  if (!value || *value < 2000) return std::nullopt;
  return std::chrono::milliseconds(*value / 2000);
}

}  // namespace omadm
