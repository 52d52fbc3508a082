// A user who answers when the test says so.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "client/platform.h"

namespace omadm::test {

class ScriptedUser final : public UserInterface {
 public:
  bool present() const override { return here; }
  std::unique_ptr<Question> ask(const UserPrompt& prompt, Answered answered) override {
    prompts.push_back(prompt);
    auto question = std::make_unique<Asked>(*this, std::move(answered));
    open_.push_back(question.get());
    return question;
  }

  // Answers the question that is open.
  void say(const UserAnswer& answer) {
    const Answered answered = open_.back()->answered;
    answered(answer);
  }
  std::size_t asking() const { return open_.size(); }  // questions neither answered nor withdrawn

  std::vector<UserPrompt> prompts;
  bool here = true;

 private:
  struct Asked final : Question {
    Asked(ScriptedUser& of, Answered answer) : user(of), answered(std::move(answer)) {}
    Asked(const Asked&) = delete;
    Asked& operator=(const Asked&) = delete;
    ~Asked() override { std::erase(user.open_, this); }
    ScriptedUser& user;
    Answered answered;
  };
  std::vector<Asked*> open_;
};

}  // namespace omadm::test
