// What of dm-client's configuration concerns whoever opens its state directory.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "dmtree/store/journal_store.h"

namespace omadm {

// The texts of the `ddf` files of all [[mo]] tables, of `file` or, when it is empty, of the default places (UI-011).
// Nothing else in the configuration is looked at. malformed: no TOML, or a description that cannot be read.
Result<std::vector<std::string>> configured_ddfs(const std::string& file);

// How the store is to be kept: [store] of the same files. malformed: no TOML, or a value dm-client would refuse.
Result<JournalStoreOptions> configured_store(const std::string& file);

}  // namespace omadm
