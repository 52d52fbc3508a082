// UserInterface by the terminal dm-client runs on.
#pragma once

#include <memory>

#include "client/client.h"
#include "client/platform.h"

namespace omadm {

// Questions go to standard error, answers come from standard input; both are a terminal, or nobody is present.
class TerminalUser final : public UserInterface {
 public:
  void attach(Client& client) { client_ = &client; }  // whose loop is used; before the first question

  bool present() const override;
  std::unique_ptr<Question> ask(const UserPrompt& prompt, Answered answered) override;

 private:
  Client* client_ = nullptr;
};

}  // namespace omadm
