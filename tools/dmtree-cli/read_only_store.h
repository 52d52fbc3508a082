// A store that is looked at: what a Tree wants to write stays in memory.
#pragma once

#include "dmtree/store/store.h"

namespace omadm {

// Loads from `inner` and lets every write succeed without effect: descriptions newer than the state add their
// permanent nodes when a tree is opened, and a reader must not be the one to store them.
class ReadOnlyStore final : public Store {
 public:
  explicit ReadOnlyStore(Store& inner) noexcept : inner_(inner) {}
  Result<LoadReport> load(const Replay& replay) override { return inner_.load(replay); }
  Result<void> append(const CommitRecord&) override { return {}; }
  Result<void> sync() override { return {}; }
  bool wants_compaction() const override { return false; }
  Result<void> compact(std::uint64_t, const Snapshot&) override { return {}; }

 private:
  Store& inner_;
};

}  // namespace omadm
