#include "tools/dm-client/ui_command.h"

#include <poll.h>

#include "tools/dm-client/child_process.h"

namespace omadm {
namespace {

constexpr int kPatience = 20'000;  // milliseconds

}  // namespace

bool UiCommand::confirm_session(std::string_view server_id) {
  std::vector<std::string> command = command_;
  command.emplace_back("confirm-session");
  command.emplace_back(server_id);
  auto child = ChildProcess::start(command, {});
  if (!child) {
    log_.write(LogLevel::error, "the user cannot be asked: " + child.error().detail);
    return false;
  }
  pollfd ended{child->ended(), POLLIN, 0};
  if (::poll(&ended, 1, kPatience) != 1) {
    log_.write(LogLevel::notice, "the user did not answer");
    child->kill();
    child->exit_status();
    return false;
  }
  return child->exit_status() == 0;
}

}  // namespace omadm
