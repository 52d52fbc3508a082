// The files of the journal store and the recovery ladder. Power cuts: tests/crash.
#include "dmtree/store/journal_store.h"

#include <gtest/gtest.h>

#include "tests/support/crash_file_system.h"
#include "tests/support/sample_commits.h"

namespace omadm {
namespace {

using test::CrashFileSystem;
using test::sample_commits;
using test::SampleState;

constexpr std::size_t kSteps = 30;

class JournalStoreTest : public testing::Test {
 protected:
  std::unique_ptr<JournalStore> open(JournalStoreOptions options = {}) {
    return std::move(JournalStore::open(files_, "state", options)).value();
  }

  Result<LoadReport> load(JournalStore& store) {
    state_ = SampleState();
    return store.load([this](const CommitRecord& c) -> Result<void> {
      state_.apply(c);
      return {};
    });
  }
  // Appends commits up to number `to`, each with its sync.
  void grow(JournalStore& store, std::uint64_t to) {
    for (const CommitRecord& c : sample_commits(to)) {
      if (c.sequence <= state_.sequence()) continue;
      ASSERT_TRUE(store.append(c));
      ASSERT_TRUE(store.sync());
      state_.apply(c);
    }
  }
  void compact(JournalStore& store) { ASSERT_TRUE(store.compact(state_.sequence(), snapshot_of(state_))); }
  static std::string expected(std::uint64_t count) {
    SampleState state;
    for (const CommitRecord& c : sample_commits(count)) state.apply(c);
    return state.text();
  }
  void damage(const std::string& file, std::size_t at) {
    Octets& content = files_.content("state/" + file);
    ASSERT_LT(at, content.size());
    content[at] = static_cast<char>(content[at] ^ 0x11);
  }
  bool exists(const std::string& file) const { return files_.exists("state/" + file); }

