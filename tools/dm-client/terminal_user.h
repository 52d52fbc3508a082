// UserInterface by the terminal dm-client runs on.
#pragma once

#include <functional>
#include <memory>

#include "client/client.h"
#include "client/platform.h"

namespace omadm {

// How to hear of standard input: `start` has its argument called whenever there is something to read, until `stop`.
struct InputWatch {
  std::function<void(std::function<void()> ready)> start;
  std::function<void()> stop;
};
std::unique_ptr<Question> ask_on_terminal(const InputWatch& input, const UserPrompt& prompt,
                                          UserInterface::Answered answered);
// Whether somebody can be asked here: standard input and standard error are a terminal.
bool on_terminal();

// Questions go to standard error, answers come from standard input; both are a terminal, or nobody is present.
class TerminalUser final : public UserInterface {
 public:
  void attach(Client& client) { client_ = &client; }  // whose loop is used; before the first question

  bool present() const override { return on_terminal(); }
  std::unique_ptr<Question> ask(const UserPrompt& prompt, Answered answered) override;

 private:
  Client* client_ = nullptr;
};

}  // namespace omadm
