#include "dmtree/store/memory_store.h"

#include <utility>

namespace omadm {

Result<LoadReport> MemoryStore::load(const Replay& replay) {
  LoadReport report;
  report.generation = generation_;
  for (const CommitRecord& commit : commits_) {
    DM_TRY(replay(commit));
    ++report.records;
  }
  return report;
}

Result<void> MemoryStore::append(const CommitRecord& commit) {
  const std::uint64_t next = commits_.empty() ? 1 : commits_.back().sequence + 1;
  if (commit.sequence != next) return Error{Errc::failed, "commit is out of sequence"};
  commits_.push_back(commit);
  ++appended_;
  return {};
}

Result<void> MemoryStore::sync() {
  if (durable_ == commits_.size()) return {};
  durable_ = commits_.size();
  ++synced_;
  return {};
}

bool MemoryStore::wants_compaction() const { return compact_above_ != 0 && commits_.size() > compact_above_; }

Result<void> MemoryStore::compact(std::uint64_t sequence, const Snapshot& snapshot) {
  CommitRecord whole;
  whole.sequence = sequence;
  if (!commits_.empty()) whole.time = commits_.back().time;
  whole.origin.who = "device";
  whole.origin.command = "snapshot";
  snapshot([&whole](const NodeRecord& node) { whole.edits.push_back({EditRecord::Op::put, node, {}}); });
  commits_.clear();
  commits_.push_back(std::move(whole));
  durable_ = commits_.size();
  ++generation_;
  return {};
}

void MemoryStore::lose_unsynced() { commits_.resize(durable_); }

}  // namespace omadm
