#include "tools/dmtree-cli/watch_command.h"

#include "tools/common/control_protocol.h"
#include "tools/common/exit_code.h"

namespace omadm {

using nlohmann::json;

json watch_changes(const Arguments& arguments, const std::function<bool(const json& change)>& show) {
  const std::string directory = arguments.common.state_directory();
  Result<std::optional<ControlConnection>> daemon = ControlConnection::open(directory);
  if (!daemon) return control_failure({daemon.error().code, "control socket: " + daemon.error().detail}, kExitFailed);
  if (!daemon->has_value()) {
    return control_failure({Errc::unavailable, "no daemon serves " + directory +
                                                   ": start `dm-client run`; `dmtree-cli log` tells the past"},
                           kExitFailed);
  }
  json request{{"op", "tree.watch"}, {"uri", arguments.uri}};
  if (arguments.as) request["as"] = *arguments.as;
  const auto event = [&show](const json& told) { return !told.contains("uri") || show(told); };
  Result<json> answer = (*daemon)->request(request, event);
  if (answer) return std::move(*answer);
  if (answer.error().code == Errc::io) return control_failure({Errc::io, "the daemon has ended"}, kExitFailed);
  return control_failure(answer.error(), kExitFailed);
}

}  // namespace omadm
