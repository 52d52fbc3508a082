// Questions to the user and his answers as text, for the front ends of dm-client.
#pragma once

#include <string>
#include <string_view>

#include "syncml/session/user_prompt.h"

namespace omadm {

std::string_view prompt_word(PromptKind kind) noexcept;  // "display", "confirm", "input" …
char input_letter(InputType type) noexcept;              // as IT has it: 'A', 'N' …
std::string default_text(const UserPrompt& prompt);      // as DR has it: "1", "2-3", a text; empty: none

// An accepted answer out of what the user typed: the text, or the numbers in it.
UserAnswer answer_of(const UserPrompt& prompt, std::string_view typed);

}  // namespace omadm
