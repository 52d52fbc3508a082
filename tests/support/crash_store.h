// A MemoryStore in front of a journal on a file system that loses power after every call: what fixtures keep their
// trees in, so that every test that changes a tree is a crash test as well.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "dmtree/ddf/ddf.h"
#include "dmtree/store/journal_store.h"
#include "dmtree/store/memory_store.h"
#include "dmtree/tree_node.h"
#include "tests/support/crash_file_system.h"
#include "tests/support/power_cuts.h"

namespace omadm::test {

// The nodes commits add up to, by the tree's own code.
class ReplayedNodes {
 public:
  Result<void> apply(const CommitRecord& commit) {
    for (const EditRecord& edit : commit.edits) DM_TRY(nodes_.apply(EditRecord(edit)));
    sequence_ = commit.sequence;
    return {};
  }
  std::uint64_t sequence() const { return sequence_; }
  std::size_t count() const { return nodes_.count(); }
  // Every stored fact, one line a node.
  std::string text() const {
    std::string all;
    nodes_.for_each([&all](const NodeRecord& node) {
      all.append(node.uri.path()).append(1, '|').append(omadm::to_string(node.format)).append(1, '|');
      all.append(node.type).append(1, '|').append(node.title).append(1, '|').append(node.acl).append(1, '|');
      all.append(std::to_string(node.tstamp)).append(1, '|').append(std::to_string(node.verno)).append(1, '|');
      all.append(node.data).append(1, '\n');
    });
    return all;
  }

 private:
  Ddf ddf_;  // none is needed to keep nodes
  CommittedNodes nodes_{ddf_};
  std::uint64_t sequence_ = 0;
};

// A journal whose device loses power after every call: each time some of the states that can leave are opened, and
// each must be the tree as it was after a whole commit, none older than the last sync.
class PowerCutJournal {
 public:
  // Begins with what `commits` add up to, all of it durable.
  explicit PowerCutJournal(const std::deque<CommitRecord>& commits) {
    for (const CommitRecord& commit : commits) usable_ = usable_ && nodes_.apply(commit);
    if (!commits.empty() && commits.front().sequence != 1) {
      const Result<Octets> record = write_record(commits.front(), true);
      usable_ = usable_ && record;
      if (usable_) files_.put("state/tree.snapshot", write_file_header(FileKind::snapshot, 1) + *record);
    }
    reopen();
    for (const CommitRecord& commit : commits) {
      if (usable_ && commit.sequence > sequence_on_disk_) usable_ = static_cast<bool>(store_->append(commit));
    }
    usable_ = usable_ && store_->sync();
    acknowledged_ = nodes_.sequence();
    remember();
    files_.on_call([this] { look(); });
  }
  PowerCutJournal(const PowerCutJournal&) = delete;
  PowerCutJournal& operator=(const PowerCutJournal&) = delete;

  // Whether these are its nodes, and nothing waits for a sync.
  bool holds(const ReplayedNodes& nodes) const {
    return usable_ && acknowledged_ == nodes.sequence() && nodes_.sequence() == acknowledged_ &&
           states_.at(acknowledged_) == nodes.text();
  }
  // As after the end of a process: another one opens the same files.
  void reopen() {
    store_.reset();
    Result<std::unique_ptr<JournalStore>> store = JournalStore::open(files_, "state", options());
    if (!store) return fail("opened again", store.error());
    store_ = std::move(store).value();
    sequence_on_disk_ = 0;
    const auto report = store_->load([this](const CommitRecord& commit) -> Result<void> {
      sequence_on_disk_ = commit.sequence;
      return {};
    });
    if (!report) fail("loaded again", report.error());
  }

  CrashFileSystem& files() { return files_; }
  std::size_t cuts() const { return cuts_; }  // states opened so far
  // For a test's test: from now on the last commit is expected to have been this one.
  void remember_as(const CommitRecord& commit) {
    ReplayedNodes other;
    if (other.apply(commit)) states_[other.sequence()] = other.text();
  }

  void append(const CommitRecord& commit) {
    if (!usable_) return;
    usable_ = nodes_.apply(commit) && nodes_.count() <= kMostNodes;
    if (!usable_) return;
    remember();
    if (auto done = store_->append(commit); !done) fail("append", done.error());
  }
  void sync() {
    if (!usable_) return;
    if (auto done = store_->sync(); !done) return fail("sync", done.error());
    all_durable();
  }
  bool wants_compaction() const { return usable_ && store_->wants_compaction(); }
  void compact(const Store::Snapshot& snapshot) {
    if (!usable_) return;
    if (auto done = store_->compact(nodes_.sequence(), snapshot); !done) return fail("compact", done.error());
    all_durable();
  }

