// Questions to the user and his answers as they travel between the daemon and a dm-client on a terminal.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "syncml/session/user_prompt.h"

namespace omadm {

nlohmann::json prompt_json(const UserPrompt& prompt);
UserPrompt prompt_from(const nlohmann::json& json);

nlohmann::json answer_json(const UserAnswer& answer);
std::optional<UserAnswer> answer_from(const nlohmann::json& json);  // nullopt: it is none

}  // namespace omadm
