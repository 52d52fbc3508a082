// What the files of a state directory know: the tree, and how it came to be so.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "dmtree/store/history.h"
#include "dmtree/store/stored_nodes.h"
#include "tools/dmtree-cli/moment.h"

namespace omadm {

struct StoredPast {
  StoredNodes now;
  History history;

  // How many of the history's commits were made up to that moment. not_found: it is before the history; the detail says
  // where that begins.
  Result<std::size_t> commits_until(const Moment& moment) const;
  // "commit 17, 2026-01-31T07:59:02Z": the one before the first that is kept.
  std::string before_all() const;
  bool is_complete() const noexcept { return history.sequence == 0; }  // nothing has been forgotten
};

// Reads beside a running daemon and without any lock. What require_state() says; corrupt, unsupported, io.
Result<StoredPast> load_past(const std::string& directory);

}  // namespace omadm
