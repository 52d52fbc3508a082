// A store without files: for tests, examples and fleets of virtual devices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "dmtree/store/store.h"

namespace omadm {

// Keeps the commits themselves. When a Tree is gone the same store can be opened by another one, which
// then sees what was appended. Appending anything but the next sequence number is Errc::failed.
class MemoryStore final : public Store {
 public:
  // Compaction is wanted above `compact_above` commits; 0: never.
  explicit MemoryStore(std::size_t compact_above = 0) noexcept : compact_above_(compact_above) {}

  Result<LoadReport> load(const Replay& replay) override;
  Result<void> append(const CommitRecord& commit) override;
  Result<void> sync() override;
  bool wants_compaction() const override;
  Result<void> compact(std::uint64_t sequence, const Snapshot& snapshot) override;

  // As a power cut would: forgets what was appended after the last sync.
  void lose_unsynced();

  const std::deque<CommitRecord>& commits() const noexcept { return commits_; }
  std::size_t appended() const noexcept { return appended_; }  // successful appends so far
  std::size_t synced() const noexcept { return synced_; }      // syncs that had something to do

 private:
  std::deque<CommitRecord> commits_;
  std::size_t compact_above_;
  std::size_t durable_ = 0;  // the first so many of commits_ were synced
  std::size_t appended_ = 0;
  std::size_t synced_ = 0;
  std::uint64_t generation_ = 0;
};

}  // namespace omadm
