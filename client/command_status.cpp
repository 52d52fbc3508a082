#include "client/command_status.h"

#include "syncml/session/status_map.h"

namespace omadm {

int command_status(const Error& error, AccessType command) noexcept {
  return static_cast<int>(status_of(error, command));
}

std::string_view status_meaning(int status) noexcept { return meaning(status); }

}  // namespace omadm