  CrashFileSystem files_;
  SampleState state_;
};

TEST_F(JournalStoreTest, ReadingWritesNothing) {
  {
    auto store = open();
    ASSERT_TRUE(load(*store));
    ASSERT_TRUE(store->sync());
  }
  EXPECT_EQ(files_.calls(), 0U);
}

TEST_F(JournalStoreTest, OneSyncIsOneWriteAndOneSync) {
  auto store = open();
  ASSERT_TRUE(load(*store));
  grow(*store, 1);
  const std::size_t writes = files_.writes(), syncs = files_.syncs();
  for (const CommitRecord& c : sample_commits(kSteps)) {
    if (c.sequence == 1) continue;
    ASSERT_TRUE(store->append(c));
  }
  EXPECT_EQ(files_.writes(), writes);
  ASSERT_TRUE(store->sync());
  EXPECT_EQ(files_.writes(), writes + 1);
  EXPECT_EQ(files_.syncs(), syncs + 1);
  const std::size_t calls = files_.calls();
  ASSERT_TRUE(store->sync());
  EXPECT_EQ(files_.calls(), calls);
}

TEST_F(JournalStoreTest, ManyCommitsFindTheRoomForThemInTheFile) {
  JournalStoreOptions options;
  options.room_above = 300;
  auto store = std::move(JournalStore::open(files_, "state", options)).value();
  ASSERT_TRUE(load(*store));
  std::size_t grown = 0, records = 0;
  for (std::uint64_t n = 1; n <= kSteps; ++n) {
    const std::size_t before = n == 1 ? 0 : files_.content("state/tree.journal").size();
    grow(*store, n);
    const Octets& journal = files_.content("state/tree.journal");
    if (journal.size() != before) ++grown;
    const auto scan = scan_journal(journal, [](CommitRecord&&) { return Result<void>(); });
    ASSERT_TRUE(scan);
    EXPECT_EQ(scan->end, JournalScan::End::clean);
    EXPECT_EQ(scan->records, n);
    records = scan->good_size;
    EXPECT_LE(journal.size(), 2 * records) << "never more room than there are records";
  }
  EXPECT_LT(grown, kSteps / 2);
  EXPECT_GT(files_.content("state/tree.journal").size(), records);
  for (const bool compacted : {false, true}) {
    auto again = open();
    ASSERT_TRUE(load(*again));
    EXPECT_EQ(state_.text(), expected(kSteps + (compacted ? 1 : 0)));
    if (!compacted) grow(*again, kSteps + 1);
  }
}

// Room is a convenience: where there is none, commits go on as long as they fit themselves.
TEST_F(JournalStoreTest, NoRoomInTheFileIsNoFailure) {
  JournalStoreOptions options;
  options.room_above = 0;
  auto store = std::move(JournalStore::open(files_, "state", options)).value();
  ASSERT_TRUE(load(*store));
  grow(*store, 1);
  for (const CommitRecord& c : sample_commits(8)) {
    if (c.sequence == 1) continue;
    ASSERT_TRUE(store->append(c));
    state_.apply(c);
  }
  files_.fail_at(files_.calls() + 2, CrashFileSystem::Fault::storage_full);  // behind the records
  ASSERT_TRUE(store->sync());
  EXPECT_TRUE(files_.failed());
  grow(*store, kSteps);
  auto again = open();
  ASSERT_TRUE(load(*again));
  EXPECT_EQ(state_.text(), expected(kSteps));
}

TEST_F(JournalStoreTest, MissingDirectoryIsNotFound) {
  PosixFileSystem files;
  const auto store = JournalStore::open(files, "/nonexistent/omadm-state");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::not_found);
}

TEST_F(JournalStoreTest, WantsCompactionAboveTheLimitOrEightTimesTheSnapshotsSize) {
  auto store = open();
  ASSERT_TRUE(load(*store));
  CommitRecord big = test::commit(1, {test::put(test::leaf("./Big", Octets(60000, 'x')))});
  ASSERT_TRUE(store->append(big));
  EXPECT_FALSE(store->wants_compaction());
  big.sequence = 2;
  ASSERT_TRUE(store->append(big));
  EXPECT_TRUE(store->wants_compaction());
  ASSERT_TRUE(store->compact(2, [](const auto& put_node) { put_node(test::leaf("./Big", Octets(200000, 'x'))); }));
  for (std::uint64_t n = 3; n <= 28; ++n) {
    big.sequence = n;
    ASSERT_TRUE(store->append(big));
  }
  EXPECT_FALSE(store->wants_compaction());
  big.sequence = 29;
  ASSERT_TRUE(store->append(big));
  EXPECT_TRUE(store->wants_compaction());
}

// What a journal may grow to depends on the snapshot, but never goes beyond what the next start can read.
TEST_F(JournalStoreTest, WantsCompactionBeforeTheJournalIsTooLongToBeRead) {
  const JournalStoreOptions options{.compact_above = 16U << 10U, .max_octets = 256U << 10U, .room_above = 1U << 30U};
  auto store = open(options);
  ASSERT_TRUE(load(*store));
  std::uint64_t sequence = 0;
  const auto append = [&] {
    ASSERT_TRUE(store->append(test::commit(++sequence, {test::put(test::leaf("./Big", Octets(33000, 'x')))})));
    ASSERT_TRUE(store->sync());
  };
  append();
  ASSERT_TRUE(store->compact(sequence, [](const auto& put) { put(test::leaf("./Big", Octets(33000, 'x'))); }));
  int commits = 0;
  for (; !store->wants_compaction() && commits < 20; ++commits) append();
  EXPECT_GT(commits, 2);
  EXPECT_LT(commits, 8);
  store = open(options);
  EXPECT_TRUE(load(*store));
}

TEST_F(JournalStoreTest, TornTailIsDroppedSilentlyAndCut) {
  {
    auto store = open();
    ASSERT_TRUE(load(*store));
    grow(*store, 3);
  }
  const std::size_t good = files_.content("state/tree.journal").size();
  files_.content("state/tree.journal") += "\x40half a record";
  auto store = open();
  const auto report = load(*store);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problems, std::vector<std::string>{});
  EXPECT_EQ(state_.text(), expected(3));
  EXPECT_GT(files_.content("state/tree.journal").size(), good);  // reading does not repair
  grow(*store, 4);
  auto again = open();
  ASSERT_TRUE(load(*again));
  EXPECT_EQ(state_.text(), expected(4));
  EXPECT_FALSE(exists("tree.journal.bad-1"));
}

