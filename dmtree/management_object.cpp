#include "dmtree/management_object.h"

namespace omadm {

Result<std::optional<Octets>> ManagementObject::read(const Uri&) { return std::optional<Octets>(); }

bool ManagementObject::reads_slowly() const noexcept { return false; }

std::unique_ptr<LiveValues> ManagementObject::fetch(std::vector<Uri>, std::function<void()>) { return nullptr; }

FileKeeper* ManagementObject::file_keeper() noexcept { return nullptr; }

Result<void> ManagementObject::check(const Transaction&, Edits) { return {}; }

void ManagementObject::committed(Edits) noexcept {}

Result<ExecOutcome> ManagementObject::exec(const ExecRequest& request) {
  return Error{Errc::unsupported, "nothing to execute at " + request.uri.str()};
}

}  // namespace omadm
