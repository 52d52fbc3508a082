#include "client/user_question.h"

#include <algorithm>
#include <utility>

namespace omadm {

UserQuestion::UserQuestion(EventLoop& loop, UserInterface& user, const UserPrompt& prompt, std::chrono::seconds limit,
                           UserInterface::Answered done)
    : loop_(loop), done_(std::move(done)) {
  const auto time = std::min(prompt.max_wait.value_or(limit), limit);
  timer_ = loop_.after(time, [this] { answer({UserAnswer::Kind::timed_out, {}, {}}); });
  question_ = user.ask(prompt, [this](const UserAnswer& said) { answer(said); });
}

void UserQuestion::answer(const UserAnswer& said) {
  if (answer_) return;
  answer_ = said;
  // Out of whatever called us: the question must not be destroyed inside its own callback.
  timer_ = loop_.after({}, [this] {
    question_.reset();
    const UserInterface::Answered done = std::move(done_);
    const UserAnswer answer = *answer_;
    done(answer);
  });
}

}  // namespace omadm
