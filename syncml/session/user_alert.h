// User interaction alerts as commands: out of the message, and into its Status.
#pragma once

#include <variant>

#include "syncml/session/command_context.h"
#include "syncml/session/user_prompt.h"

namespace omadm {

bool is_user_alert(const Command& command) noexcept;  // 1100 … 1104

// What to ask, or what the alert is answered instead: incomplete_command (PRO-321, 325, 329).
std::variant<UserPrompt, StatusCode> user_prompt(const Command& command);

// The Status of the alert (PRO-322 … 329).
ItemOutcome outcome_of(const UserPrompt& prompt, const UserAnswer& answer);

}  // namespace omadm
