// The past that outlives compactions: what is kept, what it adds up to, what it costs.
#include "dmtree/store/history.h"

#include <gtest/gtest.h>

#include "dmtree/store/crc32c.h"
#include "dmtree/store/journal_store.h"
#include "tests/support/crash_file_system.h"
#include "tests/support/sample_commits.h"

namespace omadm {
namespace {

using test::CrashFileSystem;
using test::sample_commits;
using test::SampleState;

constexpr std::size_t kSteps = 60;

const std::vector<CommitRecord>& commits() {
  static const std::vector<CommitRecord> all = sample_commits(kSteps);
  return all;
}

// The state after so many commits.
const SampleState& expected(std::uint64_t count) {
  static const std::vector<SampleState> all = [] {
    std::vector<SampleState> states(1);
    for (const CommitRecord& c : commits()) {
      states.push_back(states.back());
      states.back().apply(c);
    }
    return states;
  }();
  return all.at(count);
}

std::string text_of(const StoredNodes& nodes) {
  SampleState state;
  CommitRecord record;
  nodes.for_each([&record](const NodeRecord& node) { record.edits.push_back(test::put(node)); });
  state.apply(record);
  return state.text();
}

class HistoryTest : public testing::Test {
 protected:
  void open(std::uint64_t history_octets = 64U << 10U) {
    store_.reset();
    JournalStoreOptions options;
    options.history_octets = history_octets;
    store_ = std::move(JournalStore::open(files_, "state", options)).value();
    state_ = SampleState();
    now_ = StoredNodes();
    const auto loaded = store_->load([this](const CommitRecord& c) -> Result<void> {
      state_.apply(c);
      return now_.apply(c);
    });
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->problems, std::vector<std::string>{});
  }
  void grow(std::uint64_t to) {
    for (std::uint64_t n = state_.sequence() + 1; n <= to; ++n) {
      const CommitRecord& c = commits()[n - 1];
      ASSERT_TRUE(store_->append(c));
      ASSERT_TRUE(store_->sync());
      state_.apply(c);
    }
  }
  void compact() { ASSERT_TRUE(store_->compact(state_.sequence(), snapshot_of(state_))); }

  // Every commit that is kept is the one that was made, and every moment, or each `stride`th of them, is as it was.
  void expect_true_history(const History& history, std::size_t stride = 1) {
    ASSERT_EQ(history.sequence + history.commits.size(), state_.sequence());
    EXPECT_EQ(history.time, history.sequence == 0 ? 0 : commits()[history.sequence - 1].time);
    for (std::size_t i = 0; i <= history.commits.size(); ++i) {
      if (i % stride == 0) {
        const auto then = history.after(i, now_);
        ASSERT_TRUE(then) << then.error().detail;
        EXPECT_EQ(text_of(*then), expected(history.sequence + i).text()) << history.sequence << " + " << i;
      }
      if (i == history.commits.size()) break;
      const CommitRecord& made = commits()[history.sequence + i];
      EXPECT_EQ(history.commits[i].sequence, made.sequence);
      EXPECT_EQ(history.commits[i].time, made.time);
      EXPECT_EQ(history.commits[i].origin.who, "server:acme");
      EXPECT_EQ(history.commits[i].origin.cmd, made.origin.cmd);
      EXPECT_EQ(history.commits[i].edits.size(), made.edits.size());
    }
  }

