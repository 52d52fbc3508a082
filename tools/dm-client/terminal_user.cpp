#include "tools/dm-client/terminal_user.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/io/event_loop.h"
#include "base/text.h"
#include "tools/common/readable.h"
#include "tools/dm-client/prompt_text.h"

namespace omadm {
namespace {

constexpr std::size_t kMostChoices = 200;
constexpr std::size_t kLongestLine = 16 * 1024;

void tell(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

// Line ends and tabs stay; whatever else a terminal would obey does not.
std::string shown(const std::string& text) {
  std::string out;
  for (const std::string_view line : split(text, '\n')) out += (out.empty() ? "" : "\n  ") + one_line(line);
  return out;
}

std::string form_of(const UserPrompt& prompt) {
  switch (prompt.input_type) {
    case InputType::alphanumeric:
      return {};
    case InputType::numeric:
      return "a number";
    case InputType::date:
      return "a date, DDMMYYYY";
    case InputType::time:
      return "a time, hhmmss";
    case InputType::phone:
      return "a telephone number";
    case InputType::ip_address:
      return "an IP address, xxx.yyy.zzz.www";
  }
  return {};
}

std::string invitation(const UserPrompt& prompt) {
  const std::string preset = default_text(prompt);
  const std::string or_default = preset.empty() || prompt.hidden ? "" : " [" + one_line(preset) + "]";
  switch (prompt.kind) {
    case PromptKind::display:
      return "Enter to go on: ";
    case PromptKind::confirm:
      return prompt.default_yes ? (*prompt.default_yes ? "yes or no [yes]: " : "yes or no [no]: ") : "yes or no: ";
    case PromptKind::session:
      return "yes or no: ";
    case PromptKind::input: {
      const std::string form = form_of(prompt);
      return (form.empty() ? "Your answer" : form) + or_default + ": ";
    }
    case PromptKind::single_choice:
      return "One number" + or_default + ": ";
    case PromptKind::multiple_choice:
      return "Numbers" + or_default + ": ";
  }
  return {};
}

// The terminal while it asks: no echo for hidden input, and as it was afterwards.
class TerminalQuestion final : public Question {
 public:
  TerminalQuestion(InputWatch input, UserPrompt prompt, UserInterface::Answered answered)
      : input_(std::move(input)), prompt_(std::move(prompt)), answered_(std::move(answered)) {
    if (prompt_.hidden && ::tcgetattr(STDIN_FILENO, &before_) == 0) {
      termios silent = before_;
      silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
      silenced_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    put();
    input_.start([this] { read_line(); });
  }
  TerminalQuestion(const TerminalQuestion&) = delete;
  TerminalQuestion& operator=(const TerminalQuestion&) = delete;
  ~TerminalQuestion() override {
    input_.stop();
    if (silenced_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    if (answered_) tell("\n");  // withdrawn
  }

 private:
  void put() {
    std::string text = "\n";
    if (!prompt_.complaint.empty()) text += one_line(prompt_.complaint) + "\n";
    if (prompt_.kind == PromptKind::session) {
      text += one_line(prompt_.server_id) + " wants to start a management session.\n";
    } else {
      text += one_line(prompt_.server_id) + (prompt_.kind == PromptKind::display ? " says:\n  " : " asks:\n  ");
      text += shown(prompt_.text) + "\n";
    }
    for (std::size_t i = 0; i < prompt_.choices.size(); ++i) {
      text += fmt::format("  {:3}  {}\n", i + 1, one_line(prompt_.choices[i]));
    }
    tell(text + invitation(prompt_));
  }

  void read_line() {
    char chunk[4096];
    const ssize_t count = ::read(STDIN_FILENO, chunk, sizeof chunk);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (count <= 0) return answer({UserAnswer::Kind::cancelled, {}, {}});  // end of input, or ^D
    line_.append(chunk, static_cast<std::size_t>(count));
    if (line_.size() > kLongestLine) return answer({UserAnswer::Kind::cancelled, {}, {}});
    const std::size_t end = line_.find('\n');
    if (end == std::string::npos) return;
    take(line_.substr(0, end));
  }

  void take(const std::string& line) {
    line_.clear();
    if (prompt_.kind == PromptKind::confirm || prompt_.kind == PromptKind::session) return take_yes_or_no(line);
    if (line.empty() && !default_text(prompt_).empty() && prompt_.kind != PromptKind::display) {
      return answer(default_answer(prompt_).value_or(answer_of(prompt_, line)));
    }
    answer(answer_of(prompt_, line));
  }

  void take_yes_or_no(const std::string& line) {
    const std::string word = to_lower(trim(line));
    const bool preset = word.empty() && prompt_.default_yes;
    const bool yes = word == "y" || word == "yes" || (preset && *prompt_.default_yes);
    const bool no = word == "n" || word == "no" || (preset && !*prompt_.default_yes);
    if (!yes && !no) return tell(invitation(prompt_));
    answer({yes ? UserAnswer::Kind::accepted : UserAnswer::Kind::rejected, {}, {}});
  }

  void answer(const UserAnswer& said) {
    input_.stop();
    if (prompt_.hidden || said.kind == UserAnswer::Kind::cancelled) tell("\n");
    const UserInterface::Answered answered = std::exchange(answered_, nullptr);
    answered(said);
  }

  InputWatch input_;
  UserPrompt prompt_;
  UserInterface::Answered answered_;
  std::string line_;
  termios before_{};
  bool silenced_ = false;
};

}  // namespace

bool on_terminal() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1; }

std::unique_ptr<Question> ask_on_terminal(const InputWatch& input, const UserPrompt& prompt,
                                          UserInterface::Answered answered) {
  if (prompt.choices.size() > kMostChoices) {
    answered({UserAnswer::Kind::cannot_display, {}, {}});
    return nullptr;
  }
  return std::make_unique<TerminalQuestion>(input, prompt, std::move(answered));
}

std::unique_ptr<Question> TerminalUser::ask(const UserPrompt& prompt, Answered answered) {
  if (client_ == nullptr) {
    answered({UserAnswer::Kind::no_user, {}, {}});
    return nullptr;
  }
  Client& client = *client_;
  const InputWatch input{[&client](std::function<void()> ready) {
                           client.watch(STDIN_FILENO, kReadable, [ready = std::move(ready)](unsigned) { ready(); });
                         },
                         [&client] { client.unwatch(STDIN_FILENO); }};
  return ask_on_terminal(input, prompt, std::move(answered));
}

}  // namespace omadm
