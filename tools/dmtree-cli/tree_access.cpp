#include "tools/dmtree-cli/tree_access.h"

#include <utility>

#include "client/account_rules.h"
#include "tools/common/exit_code.h"
#include "tools/common/object_files.h"
#include "tools/common/tree_requests.h"
#include "tools/dmtree-cli/absent_handlers.h"
#include "tools/dmtree-cli/configured_ddfs.h"
#include "tools/dmtree-cli/state_directory.h"

namespace omadm {
namespace {

constexpr std::uint64_t kMostRead = 4U << 20U;  // octets of a value in a file that is shown

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

nlohmann::json TreeAccess::run(const nlohmann::json& request, bool writes, const ControlConnection::OnEvent& event) {
  Result<std::optional<ControlConnection>> daemon = ControlConnection::open(directory_);
  if (!daemon) return control_failure({daemon.error().code, "control socket: " + daemon.error().detail}, kExitFailed);
  used_daemon_ = daemon->has_value();
  if (!used_daemon_) return run_locally(request, writes);
  Result<nlohmann::json> answer = (*daemon)->request(request, event);
  return answer ? std::move(*answer) : control_failure(answer.error(), kExitFailed);
}

// Leaves that are files are so without the daemon too. A change that a handler would have to be told of is for the
// daemon alone.
void TreeAccess::attach_files(Tree& tree, const std::vector<ObjectFile>& objects, bool writes,
                              std::vector<std::unique_ptr<FileLeaves>>& files) {
  for (const ObjectFile& object : objects) {
    if (object.files.empty() || (writes && !object.handler.empty())) continue;
    files.push_back(
        std::make_unique<FileLeaves>(tree, quiet_, std::make_shared<PosixFileSystem>(), object.files, kMostRead));
    if (!writes) continue;
    if (const auto resumed = files.back()->resume(); !resumed) warnings_.push_back(resumed.error().detail);
  }
}

nlohmann::json TreeAccess::run_locally(const nlohmann::json& request, bool writes) {
  if (const auto there = require_state(directory_, writes); !there) return store_failure(there.error());
  const Result<std::vector<ObjectFile>> objects = configured_objects(config_);
  if (!objects) return control_failure(objects.error(), kExitUsage);
  const Result<JournalStoreOptions> options = configured_store(config_);
  if (!options) return control_failure(options.error(), kExitUsage);
  std::vector<std::string> descriptions;
  for (const ObjectFile& object : *objects) descriptions.push_back(object.ddf);
  const auto local = writes ? LocalTree::open_for_writing(directory_, descriptions, *options)
                            : LocalTree::open_for_reading(directory_, descriptions);
  if (!local) {
    const bool description = local.error().code == Errc::malformed || local.error().code == Errc::too_large;
    return description ? control_failure(local.error(), kExitUsage) : store_failure(local.error());
  }
  Tree& tree = (*local)->tree();
  warnings_ = tree.load_report().problems;
  AccountRules accounts(tree);
  AbsentHandlers handlers(tree, *objects);
  std::vector<std::unique_ptr<FileLeaves>> files;
  attach_files(tree, *objects, writes, files);
  nlohmann::json answer = run_tree_request(tree, request);
  const bool failed = answer.contains("error");  // and says why; a store that failed says less the second time
  for (const Uri& uri : handlers.read()) {
    warnings_.push_back(uri.str() +
                        ": the stored value; the live one comes from a handler, for which `dm-client run` " +
                        "must be started");
  }
  if (const auto forgotten = accounts.forget_gone_servers(); !forgotten && !failed) {
    return store_failure(forgotten.error());
  }
  if (request.value("op", "") == "tree.exec" && answer.value("code", "") == to_string(Errc::unsupported)) {
    answer["error"] = answer.value("error", "") + " without the client: start `dm-client run` first";
  }
  return answer;
}

}  // namespace omadm
