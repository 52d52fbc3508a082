// The past of a tree: its last commits with who made them, and what the tree was before the first of them.
//
// A snapshot keeps it behind its nodes (store_file.h), the journal continues it:
//
//   history = base *commit     the records of the journals of then, without a gap up to the snapshot itself
//   base    = a record of puts: of the nodes which the commits touch, those that were there before the first of
//             them, as they were; its sequence number and time are those of the commit before that
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "dmtree/store/store.h"
#include "dmtree/store/stored_nodes.h"

namespace omadm {

// Which nodes some edits may have changed, created or removed.
class TouchedNodes {
 public:
  void add(const EditRecord& edit);
  bool covers(std::string_view path) const;
  bool are_nodes_alone() const noexcept { return subtrees_.empty(); }  // nothing was removed or renamed
  bool empty() const noexcept { return nodes_.empty() && subtrees_.empty(); }
  void erase(std::string_view path);  // of a node; no effect on the subtrees

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view path) const noexcept { return std::hash<std::string_view>{}(path); }
  };
  using Paths = std::unordered_set<std::string, Hash, std::equal_to<>>;
  Paths nodes_;
  Paths subtrees_;
};

struct History {
  std::uint64_t sequence = 0;  // of the commit before the first one kept; 0: nothing has been forgotten
  std::int64_t time = 0;       // of that commit
  StoredNodes base{StoredNodes::Extent::partial};
  std::vector<CommitRecord> commits;  // oldest first, each the next one

  // The tree after the first `count` of the commits; `now` is the tree after all of them. corrupt: they do not fit
  // together.
  Result<StoredNodes> after(std::size_t count, StoredNodes now) const;
};

// From the octets of a snapshot file (empty: there is none) and of the journal records behind it; records that are in
// the snapshot already, and those behind a bad one or a gap, do not count. corrupt, unsupported: the snapshot; corrupt:
// its history.
Result<History> read_history(Bytes snapshot_file, Bytes journal_records);

// The history of the next snapshot: of the same past as much as fits into `octets`, oldest commits go first. Empty when
// not even the last commit does.
Result<Octets> fit_history(Bytes snapshot_file, Bytes journal_records, std::size_t octets);

}  // namespace omadm
