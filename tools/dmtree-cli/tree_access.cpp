#include "tools/dmtree-cli/tree_access.h"

#include <utility>

#include "mo/dmacc/dmacc_object.h"
#include "tools/common/control_protocol.h"
#include "tools/common/exit_code.h"
#include "tools/common/tree_requests.h"
#include "tools/dmtree-cli/configured_ddfs.h"
#include "tools/dmtree-cli/state_directory.h"

namespace omadm {

namespace {

// As in the running client: what an account may not be is refused, and who has none left leaves the ACLs (TND-073).
nlohmann::json run_with_accounts_watched(Tree& tree, const nlohmann::json& request) {
  std::vector<std::string> gone;
  DmAccObject accounts(tree, [&gone](std::string_view server_id) { gone.emplace_back(server_id); });
  tree.attach(Uri().child("DMAcc"), accounts);
  nlohmann::json answer = run_tree_request(tree, request);
  tree.detach(accounts);
  Result<void> forgotten;
  for (const std::string& id : gone) {
    if (forgotten) forgotten = tree.remove_server(id);
  }
  if (forgotten && !gone.empty()) forgotten = tree.flush();
  return forgotten ? answer : store_failure(forgotten.error());
}

}  // namespace

nlohmann::json store_failure(const Error& error) {
  switch (error.code) {
    case Errc::corrupt:
      return control_failure({error.code, "the store is corrupt: " + error.detail}, kExitStore);
    case Errc::unsupported:
      return control_failure({error.code, "the store cannot be read: " + error.detail}, kExitStore);
    case Errc::unavailable:
      return control_failure({error.code, "the store is locked: " + error.detail}, kExitStore);
    default:
      return control_failure(error, kExitFailed);
  }
}

Result<bool> TreeAccess::daemon_runs() const { return DM_TRY(ControlConnection::open(directory_)).has_value(); }

nlohmann::json TreeAccess::run(const nlohmann::json& request, bool writes) {
  Result<std::optional<ControlConnection>> daemon = ControlConnection::open(directory_);
  if (!daemon) return control_failure({daemon.error().code, "control socket: " + daemon.error().detail}, kExitFailed);
  used_daemon_ = daemon->has_value();
  if (!used_daemon_) return run_locally(request, writes);
  Result<nlohmann::json> answer = (*daemon)->request(request);
  return answer ? std::move(*answer) : control_failure(answer.error(), kExitFailed);
}

nlohmann::json TreeAccess::run_locally(const nlohmann::json& request, bool writes) {
  if (const auto there = require_state(directory_, writes); !there) return store_failure(there.error());
  const Result<std::vector<std::string>> descriptions = configured_ddfs(config_);
  if (!descriptions) return control_failure(descriptions.error(), kExitUsage);
  const auto local = writes ? LocalTree::open_for_writing(directory_, *descriptions)
                            : LocalTree::open_for_reading(directory_, *descriptions);
  if (!local) {
    const bool description = local.error().code == Errc::malformed || local.error().code == Errc::too_large;
    return description ? control_failure(local.error(), kExitUsage) : store_failure(local.error());
  }
  Tree& tree = (*local)->tree();
  warnings_ = tree.load_report().problems;
  nlohmann::json answer = run_with_accounts_watched(tree, request);
  if (request.value("op", "") == "tree.exec" && answer.value("code", "") == to_string(Errc::unsupported)) {
    answer["error"] = answer.value("error", "") + " without the client: start `dm-client run` first";
  }
  return answer;
}

}  // namespace omadm