TEST_F(JournalStoreTest, DamageFurtherInKeepsThePrefixAndTheEvidence) {
  std::size_t second = 0;
  {
    auto store = open();
    ASSERT_TRUE(load(*store));
    grow(*store, 2);
    second = files_.content("state/tree.journal").size();
    grow(*store, 5);
  }
  damage("tree.journal", second + 9);
  const Octets evidence = files_.content("state/tree.journal");
  auto store = open();
  const auto report = load(*store);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->problems.size(), 1U);
  EXPECT_NE(report->problems[0].find("tree.journal"), std::string::npos);
  EXPECT_EQ(state_.text(), expected(2));
  grow(*store, 3);
  EXPECT_EQ(files_.content("state/tree.journal.bad-1"), evidence);
  auto again = open();
  const auto clean = load(*again);
  ASSERT_TRUE(clean);
  EXPECT_EQ(clean->problems, std::vector<std::string>{});
  EXPECT_EQ(state_.text(), expected(3));
}

TEST_F(JournalStoreTest, ABadSnapshotFallsBackToTheFormerOne) {
  {
    auto store = open();
    ASSERT_TRUE(load(*store));
    grow(*store, 4);
    compact(*store);
    grow(*store, 8);
    compact(*store);
    grow(*store, 9);
  }
  damage("tree.snapshot", 30);
  auto store = open();
  const auto report = load(*store);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problems.size(), 3U);  // bad, the former one is used, later changes are lost
  EXPECT_EQ(report->generation, 1U);
  EXPECT_EQ(state_.text(), expected(4));
  grow(*store, 5);
  EXPECT_TRUE(exists("tree.snapshot.bad-1"));
  EXPECT_TRUE(exists("tree.journal.bad-1"));
  auto again = open();
  const auto clean = load(*again);
  ASSERT_TRUE(clean);
  EXPECT_EQ(clean->problems, std::vector<std::string>{});
  EXPECT_EQ(state_.text(), expected(5));
  grow(*again, 6);
  compact(*again);
  auto third = open();
  ASSERT_TRUE(load(*third));
  EXPECT_EQ(state_.text(), expected(6));
}

TEST_F(JournalStoreTest, TheFormerSnapshotWithAContiguousJournalLosesNothing) {
  {
    auto store = open();
    ASSERT_TRUE(load(*store));
    grow(*store, 4);
    compact(*store);
    grow(*store, 8);
  }
  const Octets journal = files_.content("state/tree.journal");
  {
    auto store = open();
    ASSERT_TRUE(load(*store));
    compact(*store);
  }
  files_.content("state/tree.journal") = journal;  // as if power went before the cut
  damage("tree.snapshot", 40);
  auto store = open();
  const auto report = load(*store);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problems.size(), 2U);
  EXPECT_EQ(state_.text(), expected(8));
}

TEST_F(JournalStoreTest, NothingUsableIsCorrupt) {
  {
    auto store = open();
    ASSERT_TRUE(load(*store));
    grow(*store, 4);
    compact(*store);
    grow(*store, 6);
    compact(*store);
    grow(*store, 7);
  }
  damage("tree.snapshot", 30);
  damage("tree.snapshot.prev", 30);
  {
    auto store = open();
    const auto report = load(*store);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, Errc::corrupt);
    EXPECT_EQ(store->append(sample_commits(8).back()).error().code, Errc::unavailable);
  }
  ASSERT_TRUE(files_.remove("state/tree.snapshot"));
  ASSERT_TRUE(files_.remove("state/tree.snapshot.prev"));
  auto store = open();
  const auto report = load(*store);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::corrupt);
}

