#include "tools/dm-client/ui_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/io/event_loop.h"
#include "tools/dm-client/child_process.h"
#include "tools/dm-client/prompt_text.h"

namespace omadm {
namespace {

constexpr std::size_t kMostEnvironment = 100'000;  // octets of a question; Linux takes 131072 in one variable
constexpr std::size_t kMostOutput = 64 * 1024;

std::string choice_lines(const std::vector<std::string>& choices) {
  std::string lines;
  for (std::string choice : choices) {
    std::replace(choice.begin(), choice.end(), '\n', ' ');
    lines += choice + "\n";
  }
  return lines;
}

std::string seconds_text(const std::optional<std::chrono::seconds>& time) {
  return time && time->count() > 0 ? std::to_string(time->count()) : std::string();
}

ChildProcess::Environment environment_of(const UserPrompt& prompt) {
  return {{"OMADM_TEXT", prompt.text},
          {"OMADM_CHOICES", choice_lines(prompt.choices)},
          {"OMADM_DEFAULT", default_text(prompt)},
          {"OMADM_MIN_SECONDS", seconds_text(prompt.min_display)},
          {"OMADM_MAX_SECONDS", seconds_text(prompt.max_wait)},
          {"OMADM_MAX_LENGTH", prompt.max_length ? std::to_string(*prompt.max_length) : ""},
          {"OMADM_INPUT_TYPE", std::string(1, input_letter(prompt.input_type))},
          {"OMADM_HIDDEN", prompt.hidden ? "1" : ""},
          {"OMADM_COMPLAINT", prompt.complaint}};
}

// The program while it asks. Destroyed before it ended, it is killed.
class RunningCommand final : public Question {
 public:
  RunningCommand(Client& client, ChildProcess child, UserPrompt prompt, UserInterface::Answered answered)
      : client_(client), child_(std::move(child)), prompt_(std::move(prompt)), answered_(std::move(answered)) {
    client_.watch(child_.output(), kReadable, [this](unsigned) { read_output(); });
    client_.watch(child_.ended(), kReadable, [this](unsigned) { ended(); });
  }
  RunningCommand(const RunningCommand&) = delete;
  RunningCommand& operator=(const RunningCommand&) = delete;
  ~RunningCommand() override {
    client_.unwatch(child_.output());
    client_.unwatch(child_.ended());
    if (over_) return;
    child_.kill();
    child_.exit_status();
  }

 private:
  void read_output() {
    char chunk[4096];
    while (true) {
      const ssize_t count = ::read(child_.output(), chunk, sizeof chunk);
      if (count < 0 && errno == EINTR) continue;
      if (count == 0) client_.unwatch(child_.output());
      if (count <= 0) return;
      if (output_.size() < kMostOutput) output_.append(chunk, static_cast<std::size_t>(count));
    }
  }

  void ended() {
    client_.unwatch(child_.ended());
    read_output();
    const int status = child_.exit_status();
    over_ = true;
    UserAnswer answer;
    if (status == 0) {
      if (output_.ends_with('\n')) output_.pop_back();
      answer = answer_of(prompt_, output_);
    } else if (status == 1) {
      answer.kind = UserAnswer::Kind::rejected;
    } else if (status == 3) {
      answer.kind = UserAnswer::Kind::cannot_display;
    }
    const UserInterface::Answered answered = std::move(answered_);
    answered(answer);
  }

  Client& client_;
  ChildProcess child_;
  UserPrompt prompt_;
  UserInterface::Answered answered_;
  std::string output_;
  bool over_ = false;
};

}  // namespace

std::unique_ptr<Question> UiCommand::ask(const UserPrompt& prompt, Answered answered) {
  const auto give_up = [&](UserAnswer::Kind kind, const std::string& why) {
    log_.write(LogLevel::error, "the user cannot be asked: " + why);
    answered({kind, {}, {}});
    return nullptr;
  };
  if (client_ == nullptr || command_.empty()) return give_up(UserAnswer::Kind::no_user, "[ui] command is not set");
  std::vector<std::string> command = command_;
  command.emplace_back(prompt_word(prompt.kind));
  command.push_back(prompt.server_id);
  const ChildProcess::Environment environment = environment_of(prompt);
  std::size_t octets = 0;
  for (const auto& [name, value] : environment) octets += name.size() + value.size();
  if (octets > kMostEnvironment) return give_up(UserAnswer::Kind::cannot_display, "the question is too long");
  auto child = ChildProcess::start(command, environment);
  if (!child) return give_up(UserAnswer::Kind::no_user, child.error().detail);
  return std::make_unique<RunningCommand>(*client_, std::move(*child), prompt, std::move(answered));
}

}  // namespace omadm
