// A question to the user, and what he says. [DMPRO] "User interaction commands"; PRO-320 … PRO-346.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace omadm {

enum class PromptKind : std::uint8_t {
  display,          // Alert 1100: shown, acknowledged
  confirm,          // 1101: yes or no
  input,            // 1102: a text
  single_choice,    // 1103
  multiple_choice,  // 1104
  session,          // no alert: may the server start a session? (NOT-053)
};
enum class InputType : std::uint8_t { alphanumeric, numeric, date, time, phone, ip_address };  // IT (PRO-345)

struct UserPrompt {
  PromptKind kind = PromptKind::display;
  std::string server_id;
  std::string text;                              // UTF-8, as the server sent it: not fit for a terminal without care
  std::vector<std::string> choices;              // numbered from 1
  std::chrono::seconds min_display{0};           // MINDT: a hint
  std::optional<std::chrono::seconds> max_wait;  // MAXDT: who waits sees to it
  // DR, as far as it is usable: what is preselected.
  std::optional<bool> default_yes;
  std::optional<std::string> default_text;
  std::vector<unsigned> default_choices;
  std::optional<std::uint32_t> max_length;  // MAXLEN, characters
  InputType input_type = InputType::alphanumeric;
  bool hidden = false;    // ET=P: not echoed
  std::string complaint;  // why the last answer would not do, for the user; empty: asked for the first time
};

struct UserAnswer {
  enum class Kind : std::uint8_t {
    accepted,  // read, yes, typed, chosen
    rejected,  // no
    cancelled,
    timed_out,
    cannot_display,  // too many or too long choices
    no_user,         // nobody is there any more
  };
  Kind kind = Kind::cancelled;
  std::string text;               // input
  std::vector<unsigned> choices;  // numbers from 1; single_choice: one
};

// What is wrong with an accepted answer, for the user; empty: nothing.
std::string problem_with(const UserPrompt& prompt, const UserAnswer& answer);

// The answer that stands for an unanswered question: what DR preselects; nullopt: none (PRO-328).
std::optional<UserAnswer> default_answer(const UserPrompt& prompt);

}  // namespace omadm
