#include "tools/dm-client/prompt_text.h"

#include <algorithm>

#include "base/text.h"

namespace omadm {

std::string_view prompt_word(PromptKind kind) noexcept {
  constexpr std::string_view kWords[] = {"display", "confirm", "input", "choice", "choices", "confirm-session"};
  return kWords[static_cast<std::size_t>(kind)];
}

char input_letter(InputType type) noexcept {
  constexpr std::string_view kLetters = "ANDTPI";
  return kLetters[static_cast<std::size_t>(type)];
}

std::string default_text(const UserPrompt& prompt) {
  if (prompt.default_yes) return *prompt.default_yes ? "1" : "0";
  if (prompt.default_text) return *prompt.default_text;
  std::string numbers;
  for (const unsigned choice : prompt.default_choices) {
    numbers += (numbers.empty() ? "" : "-") + std::to_string(choice);
  }
  return numbers;
}

UserAnswer answer_of(const UserPrompt& prompt, std::string_view typed) {
  UserAnswer answer;
  answer.kind = UserAnswer::Kind::accepted;
  if (prompt.kind == PromptKind::input) answer.text = typed;
  if (prompt.kind != PromptKind::single_choice && prompt.kind != PromptKind::multiple_choice) return answer;
  std::string spaced(typed);
  std::replace_if(
      spaced.begin(), spaced.end(), [](char c) { return c == ',' || c == '-' || c == '\n' || c == '\t'; }, ' ');
  for (const std::string_view number : split(spaced, ' ')) {
    if (number.empty()) continue;
    // What is no number is choice 0, which there is not: the user is asked again.
    const auto choice = parse_unsigned(number);
    answer.choices.push_back(choice && *choice <= prompt.choices.size() ? static_cast<unsigned>(*choice) : 0U);
  }
  return answer;
}

}  // namespace omadm