TEST_F(JournalStoreTest, AJournalFromTheBeginningNeedsNoSnapshot) {
  Octets journal;
  {
    auto store = open();
    ASSERT_TRUE(load(*store));
    grow(*store, 6);
    journal = files_.content("state/tree.journal");
    compact(*store);
  }
  files_.content("state/tree.journal") = journal;
  damage("tree.snapshot", 30);
  auto store = open();
  const auto report = load(*store);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->problems.size(), 1U);
  EXPECT_EQ(state_.text(), expected(6));
}

TEST_F(JournalStoreTest, ALaterFormatIsLeftAlone) {
  {
    auto store = open();
    ASSERT_TRUE(load(*store));
    grow(*store, 4);
    compact(*store);
    grow(*store, 6);
    compact(*store);
  }
  files_.content("state/tree.snapshot")[6] = static_cast<char>(kSnapshotVersion + 1);
  auto store = open();
  const auto report = load(*store);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::unsupported);
}

TEST_F(JournalStoreTest, AFailedWriteOrSyncIsFinal) {
  for (const auto fault : {CrashFileSystem::Fault::io, CrashFileSystem::Fault::storage_full}) {
    for (std::size_t call = 1; call <= 2; ++call) {  // the write, the sync
      files_ = CrashFileSystem();
      auto store = open();
      ASSERT_TRUE(load(*store));
      grow(*store, 3);
      files_.fail_at(files_.calls() + call, fault);
      const auto commits = sample_commits(5);
      ASSERT_TRUE(store->append(commits[3]));
      const auto failed = store->sync();
      ASSERT_FALSE(failed);
      EXPECT_EQ(failed.error().code, fault == CrashFileSystem::Fault::io ? Errc::io : Errc::storage_full);
      const std::size_t calls = files_.calls();
      EXPECT_EQ(store->append(commits[4]).error().code, Errc::unavailable);
      EXPECT_EQ(store->sync().error().code, Errc::unavailable);
      EXPECT_EQ(store->compact(3, snapshot_of(state_)).error().code, Errc::unavailable);
      EXPECT_FALSE(store->wants_compaction());
      EXPECT_EQ(files_.calls(), calls);
    }
  }
}

TEST_F(JournalStoreTest, ACompactionWithoutRoomLeavesTheStoreUsable) {
  auto store = open();
  ASSERT_TRUE(load(*store));
  grow(*store, 5);
  files_.fail_at(files_.calls() + 2, CrashFileSystem::Fault::storage_full);  // writing tree.snapshot.new
  const auto failed = store->compact(5, snapshot_of(state_));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::storage_full);
  EXPECT_FALSE(exists("tree.snapshot.new"));
  grow(*store, 6);
  compact(*store);
  auto again = open();
  ASSERT_TRUE(load(*again));
  EXPECT_EQ(state_.text(), expected(6));
}

TEST_F(JournalStoreTest, EvidenceIsKeptNineTimes) {
  for (int round = 0; round < 11; ++round) {
    auto store = open();
    ASSERT_TRUE(load(*store));
    grow(*store, state_.sequence() + 3);
    const Octets& journal = files_.content("state/tree.journal");
    damage("tree.journal", journal.size() - 100);
  }
  EXPECT_TRUE(exists("tree.journal.bad-9"));
  EXPECT_FALSE(exists("tree.journal.bad-10"));
}

TEST_F(JournalStoreTest, AKilledProcessUnsyncedRecordsBecomeDurableBeforeLaterOnes) {
  {
    auto store = open();
    ASSERT_TRUE(load(*store));
    grow(*store, 3);
    ASSERT_TRUE(store->append(sample_commits(4).back()));
    files_.fail_at(files_.calls() + 2, CrashFileSystem::Fault::power);  // written, killed before the sync
    EXPECT_FALSE(store->sync());
  }
  files_ = files_.after_kill();
  auto store = open();
  ASSERT_TRUE(load(*store));
  EXPECT_EQ(state_.sequence(), 4U);
  grow(*store, 5);
  store.reset();
  files_ = files_.after_power_cut({});
  auto again = open();
  ASSERT_TRUE(load(*again));
  EXPECT_EQ(state_.text(), expected(5));
}

}  // namespace
}  // namespace omadm
