// The instrument itself: it must cut, and it must find a store that does not keep its word.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "tests/support/crash_store.h"
#include "tests/support/sample_commits.h"

namespace omadm::test {
namespace {

void grow(PowerCutJournal& journal, SampleState& state, std::size_t commits) {
  for (const CommitRecord& commit : sample_commits(commits)) {
    journal.append(commit);
    state.apply(commit);
    journal.sync();
    if (journal.wants_compaction()) journal.compact(snapshot_of(state));
  }
}

TEST(PowerCutJournal, LooksAfterEveryCall) {
  PowerCutJournal journal({});
  SampleState state;
  grow(journal, state, 60);
  EXPECT_GT(journal.cuts(), 2U * 60U);
  EXPECT_TRUE(journal.files().exists("state/tree.snapshot")) << "compactions were among them";
}

TEST(PowerCutJournal, FindsAStoreThatLosesWhatItAcknowledged) {
  EXPECT_NONFATAL_FAILURE(
      {
        PowerCutJournal journal({});
        journal.files().lie_about_syncs();
        SampleState state;
        grow(journal, state, 20);
      },
      "power cut");
}

TEST(PowerCutJournal, FindsAStoreThatComesBackWithHalfACommit) {
  EXPECT_NONFATAL_FAILURE(
      {
        PowerCutJournal journal({});
        CommitRecord commit = sample_commits(1).front();
        journal.append(commit);
        commit.edits.pop_back();
        journal.remember_as(commit);
        journal.sync();
      },
      "are not those of that commit");
}

TEST(CrashStore, GoesOnWhereTheFormerTreeEnded) {
  CrashStore store;
  SampleState state;
  for (int opened = 0; opened < 3; ++opened) {
    ASSERT_TRUE(store.load([](const CommitRecord&) -> Result<void> { return {}; }));
    for (const CommitRecord& commit : sample_commits(10U * (static_cast<unsigned>(opened) + 1))) {
      if (commit.sequence <= state.sequence()) continue;
      ASSERT_TRUE(store.append(commit));
      state.apply(commit);
      ASSERT_TRUE(store.sync());
    }
  }
  EXPECT_EQ(store.commits().size(), 30U);
  ASSERT_NE(store.journal(), nullptr);
  EXPECT_GT(store.journal()->cuts(), 2U * 30U) << "one file system for all three";
}

}  // namespace
}  // namespace omadm::test
