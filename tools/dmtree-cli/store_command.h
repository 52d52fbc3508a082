// store dump, check and compact: the files themselves.
#pragma once

#include <string>

#include "tools/common/terminal.h"
#include "tools/dmtree-cli/tree_access.h"

namespace omadm {

// Records as text, or with `json` one object a line; written as they are read. Secrets are not shown. Answers in the
// form of the control protocol; the result is empty.
nlohmann::json dump_store(const std::string& directory, bool json, const Terminal& terminal);
// {"ok", "generation", "records", "problems"}. Damage is a result, not a failure.
nlohmann::json check_store(const std::string& directory);
// {"generation", "records", "octets_before", "octets_after"}. exit 7: a daemon or another command uses the store.
nlohmann::json compact_store(const TreeAccess& access);

}  // namespace omadm
