// The state directory seen from a program that is not the daemon.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/io/clock.h"
#include "base/io/file_system.h"
#include "base/result.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/store/journal_store.h"
#include "dmtree/tree.h"
#include "tools/dmtree-cli/read_only_store.h"

namespace omadm {

// not_found: the directory, or (unless `fresh_is_fine`) any state in it; the detail says what to do.
Result<void> require_state(const std::string& directory, bool fresh_is_fine);

// "process 4711 (dm-client)", whoever wrote itself into the lock last; without any: "an unknown process".
std::string lock_holder(const std::string& directory);

// Whether this process may write: holds the lock of the directory. unavailable: another one has it; the detail says
// who.
Result<FileLock> lock_state(const std::string& directory);

// Calls `read`, which loads the store from nothing, and again while another process compacted it in between: a
// snapshot and a journal that do not belong together are never shown.
Result<void> read_steadily(const std::string& directory, const std::function<Result<void>()>& read);

// A tree opened without a daemon.
class LocalTree {
 public:
  // corrupt, unsupported, malformed (a description), unavailable (locked).
  static Result<std::unique_ptr<LocalTree>> open_for_reading(const std::string& directory,
                                                             const std::vector<std::string>& descriptions);
  static Result<std::unique_ptr<LocalTree>> open_for_writing(const std::string& directory,
                                                             const std::vector<std::string>& descriptions,
                                                             const JournalStoreOptions& options);
  Tree& tree() noexcept { return *tree_; }

 private:
  explicit LocalTree(Ddf ddf) : ddf_(std::move(ddf)) {}

  SystemClock clock_;
  PosixFileSystem files_;
  std::optional<FileLock> lock_;
  Ddf ddf_;
  std::unique_ptr<JournalStore> store_;
  std::unique_ptr<ReadOnlyStore> read_only_;
  std::unique_ptr<Tree> tree_;  // goes first: uses all of the above
};

}  // namespace omadm
