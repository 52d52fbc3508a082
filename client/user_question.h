// One question to the user, and the time he has for it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "base/io/event_loop.h"
#include "client/platform.h"

namespace omadm {

// `done` is called once, on the loop, never inside the constructor, and may destroy this; destroyed before, it
// withdraws the question.
class UserQuestion {
 public:
  // The user has prompt.max_wait, but never more than `limit`.
  UserQuestion(EventLoop& loop, UserInterface& user, const UserPrompt& prompt, std::chrono::seconds limit,
               UserInterface::Answered done);

 private:
  void answer(const UserAnswer& answer);

  EventLoop& loop_;
  UserInterface::Answered done_;
  std::optional<UserAnswer> answer_;
  LoopHandlePtr timer_;  // first the user's time, then the way to `done`
  std::unique_ptr<Question> question_;
};

}  // namespace omadm
