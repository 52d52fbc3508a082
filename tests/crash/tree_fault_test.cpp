// A tree whose medium fails at each call in turn: it can still be read, takes nothing more, says why, and opens again
// as it was before or after a whole commit.
#include <gtest/gtest.h>

#include "base/io/clock.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/store/journal_store.h"
#include "dmtree/tree.h"
#include "tests/support/crash_file_system.h"
#include "tests/support/sample_commits.h"

namespace omadm::test {
namespace {

using Fault = CrashFileSystem::Fault;

struct Device {
  CrashFileSystem& files;
  Ddf ddf;
  SystemClock clock;
  std::unique_ptr<JournalStore> store;
  std::unique_ptr<Tree> tree;

  explicit Device(CrashFileSystem& of) : files(of) {}
  Result<void> open() {
    JournalStoreOptions options;
    options.compact_above = 700;
    store = DM_TRY(JournalStore::open(files, "state", options));
    tree = DM_TRY(Tree::open(*store, ddf, clock));
    return {};
  }
  // Two leaves that always change together.
  Result<void> set(int value) const {
    Transaction transaction = tree->begin(Principal::device());
    for (const char* leaf : {"./A", "./B"}) {
      DM_TRY(transaction.put(uri(leaf), {Format::chr, std::string(kTextPlain), std::to_string(value)}));
    }
    DM_TRY(std::move(transaction).commit());
    return tree->flush();
  }
  int get(const char* leaf) const {
    const auto node = tree->begin(Principal::device()).get(uri(leaf));
    return node ? std::stoi(node->data) : 0;
  }
  // -1: the two leaves differ.
  int value() const { return get("./A") == get("./B") ? get("./A") : -1; }
};

constexpr int kLast = 25;

// The last value that was made durable.
Result<void> work(Device& device, int& durable) {
  for (int value = device.value() + 1; value <= kLast; ++value) {
    DM_TRY(device.set(value));
    durable = value;
  }
  return {};
}

class TreeFault : public testing::TestWithParam<Fault> {};

TEST_P(TreeFault, EveryCallInTurnHarmsNothing) {
  std::size_t met = 0;
  for (std::size_t call = 1; call < 1000; ++call) {
    CrashFileSystem files;
    Device device(files);
    ASSERT_TRUE(device.open());
    files.fail_at(files.calls() + call, GetParam());
    int durable = 0;
    const auto result = work(device, durable);
    if (!files.failed()) break;
    ++met;
    const std::string where = "call " + std::to_string(call);
    if (!result) {
      EXPECT_NE(result.error().detail.find("start again"), std::string::npos) << where << result.error().detail;
      // What is in memory is whole, and can be read; nothing can be written.
      EXPECT_TRUE(device.value() == durable || device.value() == durable + 1) << where;
      EXPECT_TRUE(device.store->failure()) << where;
      const int before = device.value();
      EXPECT_FALSE(device.set(99)) << where;
      EXPECT_EQ(device.value(), before) << where << ": what was refused changed nothing";
    } else {
      EXPECT_EQ(GetParam(), Fault::storage_full) << where << ": a compaction without room is no failure";
    }
    for (CrashFileSystem next : {files.after_kill(), files.after_power_cut({})}) {
      Device again(next);
      ASSERT_TRUE(again.open()) << where;
      EXPECT_TRUE(again.tree->load_report().problems.empty()) << where;
      EXPECT_TRUE(again.value() == durable || again.value() == durable + 1) << where << ": " << again.value();
      int later = 0;
      EXPECT_TRUE(work(again, later)) << where;
      EXPECT_EQ(again.value(), kLast) << where;
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(met, 30U);
}

INSTANTIATE_TEST_SUITE_P(Faults, TreeFault, testing::Values(Fault::io, Fault::storage_full, Fault::read_only),
                         [](const auto& fault) {
                           if (fault.param == Fault::storage_full) return "ENOSPC";
                           return fault.param == Fault::io ? "EIO" : "EROFS";
                         });

TEST(TreeOpening, NothingIsOpenedFromWhatCannotBeRead) {
  CrashFileSystem files;
  {
    Device device(files);
    ASSERT_TRUE(device.open());
    int durable = 0;
    ASSERT_TRUE(work(device, durable));
  }
  std::size_t met = 0;
  for (std::size_t call = 1; call < 100; ++call) {
    CrashFileSystem failing = files.after_kill();
    failing.fail_reading_at(call);
    Device device(failing);
    const auto opened = device.open();
    if (opened) {
      EXPECT_EQ(device.value(), kLast);
      EXPECT_EQ(failing.calls(), 0U);
      break;
    }
    ++met;
    EXPECT_EQ(opened.error().code, Errc::io) << opened.error().detail;
    EXPECT_EQ(failing.calls(), 0U) << "nothing was touched";
    Device again(files);
    ASSERT_TRUE(again.open());
    EXPECT_EQ(again.value(), kLast);
  }
  EXPECT_GE(met, 3U) << "the directory, the snapshot, the journal";
}

}  // namespace
}  // namespace omadm::test
