// UserInterface by a program: [ui] command.
#pragma once

#include <string>
#include <vector>

#include "base/io/log.h"
#include "client/client.h"
#include "client/platform.h"

namespace omadm {

// Runs the command with two more arguments: what is asked (display, confirm, input, choice, choices, confirm-session)
// and the ServerID. The rest is in its environment: OMADM_TEXT, OMADM_CHOICES (one a line), OMADM_DEFAULT,
// OMADM_MIN_SECONDS, OMADM_MAX_SECONDS, OMADM_MAX_LENGTH, OMADM_INPUT_TYPE, OMADM_HIDDEN, OMADM_COMPLAINT. It prints
// the text typed, or the numbers chosen. Exit status: 0 yes, 1 no, 3 it cannot be shown; any other: cancelled.
class UiCommand final : public UserInterface {
 public:
  UiCommand(std::vector<std::string> command, Log& log) : command_(std::move(command)), log_(log) {}
  void attach(Client& client) { client_ = &client; }  // whose loop is used; before the first question
  void set_command(std::vector<std::string> command) { command_ = std::move(command); }

  bool present() const override { return !command_.empty(); }
  std::unique_ptr<Question> ask(const UserPrompt& prompt, Answered answered) override;

 private:
  std::vector<std::string> command_;
  Log& log_;
  Client* client_ = nullptr;
};

}  // namespace omadm
