// Values in files when power goes, and when the disk is full or broken: the old value or the new one, and nothing else.
// protocol rules PRO-028, PRO-227, PRO-255, PRO-259.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/io/log.h"
#include "client/file_leaves.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/store/journal_store.h"
#include "tests/support/crash_file_system.h"
#include "tests/support/power_cuts.h"
#include "tests/support/tree_device.h"

namespace omadm::test {
namespace {

const Octets kOld(300, 'o');
const Octets kNew(700, 'n');

// One life of a device whose ./V/f is the file "files/f".
class Life {
 public:
  explicit Life(CrashFileSystem& files) : files_(files) {
    auto store = JournalStore::open(files, "state", {});
    if (!store) return;
    store_ = *std::move(store);
    auto tree = Tree::open(*store_, ddf_, clock_);
    if (!tree) return;
    tree_ = *std::move(tree);
    const std::shared_ptr<FileSystem> shared(&files, [](FileSystem*) {});  // which the test owns
    leaves_ = std::make_unique<FileLeaves>(*tree_, log_, shared, std::vector<FileLeaf>{{uri("./V/f"), "files/f", 1000}},
                                           1000);
    good_ = static_cast<bool>(leaves_->resume());
  }
  bool good() const { return good_; }
  Tree& tree() { return *tree_; }

  // In pieces, as a session does it.
  Result<void> receive(const Octets& value) {
    const Uri leaf = uri("./V/f");
    auto sink = DM_TRY(tree_->file_keeper(leaf)->receive(leaf, value.size()));
    for (std::size_t at = 0; at < value.size(); at += 250) DM_TRY(sink->write(value.substr(at, 250)));
    Transaction transaction = tree_->begin(Principal::device());
    DM_TRY(transaction.supply(leaf, std::move(sink)));
    const bool there = transaction.exists(leaf);
    DM_TRY(there ? transaction.replace(leaf, {}) : transaction.add(leaf, {Format::bin, std::nullopt, {}}));
    DM_TRY(std::move(transaction).commit());
    return tree_->flush();
  }
  Result<void> remove() {
    Transaction transaction = tree_->begin(Principal::device());
    DM_TRY(transaction.remove(uri("./V/f")));
    DM_TRY(std::move(transaction).commit());
    return tree_->flush();
  }
  // "(none)": no such leaf.
  std::string value() const {
    const auto node = tree_->begin(Principal::device()).get(uri("./V/f"));
    if (!node) return node.error().code == Errc::not_found ? "(none)" : "(" + node.error().detail + ")";
    return node->data;
  }
  // The value, when the file is as it should be and has no company.
  std::string settled_value() const {
    const auto names = files_.list("files");
    const std::string value = this->value();
    if (!names) return "no folder";
    if (value == "(none)") return names->empty() ? value : "a file is left: " + names->front();
    if (*names != std::vector<std::string>{"f"}) return std::to_string(names->size()) + " files";
    return files_.content("files/f") == value ? value : "the file differs";
  }