 private:
  static constexpr std::size_t kMostNodes = 2000;               // beyond, every look would take too long
  static constexpr std::size_t kOctetsBeforeThinning = 100000;  // to load; then ever fewer calls are looked at
  static constexpr int kCutsACall = 2;

  static JournalStoreOptions options() {
    JournalStoreOptions options;
    options.compact_above = 4000;  // compacts often
    options.room_above = 500;
    return options;
  }
  void remember() { states_[nodes_.sequence()] = nodes_.text(); }
  void all_durable() {
    acknowledged_ = nodes_.sequence();
    states_.erase(states_.begin(), states_.find(acknowledged_));
  }
  void fail(const char* what, const Error& error) {
    ADD_FAILURE() << "power cut journal, " << what << ": " << error.detail;
    usable_ = false;
  }

  void look() {
    if (!usable_ || ++calls_ % stride_ != 0) return;
    for (int i = 0; usable_ && i < kCutsACall; ++i) {
      const PowerCut cut = any_power_cut(files_, random_);
      check(files_.after_power_cut(cut),
            "power cut after call " + std::to_string(files_.calls()) + ", " + to_string(cut));
    }
    if (loaded_ > kOctetsBeforeThinning) {
      loaded_ = 0;
      stride_ *= 2;
    }
  }

  void check(CrashFileSystem after, const std::string& where) {
    ++cuts_;
    loaded_ += after.octets();
    const auto store = JournalStore::open(after, "state", options());
    ReplayedNodes nodes;
    const auto report = store ? (*store)->load([&nodes](const CommitRecord& commit) { return nodes.apply(commit); })
                              : Result<LoadReport>(store.error());
    if (!report) return fail(where.c_str(), report.error());
    if (!report->problems.empty()) return fail(where.c_str(), {Errc::corrupt, report->problems.front()});
    const auto expected = states_.find(nodes.sequence());
    usable_ = expected != states_.end() && expected->second == nodes.text();
    if (usable_) return;
    ADD_FAILURE() << where << ": commit " << nodes.sequence() << " came back, "
                  << (expected == states_.end() ? "but " + std::to_string(acknowledged_) + " was synced"
                                                : std::string("with nodes that are not those of that commit"));
  }

  CrashFileSystem files_;
  std::unique_ptr<JournalStore> store_;
  ReplayedNodes nodes_;
  std::map<std::uint64_t, std::string> states_;  // as text, from the last synced one on
  std::uint64_t acknowledged_ = 0;
  std::uint64_t sequence_on_disk_ = 0;
  bool usable_ = true;  // else there was a failure, or the tree is too large
  std::size_t cuts_ = 0;
  std::size_t calls_ = 0;
  std::size_t stride_ = 1;
  std::size_t loaded_ = 0;
  std::mt19937 random_{1};  // NOLINT(bugprone-random-generator-seed): the same cuts in every run
};

class CrashStore final : public Store {
 public:
  CrashStore() = default;
  explicit CrashStore(MemoryStore memory) : memory_(std::move(memory)) {}
  CrashStore& operator=(MemoryStore memory) {
    memory_ = std::move(memory);
    return *this;
  }
  operator const MemoryStore&() const { return memory_; }  // NOLINT(google-explicit-constructor): a copy of the content

  Result<LoadReport> load(const Replay& replay) override {
    LoadReport report = DM_TRY(memory_.load(replay));
    ReplayedNodes nodes;
    for (const CommitRecord& commit : memory_.commits()) {
      if (!nodes.apply(commit)) return report;
    }
    if (journal_ && journal_->holds(nodes)) {
      journal_->reopen();
    } else {
      journal_ = std::make_unique<PowerCutJournal>(memory_.commits());
    }
    return report;
  }
  Result<void> append(const CommitRecord& commit) override {
    DM_TRY(memory_.append(commit));
    if (journal_) journal_->append(commit);
    return {};
  }
  Result<void> sync() override {
    DM_TRY(memory_.sync());
    if (journal_) journal_->sync();
    return {};
  }
  bool wants_compaction() const override {
    return memory_.wants_compaction() || (journal_ && journal_->wants_compaction());
  }
  Result<void> compact(std::uint64_t sequence, const Snapshot& snapshot) override {
    if (journal_) journal_->compact(snapshot);
    return memory_.wants_compaction() ? memory_.compact(sequence, snapshot) : Result<void>();
  }

  void lose_unsynced() { memory_.lose_unsynced(); }
  const std::deque<CommitRecord>& commits() const noexcept { return memory_.commits(); }
  std::size_t appended() const noexcept { return memory_.appended(); }
  std::size_t synced() const noexcept { return memory_.synced(); }
  const PowerCutJournal* journal() const noexcept { return journal_.get(); }  // null: nothing was loaded yet

 private:
  MemoryStore memory_;
  std::unique_ptr<PowerCutJournal> journal_;  // from the first load on
};

}  // namespace omadm::test
