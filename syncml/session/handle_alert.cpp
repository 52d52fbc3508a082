// [RepPro] "Alert codes": what a server may say to a client, 1222 and 1223 excepted (the session's affair).
#include "base/text.h"
#include "syncml/session/user_alert.h"

namespace omadm {

StatusCode handle_alert(const Command& command, bool user_present) {
  const auto code = parse_unsigned(trim(command.data));
  if (!command.has_data || !code) return StatusCode::incomplete_command;  // PRO-282
  if (is_user_alert(command) && user_present) {
    const auto prompt = user_prompt(command);
    // One that could be asked never comes here.
    const StatusCode* const wrong = std::get_if<StatusCode>(&prompt);
    return wrong != nullptr ? *wrong : StatusCode::optional_feature_not_supported;
  }
  switch (*code) {
    case 1200:
    case 1201:
    case 1225:
      return StatusCode::ok;
    case 1224:
    case 1226:
      return StatusCode::command_not_allowed;  // only a client sends these
    default:
      return StatusCode::optional_feature_not_supported;  // PRO-280, and PRO-320: no user present
  }
}

}  // namespace omadm