  CrashFileSystem files_;
  std::unique_ptr<JournalStore> store_;
  SampleState state_;
  StoredNodes now_;
};

TEST_F(HistoryTest, OutlivesCompactionsFromTheVeryBeginning) {
  open();
  for (const std::uint64_t step : {7U, 8U, 20U, 41U}) {
    grow(step);
    compact();
  }
  grow(kSteps);
  open();
  const auto history = store_->history();
  ASSERT_TRUE(history) << history.error().detail;
  EXPECT_EQ(history->sequence, 0U);
  EXPECT_EQ(history->commits.size(), kSteps);
  expect_true_history(*history);
}

TEST_F(HistoryTest, IsBoundedAndEveryMomentInItIsTrue) {
  std::uint64_t former = 0;
  for (const std::uint64_t bound : {9000U, 4000U, 2000U, 1000U, 500U, 200U, 1U}) {
    files_ = CrashFileSystem();
    open(bound);
    for (std::uint64_t step = 6; step <= kSteps; step += 6) {
      grow(step);
      compact();
      const auto snapshot = read_snapshot(files_.content("state/tree.snapshot"));
      ASSERT_TRUE(snapshot);
      EXPECT_LE(snapshot->history.size(), bound);
      open(bound);
      const auto history = store_->history();
      ASSERT_TRUE(history) << history.error().detail;
      expect_true_history(*history);
    }
    const auto history = store_->history();
    ASSERT_TRUE(history);
    EXPECT_GE(history->sequence, former) << "less room, less past";
    former = history->sequence;
  }
  EXPECT_EQ(former, kSteps) << "nothing fits into one octet";
}

TEST_F(HistoryTest, NoneIsKeptWhenNoneIsWanted) {
  open(0);
  grow(10);
  compact();
  grow(12);
  open(0);
  const auto history = store_->history();
  ASSERT_TRUE(history);
  EXPECT_EQ(history->sequence, 10U);
  expect_true_history(*history);
}

TEST_F(HistoryTest, CostsNoSyncAndNoWrite) {
  std::size_t calls[2], syncs[2], writes[2];
  for (const bool with : {false, true}) {
    files_ = CrashFileSystem();
    open(with ? 64U << 10U : 0);
    for (std::uint64_t step = 10; step <= kSteps; step += 10) {
      grow(step);
      compact();
    }
    calls[with] = files_.calls();
    syncs[with] = files_.syncs();
    writes[with] = files_.writes();
  }
  EXPECT_EQ(calls[1], calls[0]);
  EXPECT_EQ(syncs[1], syncs[0]);
  EXPECT_EQ(writes[1], writes[0]);
}

// A file of format 1: header and one record of nodes, nothing behind it.
Octets snapshot_of_format_1(std::uint32_t generation, const SampleState& state, std::int64_t time) {
  Octets file = "omadms\x01\n";
  put_u32le(file, generation);
  put_u32le(file, crc32c(file));
  RecordWriter writer;
  writer.begin(state.sequence(), time, {"device", {}, {}, {}, {}}, true);
  for (const auto& [path, node] : state.nodes()) writer.put(node);
  EXPECT_TRUE(writer.finish(file));
  return file;
}

TEST_F(HistoryTest, FilesOfFormat1AreReadAndGoOn) {
  const SampleState old = expected(20);
  files_.put("state/tree.snapshot", snapshot_of_format_1(3, old, 1700000020));
  open();
  EXPECT_EQ(state_.text(), old.text());
  grow(30);
  open();
  auto history = store_->history();
  ASSERT_TRUE(history);
  EXPECT_EQ(history->sequence, 20U) << "of the time before nothing is known";
  EXPECT_EQ(history->time, 1700000020);
  expect_true_history(*history);
  compact();
  EXPECT_EQ(files_.content("state/tree.snapshot")[6], kSnapshotVersion);
  grow(40);
  open();
  EXPECT_EQ(state_.text(), expected(40).text());
  history = store_->history();
  ASSERT_TRUE(history);
  EXPECT_EQ(history->sequence, 20U);
  expect_true_history(*history);
}

TEST_F(HistoryTest, Format1HasNothingBehindItsNodes) {
  files_.put("state/tree.snapshot", snapshot_of_format_1(3, expected(20), 1700000020) + "x");
  EXPECT_FALSE(read_snapshot(files_.content("state/tree.snapshot")));
}

TEST_F(HistoryTest, DamageToThePastIsNoDamageToTheTree) {
  open();
  grow(20);
  compact();
  grow(25);
  Octets& file = files_.content("state/tree.snapshot");
  const Octets good = file;
  const std::size_t nodes = file.size() - read_snapshot(file)->history.size();
  for (std::size_t at = nodes; at < good.size(); at += 5) {
    files_.content("state/tree.snapshot") = good;
    files_.content("state/tree.snapshot")[at] = static_cast<char>(good[at] ^ 0x21);
    open();
    EXPECT_EQ(state_.text(), expected(25).text());
    const auto history = store_->history();
    ASSERT_FALSE(history) << at;
    EXPECT_EQ(history.error().code, Errc::corrupt);
  }
  files_.content("state/tree.snapshot") = good.substr(0, good.size() - 3);
  open();
  EXPECT_FALSE(store_->history());
  compact();  // begins anew
  grow(30);
  open();
  const auto history = store_->history();
  ASSERT_TRUE(history);
  EXPECT_EQ(history->sequence, 25U);
  expect_true_history(*history);
}

TEST_F(HistoryTest, SurvivesAPowerCutAtEveryCall) {
  const auto work = [this] {
    for (std::uint64_t step = 6; step <= 36; step += 6) {
      for (std::uint64_t n = state_.sequence() + 1; n <= step; ++n) {
        const CommitRecord& c = commits()[n - 1];
        if (!store_->append(c) || !store_->sync()) return;
        state_.apply(c);
      }
      if (!store_->compact(state_.sequence(), snapshot_of(state_))) return;
    }
  };
  open(3000);
  work();
  const std::size_t calls = files_.calls();
  for (std::size_t call = 1; call <= calls && !HasFailure(); ++call) {
    for (const std::uint64_t entries : {std::uint64_t{0}, ~std::uint64_t{0}}) {
      files_ = CrashFileSystem();
      open(3000);
      files_.fail_at(call, CrashFileSystem::Fault::power);
      work();
      store_.reset();
      files_ = files_.after_power_cut(
          {test::kAllRemains[call % std::size(test::kAllRemains)], files_.unsynced_octets() / 2, 0, entries});
      open(3000);
      const auto history = store_->history();
      ASSERT_TRUE(history) << call << history.error().detail;
      expect_true_history(*history, 12);
    }
  }
}

}  // namespace
}  // namespace omadm
