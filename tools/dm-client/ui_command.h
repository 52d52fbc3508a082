// UserInterface by a program: [ui] command.
#pragma once

#include <string>
#include <vector>

#include "base/io/log.h"
#include "client/platform.h"

namespace omadm {

// Runs the command with the arguments "confirm-session" and the ServerID. Exit status 0 is consent; anything
// else, and no answer within 20 seconds, is refusal.
class UiCommand final : public UserInterface {
 public:
  UiCommand(std::vector<std::string> command, Log& log) : command_(std::move(command)), log_(log) {}
  void set_command(std::vector<std::string> command) { command_ = std::move(command); }

  bool present() const override { return !command_.empty(); }
  bool confirm_session(std::string_view server_id) override;

 private:
  std::vector<std::string> command_;
  Log& log_;
};

}  // namespace omadm
