// Commits as people and scripts are told about them: for `log`, `blame` and `watch`.
#pragma once

#include <nlohmann/json.hpp>

#include "dmtree/store/store.h"
#include "dmtree/tree.h"

namespace omadm {

// "time", "who", "session", "msg", "cmd", "command", "uri", "status", and besides "sequence" of the commit, "change"
// ("set", "removed", "renamed") and of a rename "renamed", the new address. Values are never part of it.
nlohmann::json change_json(const CommitRecord& commit, const EditRecord& edit);

// Whether edit number `index` only counts, in VerNo and TStamp, what the commit did to a child of that node before.
bool only_counts(const CommitRecord& commit, std::size_t index);

// Whether the edit changes, creates or removes `uri` or something below it.
bool concerns(const EditRecord& edit, const Uri& uri);

// Whether `who` may know of a change at `uri`: of the private area nobody, elsewhere a server who may Get the node, or
// when it is gone the one it was below.
bool may_see_change(Tree& tree, const Principal& who, const Uri& uri);

}  // namespace omadm
