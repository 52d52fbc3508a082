// What every Store promises, asked of each.
#include <gtest/gtest.h>

#include <memory>

#include "dmtree/store/journal_store.h"
#include "dmtree/store/memory_store.h"
#include "tests/support/crash_file_system.h"
#include "tests/support/sample_commits.h"

namespace omadm {
namespace {

using test::sample_commits;
using test::SampleState;

// A store that can be left and found again.
class Device {
 public:
  virtual ~Device() = default;
  virtual Store& boot() = 0;
};

class MemoryDevice final : public Device {
 public:
  Store& boot() override {
    store_.lose_unsynced();
    return store_;
  }

 private:
  MemoryStore store_{6};
};

class JournalDevice final : public Device {
 public:
  Store& boot() override {
    store_.reset();
    files_ = files_.after_power_cut({});
    JournalStoreOptions options;
    options.compact_above = 400;
    store_ = std::move(JournalStore::open(files_, "state", options)).value();
    return *store_;
  }

 private:
  test::CrashFileSystem files_;
  std::unique_ptr<JournalStore> store_;
};

struct Maker {
  const char* name;
  std::unique_ptr<Device> (*make)();
};
void PrintTo(const Maker& maker, std::ostream* out) { *out << maker.name; }

class StoreContract : public testing::TestWithParam<Maker> {
 protected:
  Store& boot() { return device_->boot(); }
  static SampleState load(Store& store, LoadReport* report = nullptr) {
    SampleState state;
    const auto loaded = store.load([&state](const CommitRecord& c) -> Result<void> {
      state.apply(c);
      return {};
    });
    EXPECT_TRUE(loaded);
    if (!loaded) return state;
    EXPECT_EQ(loaded->problems, std::vector<std::string>{});
    if (report != nullptr) *report = *loaded;
    return state;
  }
  static SampleState expected(std::size_t count) {
    SampleState state;
    for (const CommitRecord& c : sample_commits(count)) state.apply(c);
    return state;
  }

  std::unique_ptr<Device> device_ = GetParam().make();
};

TEST_P(StoreContract, BeginsEmpty) {
  LoadReport report;
  EXPECT_EQ(load(boot(), &report).text(), "");
  EXPECT_EQ(report.records, 0U);
  EXPECT_EQ(report.generation, 0U);
}

TEST_P(StoreContract, KeepsWhatWasSyncedAndNotMore) {
  Store& store = boot();
  load(store);
  for (const CommitRecord& c : sample_commits(5)) {
    ASSERT_TRUE(store.append(c));
    if (c.sequence == 4) {
      ASSERT_TRUE(store.sync());
    }
  }
  Store& again = boot();
  EXPECT_EQ(load(again).text(), expected(4).text());
  ASSERT_TRUE(again.append(sample_commits(5).back()));
  ASSERT_TRUE(again.sync());
  LoadReport report;
  EXPECT_EQ(load(boot(), &report).text(), expected(5).text());
  EXPECT_EQ(report.records, 5U);
}

TEST_P(StoreContract, RefusesAGapInTheSequence) {
  Store& store = boot();
  load(store);
  const auto commits = sample_commits(3);
  ASSERT_TRUE(store.append(commits[0]));
  EXPECT_FALSE(store.append(commits[2]));
  EXPECT_FALSE(store.append(commits[0]));
  ASSERT_TRUE(store.append(commits[1]));
}

TEST_P(StoreContract, CompactionKeepsTheStateAndIsDurable) {
  Store& store = boot();
  SampleState state = load(store);
  EXPECT_FALSE(store.wants_compaction());
  for (const CommitRecord& c : sample_commits(12)) {
    ASSERT_TRUE(store.append(c));
    state.apply(c);
  }
  EXPECT_TRUE(store.wants_compaction());
  ASSERT_TRUE(store.compact(12, snapshot_of(state)));
  EXPECT_FALSE(store.wants_compaction());

  Store& again = boot();
  LoadReport report;
  SampleState loaded = load(again, &report);
  EXPECT_EQ(loaded.text(), expected(12).text());
  EXPECT_EQ(loaded.sequence(), 12U);
  EXPECT_EQ(report.generation, 1U);
  EXPECT_EQ(report.records, 1U);
  ASSERT_TRUE(again.append(sample_commits(13).back()));
  ASSERT_TRUE(again.sync());
  EXPECT_EQ(load(boot()).text(), expected(13).text());
}

TEST_P(StoreContract, AnErrorOfTheReplayIsTheErrorOfLoad) {
  Store& store = boot();
  load(store);
  ASSERT_TRUE(store.append(sample_commits(1).front()));
  ASSERT_TRUE(store.sync());
  const auto result = boot().load([](const CommitRecord&) -> Result<void> { return Error{Errc::corrupt, "no"}; });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::corrupt);
}

INSTANTIATE_TEST_SUITE_P(
    Stores, StoreContract,
    testing::Values(Maker{"Memory", [] { return std::unique_ptr<Device>(std::make_unique<MemoryDevice>()); }},
                    Maker{"Journal", [] { return std::unique_ptr<Device>(std::make_unique<JournalDevice>()); }}),
    [](const auto& maker) { return std::string(maker.param.name); });

}  // namespace
}  // namespace omadm
