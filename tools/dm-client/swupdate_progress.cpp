#include "tools/dm-client/swupdate_progress.h"

#if __has_include(<progress_ipc.h>)

#include <progress_ipc.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/io/event_loop.h"

namespace omadm {
namespace {

constexpr long kTryAgain = 100'000'000;  // nanoseconds, until it listens

int percent_of(const progress_msg& message) {
  const unsigned steps = std::max(message.nsteps, 1U);
  const unsigned step = std::clamp(message.cur_step, 1U, steps);
  return static_cast<int>(((step - 1) * 100 + std::min(message.cur_percent, 100U)) / steps);
}

}  // namespace

// The library's own calls write to the standard output and wait; only its message and the place are used.
struct SwupdateProgress::Impl {
  Impl(Client& on, std::function<void(int)> to) : client(on), told(std::move(to)) {
    timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (timer < 0) return;
    const itimerspec often{{0, kTryAgain}, {0, kTryAgain}};
    ::timerfd_settime(timer, 0, &often, nullptr);
    client.watch(timer, kReadable, [this](unsigned) { try_to_connect(); });
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    drop(timer);
    drop(connection);
  }

  void drop(int& descriptor) {
    if (descriptor < 0) return;
    client.unwatch(descriptor);
    ::close(std::exchange(descriptor, -1));
  }

  void try_to_connect() {
    std::uint64_t times = 0;
    (void)!::read(timer, &times, sizeof times);
    if (connection >= 0) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const char* const place = ::get_prog_socket();
    const std::string_view path = place != nullptr ? place : "";
    if (path.empty() || path.size() >= sizeof address.sun_path) return;
    path.copy(address.sun_path, path.size());
    const int tried = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (tried < 0) return;
    if (::connect(tried, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(tried);
      return;
    }
    connection = tried;
    filled = 0;
    client.watch(connection, kReadable, [this](unsigned) { take(); });
  }

  void take() {
    while (true) {
      char* const space = reinterpret_cast<char*>(&message) + filled;
      const ssize_t count = ::read(connection, space, sizeof message - filled);
      if (count < 0 && (errno == EINTR)) continue;
      if (count < 0 && (errno == EAGAIN)) return;
      if (count <= 0) return drop(connection);
      filled += static_cast<std::size_t>(count);
      if (filled < sizeof message) continue;
      filled = 0;
      if (message.nsteps > 0) told(percent_of(message));
    }
  }

  Client& client;
  std::function<void(int)> told;
  int timer = -1, connection = -1;
  progress_msg message{};
  std::size_t filled = 0;  // octets of it
};

SwupdateProgress::SwupdateProgress(Client& client, std::function<void(int)> told)
    : impl_(std::make_unique<Impl>(client, std::move(told))) {}
SwupdateProgress::~SwupdateProgress() = default;

}  // namespace omadm

#else

namespace omadm {

struct SwupdateProgress::Impl {};
SwupdateProgress::SwupdateProgress(Client&, std::function<void(int)>) {}
SwupdateProgress::~SwupdateProgress() = default;

}  // namespace omadm

#endif
