// Tells systemd how the daemon is. sd_notify(3), without its library.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace omadm {

// Sends `state` ("READY=1", "STATUS=…") to $NOTIFY_SOCKET; nothing happens without one.
void notify_systemd(std::string_view state);

// How often WATCHDOG=1 is due: half of $WATCHDOG_USEC; nullopt: no watchdog is set for this process.
std::optional<std::chrono::milliseconds> watchdog_interval();

}  // namespace omadm
