// Power cuts, full media and failing media under the journal store: before or after a commit, never between.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "dmtree/store/journal_store.h"
#include "tests/support/crash_file_system.h"
#include "tests/support/power_cuts.h"
#include "tests/support/sample_commits.h"

namespace omadm {
namespace {

using test::CrashFileSystem;
using test::PowerCut;
using test::Remains;
using test::SampleState;
using Fault = CrashFileSystem::Fault;

constexpr std::size_t kCommits = 24;

const std::vector<CommitRecord>& commits() {
  static const std::vector<CommitRecord> all = test::sample_commits(kCommits + 2);
  return all;
}

// The state after so many commits, as text.
const std::string& expected(std::uint64_t count) {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> texts{""};
    SampleState state;
    for (const CommitRecord& c : commits()) {
      state.apply(c);
      texts.push_back(state.text());
    }
    return texts;
  }();
  return all.at(count);
}

struct Progress {
  std::uint64_t submitted = 0;     // highest sequence number appended
  std::uint64_t acknowledged = 0;  // … that was there when a sync or compaction returned ok, or loading did
};

JournalStoreOptions small() {
  JournalStoreOptions options;
  options.compact_above = 500;
  options.room_above = 100;
  return options;
}

Result<SampleState> load(JournalStore& store, LoadReport& report) {
  SampleState state;
  report = DM_TRY(store.load([&state](const CommitRecord& c) -> Result<void> {
    state.apply(c);
    return {};
  }));
  return state;
}

// What a device does: loads, then appends up to commit number `to` in packages of one to three, compacting when the
// store wants it, until something fails.
Result<void> work(CrashFileSystem& files, std::uint64_t to, Progress& progress) {
  const std::unique_ptr<JournalStore> store = DM_TRY(JournalStore::open(files, "state", small()));
  LoadReport report;
  SampleState state = DM_TRY(load(*store, report));
  progress.submitted = std::max(progress.submitted, state.sequence());
  for (std::uint64_t n = state.sequence() + 1; n <= to; ++n) {
    const CommitRecord& next = commits()[n - 1];
    progress.submitted = std::max(progress.submitted, n);
    DM_TRY(store->append(next));
    state.apply(next);
    if (n % 9 == 8) {  // a compaction makes durable what was not synced
      DM_TRY(store->compact(n, snapshot_of(state)));
      progress.acknowledged = std::max(progress.acknowledged, n);
    }
    if (n % 7 == 3 || n % 7 == 5 || n % 9 == 7) continue;
    DM_TRY(store->sync());
    progress.acknowledged = std::max(progress.acknowledged, n);
    if (store->wants_compaction()) DM_TRY(store->compact(n, snapshot_of(state)));
  }
  DM_TRY(store->sync());
  progress.acknowledged = std::max(progress.acknowledged, state.sequence());
  return {};
}

// `files` is found after a fault: clean, nothing acknowledged is missing, nothing half is there.
void expect_intact(CrashFileSystem files, const Progress& progress, const std::string& where) {
  const auto store = JournalStore::open(files, "state", small());
  ASSERT_TRUE(store) << where;
  LoadReport report;
  const auto state = load(**store, report);
  ASSERT_TRUE(state) << where << state.error().detail;
  EXPECT_EQ(report.problems, std::vector<std::string>{}) << where;
  ASSERT_GE(state->sequence(), progress.acknowledged) << where;
  ASSERT_LE(state->sequence(), progress.submitted) << where;
  EXPECT_EQ(state->text(), expected(state->sequence())) << where;
}

// Calls `check` with the states a power cut can leave behind, files torn at `tears` places.
void for_each_cut(const CrashFileSystem& files, const std::string& where, std::size_t tears,
                  const std::function<void(const CrashFileSystem&, const std::string&)>& check) {
  ASSERT_LE(files.unsynced_entries(), 6U) << where;
  std::set<std::size_t> seen;
  for (const PowerCut& cut : test::power_cuts(files, tears)) {
    const CrashFileSystem after = files.after_power_cut(cut);
    if (seen.insert(after.fingerprint()).second) check(after, where + ", " + to_string(cut));
    if (testing::Test::HasFailure()) return;
  }
}

std::size_t calls_of_whole_work() {
  CrashFileSystem files;
  Progress progress;
  EXPECT_TRUE(work(files, kCommits, progress));
  EXPECT_EQ(progress.acknowledged, kCommits);
  EXPECT_TRUE(files.exists("state/tree.snapshot.prev")) << "compacts at least twice";
  EXPECT_TRUE(files.content("state/tree.journal").ends_with(std::string(32, '\0'))) << "makes room";
  return files.calls();
}

TEST(JournalCrash, PowerCutAfterEveryCall) {
  const std::size_t calls = calls_of_whole_work();
  for (std::size_t call = 1; call <= calls && !HasFailure(); ++call) {
    CrashFileSystem files;
    files.fail_at(call, Fault::power);
    Progress progress;
    EXPECT_FALSE(work(files, kCommits, progress));
    const std::string where = "call " + std::to_string(call);
    for_each_cut(files, where, 8,
                 [&progress](const CrashFileSystem& cut, const std::string& at) { expect_intact(cut, progress, at); });
    for_each_cut(files, where, 2, [&progress](const CrashFileSystem& cut, const std::string& at) {
      CrashFileSystem again = cut;  // and it goes on from there
      Progress later = progress;
      ASSERT_TRUE(work(again, kCommits + 1, later)) << at;
      expect_intact(again.after_power_cut({}), later, at + ", continued");
    });
  }
}

// The appends and the snapshot of a small store.
TEST(JournalCrash, TornAtEveryOctet) {
  std::size_t torn = 0;
  for (std::size_t call = 1; call <= 40 && !HasFailure(); ++call) {
    CrashFileSystem files;
    files.fail_at(call, Fault::power);
    Progress progress;
    EXPECT_FALSE(work(files, kCommits, progress));
    for (PowerCut cut{Remains::torn, 0, 0, ~std::uint64_t{0}}; cut.at < files.unsynced_octets(); ++cut.at, ++torn) {
      expect_intact(files.after_power_cut(cut), progress, "call " + std::to_string(call) + ", " + to_string(cut));
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(torn, 1000U);
}

TEST(JournalCrash, SecondPowerCutDuringRecovery) {
  const std::size_t calls = calls_of_whole_work();
  for (std::size_t call = 1; call <= calls && !HasFailure(); ++call) {
    CrashFileSystem files;
    files.fail_at(call, Fault::power);
    Progress progress;
    EXPECT_FALSE(work(files, kCommits, progress));
    const std::size_t half = files.unsynced_octets() / 2;
    for (const Remains remains : {Remains::torn, Remains::holed, Remains::kept}) {
      const CrashFileSystem cut = files.after_power_cut({remains, half, 0, ~std::uint64_t{0}});
      for (std::size_t second = 1; second <= 9 && !HasFailure(); ++second) {
        CrashFileSystem again = cut;
        again.fail_at(second, Fault::power);
        Progress later = progress;
        if (work(again, progress.submitted + 1, later)) break;
        const std::string where = "call " + std::to_string(call) + ", then " + std::to_string(second);
        for_each_cut(again, where, 2, [&later](const CrashFileSystem& twice, const std::string& at) {
          expect_intact(twice, later, at);
        });
      }
    }
  }
}

TEST(JournalCrash, KilledProcessThenPowerCut) {
  const std::size_t calls = calls_of_whole_work();
  for (std::size_t call = 1; call <= calls && !HasFailure(); ++call) {
    CrashFileSystem files;
    files.fail_at(call, Fault::power);
    Progress progress;
    EXPECT_FALSE(work(files, kCommits, progress));
    CrashFileSystem next = files.after_kill();
    expect_intact(next, progress, "killed at call " + std::to_string(call));
    Progress later = progress;
    ASSERT_TRUE(work(next, kCommits + 1, later));
    for_each_cut(next, "killed at call " + std::to_string(call), 4,
                 [&later](const CrashFileSystem& cut, const std::string& where) { expect_intact(cut, later, where); });
  }
}

Errc error_of(Fault fault) { return fault == Fault::storage_full ? Errc::storage_full : Errc::io; }

class FailingMedium : public testing::TestWithParam<Fault> {};

TEST_P(FailingMedium, EveryCallInTurn) {
  const std::size_t calls = calls_of_whole_work();
  for (std::size_t call = 1; call <= calls && !HasFailure(); ++call) {
    CrashFileSystem files;
    files.fail_at(call, GetParam());
    Progress progress;
    const auto result = work(files, kCommits, progress);
    EXPECT_TRUE(files.failed()) << call;
    if (result) {
      EXPECT_EQ(GetParam(), Fault::storage_full) << call << ": only making room may fail unnoticed";
      EXPECT_EQ(progress.acknowledged, kCommits) << call;
    } else {
      EXPECT_EQ(result.error().code, error_of(GetParam())) << call;
    }
    const std::string where = "call " + std::to_string(call);
    expect_intact(files.after_kill(), progress, where);
    for_each_cut(files, where, 2,
                 [&progress](const CrashFileSystem& cut, const std::string& at) { expect_intact(cut, progress, at); });
  }
}

INSTANTIATE_TEST_SUITE_P(JournalCrash, FailingMedium, testing::Values(Fault::io, Fault::storage_full, Fault::read_only),
                         [](const auto& fault) {
                           if (fault.param == Fault::storage_full) return "ENOSPC";
                           return fault.param == Fault::io ? "EIO" : "EROFS";
                         });

}  // namespace
}  // namespace omadm
