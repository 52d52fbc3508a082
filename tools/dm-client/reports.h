// What commands tell, as JSON (UI-003) and as text for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "client/client.h"
#include "tools/common/terminal.h"

namespace omadm {

int session_exit(const SessionReport& report);
nlohmann::ordered_json session_json(const SessionReport& report);
nlohmann::ordered_json verdict_json(const NotifyVerdict& verdict);
nlohmann::ordered_json status_json(const ClientStatus& status);

// The text of a document made by the functions above; what servers said drives no terminal.
std::string session_text(const nlohmann::ordered_json& session, const Terminal& terminal);
std::string verdict_text(const nlohmann::ordered_json& verdict);
std::string status_text(const nlohmann::ordered_json& status);

}  // namespace omadm