 private:
  CrashFileSystem& files_;
  Ddf ddf_;
  FixedClock clock_;
  NullLog log_;
  std::unique_ptr<JournalStore> store_;
  std::unique_ptr<Tree> tree_;
  std::unique_ptr<FileLeaves> leaves_;
  bool good_ = false;
};

void begin_with_old_value(CrashFileSystem& files) {
  Life life(files);
  ASSERT_TRUE(life.good());
  ASSERT_TRUE(life.receive(kOld));
  ASSERT_EQ(life.settled_value(), kOld);
}

// Cuts the power after every call of `act`: what comes back is `before` or `after`, and `after` once it has returned.
void cut_everywhere(const std::string& before, const std::string& after, Result<void> (*act)(Life&)) {
  CrashFileSystem files;
  if (before != "(none)") begin_with_old_value(files);
  Life life(files);
  ASSERT_TRUE(life.good());
  std::size_t cuts = 0;
  std::set<std::string> seen;
  const auto look = [&](bool done) {
    for (const PowerCut& cut : power_cuts(files, 3)) {
      CrashFileSystem left = files.after_power_cut(cut);
      Life next(left);
      ++cuts;
      ASSERT_TRUE(next.good()) << to_string(cut);
      const std::string value = next.settled_value();
      seen.insert(value);
      ASSERT_TRUE(value == after || (!done && value == before))
          << "call " << files.calls() << ", " << to_string(cut) << ": " << value.substr(0, 60);
    }
  };
  files.on_call([&] { look(false); });
  const auto done = act(life);
  ASSERT_TRUE(done) << done.error().detail;
  files.on_call({});
  look(true);
  EXPECT_EQ(life.settled_value(), after);
  EXPECT_EQ(seen, (std::set<std::string>{before, after}));
  EXPECT_GT(cuts, 50U);
}

TEST(FileLeafCrash, PRO_028_PRO_255_APowerCutLeavesTheOldOrTheNewValue) {
  cut_everywhere(kOld, kNew, [](Life& life) { return life.receive(kNew); });
}

TEST(FileLeafCrash, PRO_028_PRO_255_APowerCutLeavesNoLeafOrTheFirstValue) {
  cut_everywhere("(none)", kNew, [](Life& life) { return life.receive(kNew); });
}

TEST(FileLeafCrash, PRO_028_APowerCutLeavesTheValueOrNeitherLeafNorFile) {
  cut_everywhere(kOld, "(none)", [](Life& life) { return life.remove(); });
}

// The disk fails at every call in turn.
TEST(FileLeafCrash, PRO_259_AFullOrBrokenDiskLeavesTheOldValue) {
  for (const auto fault : {CrashFileSystem::Fault::storage_full, CrashFileSystem::Fault::io}) {
    const bool full = fault == CrashFileSystem::Fault::storage_full;
    unsigned refused = 0;
    for (std::size_t call = 1;; ++call) {
      SCOPED_TRACE((full ? "full at " : "broken at ") + std::to_string(call));
      CrashFileSystem files;
      begin_with_old_value(files);
      auto life = std::make_unique<Life>(files);
      files.fail_at(files.calls() + call, fault);
      const auto done = life->receive(kNew);
      if (!files.failed()) {
        EXPECT_TRUE(done);
        break;
      }
      if (!done) {
        ++refused;
        EXPECT_TRUE(done.error().code == Errc::io || (full && done.error().code == Errc::storage_full));
      }
      const bool in_doubt = life->tree().is_in_doubt();
      EXPECT_TRUE(in_doubt || life->value() == (done ? kNew : kOld)) << life->value().substr(0, 60);
      life.reset();
      CrashFileSystem left = files.after_kill();
      Life next(left);
      ASSERT_TRUE(next.good());
      const std::string value = next.settled_value();
      EXPECT_TRUE(value == kNew || (!done && value == kOld)) << value.substr(0, 60);
      ASSERT_TRUE(next.receive(kOld));
      EXPECT_EQ(next.settled_value(), kOld);
    }
    EXPECT_GT(refused, 4U);
  }
}

// What was received for nothing goes, and what somebody else is receiving stays.
TEST(FileLeafCrash, PRO_227_ATransactionThatIsDroppedLeavesNothingAndHarmsNobody) {
  CrashFileSystem files;
  begin_with_old_value(files);
  Life life(files);
  const Uri leaf = uri("./V/f");
  auto slow = *life.tree().file_keeper(leaf)->receive(leaf, 3);
  ASSERT_TRUE(slow->write("slo"));
  {
    Transaction dropped = life.tree().begin(Principal::device());
    ASSERT_TRUE(dropped.replace(leaf, {std::nullopt, std::nullopt, "dropped"}));
    EXPECT_EQ(files.list("files")->size(), 3U);
  }
  EXPECT_EQ(files.list("files")->size(), 2U);
  ASSERT_TRUE(life.receive(kNew));
  ASSERT_TRUE(slow->write("w"));
  Transaction transaction = life.tree().begin(Principal::device());
  ASSERT_TRUE(transaction.supply(leaf, std::move(slow)));
  ASSERT_TRUE(transaction.replace(leaf, {}));
  ASSERT_TRUE(std::move(transaction).commit());
  ASSERT_TRUE(life.tree().flush());
  EXPECT_EQ(life.settled_value(), "slow");
  auto again = *life.tree().file_keeper(leaf)->receive(leaf, 1000);
  ASSERT_TRUE(again->write(Octets(1000, 'x')));
  EXPECT_EQ(again->write("y").error().code, Errc::too_large);
  EXPECT_EQ(life.tree().file_keeper(leaf)->receive(leaf, 1001).error().code, Errc::too_large);
}

// A file of the factory is read and stays until the first value; a value that the tree still has itself becomes a file.
TEST(FileLeafCrash, PRO_255_WhatWasThereBeforeIsTakenUp) {
  CrashFileSystem files;
  files.put("files/f", "from the factory");
  {
    Life life(files);
    EXPECT_EQ(life.value(), "(none)");
    EXPECT_TRUE(files.exists("files/f"));
    ASSERT_TRUE(life.receive(kNew));
    EXPECT_EQ(life.settled_value(), kNew);
    ASSERT_TRUE(life.remove());
    EXPECT_FALSE(files.exists("files/f"));
  }
  files.put("files/f", "from the factory");
  Ddf ddf;
  FixedClock clock;
  {
    auto store = *JournalStore::open(files, "state", {});
    auto tree = *Tree::open(*store, ddf, clock);
    Transaction transaction = tree->begin(Principal::device());
    ASSERT_TRUE(transaction.put(uri("./V/f"), {Format::bin, std::nullopt, {}}));
    ASSERT_TRUE(std::move(transaction).commit());
    ASSERT_TRUE(tree->flush());
  }
  {
    Life life(files);
    EXPECT_EQ(life.value(), "from the factory");
    EXPECT_EQ(*life.tree().begin(Principal::device()).property(uri("./V/f"), Property::format), "bin");
  }
  {
    auto store = *JournalStore::open(files, "state", {});
    auto tree = *Tree::open(*store, ddf, clock);
    Transaction transaction = tree->begin(Principal::device());
    ASSERT_TRUE(transaction.put(uri("./V/f"), {Format::bin, std::nullopt, "in the tree"}));
    ASSERT_TRUE(std::move(transaction).commit());
    ASSERT_TRUE(tree->flush());
  }
  Life life(files);
  EXPECT_EQ(life.settled_value(), "in the tree");
}

TEST(FileLeafCrash, TND_051_ALeafInAFileKeepsItsAddress) {
  CrashFileSystem files;
  begin_with_old_value(files);
  Life life(files);
  for (const char* node : {"./V/f", "./V"}) {
    Transaction transaction = life.tree().begin(Principal::device());
    ASSERT_TRUE(transaction.set_property(uri(node), Property::name, "other"));
    const auto renamed = std::move(transaction).commit();
    ASSERT_FALSE(renamed);
    EXPECT_EQ(renamed.error().code, Errc::not_allowed);
  }
  EXPECT_EQ(life.settled_value(), kOld);
}

}  // namespace
}  // namespace omadm::test
