// Transactions, the store behind the tree, and the objects told about commits.
#include <algorithm>
#include <functional>
#include <map>

#include "tests/unit/dmtree/tree_fixture.h"

namespace omadm::test {
namespace {

// Remembers what it was asked and answers as told.
class RecordingObject final : public ManagementObject {
 public:
  Result<std::optional<Octets>> read(const Uri& leaf) override {
    if (leaf.name() == "live") return std::optional<Octets>(live);
    return std::optional<Octets>();
  }
  Result<void> check(const Transaction& after, Edits edits) override {
    checked.emplace_back();
    for (const Edit& edit : edits) checked.back() += edit.uri.str() + ' ';
    if (on_check) return on_check(after);
    return {};
  }
  void committed(Edits edits) noexcept override {
    for (const Edit& edit : edits) told += edit.uri.str() + ' ';
    if (on_committed) on_committed();
  }
  Result<ExecOutcome> exec(const ExecRequest& request) override {
    executed = request.uri.str() + ' ' + request.data;
    return ExecOutcome::accepted;
  }

  std::string live = "now";
  std::vector<std::string> checked;
  std::string told, executed;
  std::function<Result<void>(const Transaction&)> on_check;
  std::function<void()> on_committed;
};

// Fails where it is told to.
class FailingStore final : public Store {
 public:
  Result<LoadReport> load(const Replay& replay) override { return inner.load(replay); }
  Result<void> append(const CommitRecord& commit) override {
    if (fail_append) return Error{*fail_append, "append"};
    return inner.append(commit);
  }
  Result<void> sync() override {
    if (fail_sync) return Error{Errc::io, "sync"};
    return inner.sync();
  }
  bool wants_compaction() const override { return inner.wants_compaction(); }
  Result<void> compact(std::uint64_t sequence, const Snapshot& snapshot) override {
    if (fail_compact) return Error{Errc::io, "compact"};
    return inner.compact(sequence, snapshot);
  }

  MemoryStore inner{3};
  std::optional<Errc> fail_append;
  bool fail_sync = false, fail_compact = false;
};

class TreeCommit : public TreeTest {
 protected:
  void SetUp() override { open(); }
};

// What a transaction took from memory is used by the next one, whichever of the two is the larger.
TEST_F(TreeCommit, LargeAndSmallTransactionsFollowEachOther) {
  std::map<std::string, std::string> expected;  // value by name
  Transaction filling = tree->begin(Principal::device());
  ASSERT_EQ(run(filling, "Add ./a node"), "ok");
  for (int i = 0; i < 400; ++i) {
    const std::string name = "n" + std::to_string(i);
    ASSERT_EQ(run(filling, "Add ./a/" + name + " chr first"), "ok");
    expected[name] = "first";
  }
  ASSERT_TRUE(std::move(filling).commit());
  int round = 0;
  for (const std::size_t count : {3U, 40U, 200U, 5U, 120U, 300U, 20U, 1U}) {
    const std::string value = "v" + std::to_string(++round);
    Transaction transaction = tree->begin(Principal::device());
    std::vector<std::string> names;
    for (const auto& [name, old] : expected) names.push_back(name);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(run(transaction, "Replace ./a/" + names[i] + " early"), "ok");
      if (i == count / 2) {  // from here on the edits in front are settled
        ASSERT_EQ(run(transaction, "Delete ./a/" + names.back()), "ok");
        ASSERT_EQ(run(transaction, "Replace ./a/" + names[0] + "?prop=Name x" + std::to_string(round)), "ok");
        expected.erase(names.back());
        expected.erase(names[0]);
        names[0] = "x" + std::to_string(round);
      }
      ASSERT_EQ(run(transaction, "Replace ./a/" + names[i] + " " + value), "ok");
      ASSERT_EQ(run(transaction, "Get ./a/" + names[i]), "ok " + value);
      expected[names[i]] = value;
    }
    expected[names[0]] = value;
    ASSERT_TRUE(std::move(transaction).commit());
    ASSERT_TRUE(tree->flush());
    for (const auto& [name, text] : expected) EXPECT_EQ(device("Get ./a/" + name), "ok " + text) << count;
  }
  const std::string before = dump();
  EXPECT_EQ(static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')), expected.size() + 2);
  open();
  EXPECT_EQ(dump(), before);
}

TEST_F(TreeCommit, TransactionsSeeTheirOwnEditsAlone) {
  Transaction transaction = tree->begin(Principal::device());
  EXPECT_TRUE(transaction.empty());
  EXPECT_EQ(run(transaction, "Add ./a/b chr 1"), "ok");
  EXPECT_FALSE(transaction.empty());
  EXPECT_TRUE(transaction.exists(at("./a/b")));
  EXPECT_FALSE(exists("./a"));
  ASSERT_TRUE(std::move(transaction).commit());
  EXPECT_TRUE(exists("./a/b"));
}

TEST_F(TreeCommit, ACommitInBetweenIsAConflict) {
  prepare({"Add ./a chr 1"});
  Transaction late = tree->begin(Principal::device());
  EXPECT_EQ(run(late, "Replace ./a 2"), "ok");
  prepare({"Add ./b chr 1"});
  EXPECT_EQ(run(late, "Get ./a"), "conflict");
  EXPECT_EQ(run(late, "Add ./c chr 1"), "conflict");
  EXPECT_EQ(run(late, "Replace ./a?prop=ACL Get=*"), "conflict");
  EXPECT_EQ(run(late, "Delete ./a"), "conflict");
  EXPECT_EQ(run(late, "Copy ./a ./b"), "conflict");
  EXPECT_EQ(outcome(late.list(Uri())), "conflict");
  EXPECT_EQ(outcome(late.own_acl(Uri())), "conflict");
  EXPECT_FALSE(late.exists(at("./a")));
  EXPECT_FALSE(late.peek(at("./a")));
  EXPECT_FALSE(late.decide(at("./a"), AccessType::get).allowed);
  EXPECT_EQ(outcome(std::move(late).commit()), "conflict");
  EXPECT_EQ(text("./a"), "ok 1");
}

TEST_F(TreeCommit, DroppedAndEmptyTransactionsDisturbNobody) {
  Transaction transaction = tree->begin(Principal::device());
  {
    Transaction dropped = tree->begin(Principal::device());
    EXPECT_EQ(run(dropped, "Add ./x chr 1"), "ok");
  }
  EXPECT_TRUE(tree->begin(Principal::device()).commit());
  EXPECT_EQ(run(transaction, "Add ./a chr 1"), "ok");
  ASSERT_TRUE(std::move(transaction).commit());
  EXPECT_EQ(tree->generation(), 1U);
  EXPECT_FALSE(exists("./x"));
}

TEST_F(TreeCommit, TND_107_RemoveAndAddAgainWithinOneTransaction) {
  prepare({"Add ./a/b/c chr 1", "Add ./a/k chr 2"});
  Transaction transaction = tree->begin(Principal::device());
  EXPECT_EQ(run(transaction, "Replace ./a/b/c 5"), "ok");
  EXPECT_EQ(run(transaction, "Delete ./a/b"), "ok");
  EXPECT_EQ(run(transaction, "Get ./a/b"), "not_found");
  EXPECT_EQ(run(transaction, "Add ./a/b chr leaf"), "ok");
  EXPECT_EQ(run(transaction, "Delete ./a/k"), "ok");
  EXPECT_EQ(run(transaction, "Add ./a/z/y chr 3"), "ok");
  EXPECT_EQ(run(transaction, "Delete ./a/z"), "ok");
  EXPECT_EQ(run(transaction, "Get ./a"), "ok b");
  const std::string inside = dump(transaction);
  ASSERT_TRUE(std::move(transaction).commit());
  EXPECT_EQ(dump(), inside);
  open();
  EXPECT_EQ(dump(), inside);
}

TEST_F(TreeCommit, ReopeningGivesTheSameTree) {
  prepare({"Add ./a/b chr 1", "Replace ./a?prop=ACL Get=*&Replace=A", "Replace ./a/b?prop=Title title",
           "Add ./a/c bin \xFF", "Replace ./a?prop=Name d", "Replace .?prop=ACL Add=*&Get=A", "Add ./gone chr 1",
           "Delete ./gone"});
  const std::string before = dump();
  const std::size_t nodes = tree->node_count();
  open();
  EXPECT_EQ(dump(), before);
  EXPECT_EQ(tree->node_count(), nodes);
  EXPECT_EQ(tree->load_report().records, store.commits().size());
}

TEST_F(TreeCommit, ReopeningAfterCompactionGivesTheSameTree) {
  store = MemoryStore(4);
  open();
  for (int i = 0; i < 20; ++i) {
    prepare({"Add ./n" + std::to_string(i) + "/leaf chr " + std::to_string(i)});
    ASSERT_TRUE(tree->flush());
  }
  EXPECT_LE(store.commits().size(), 5U);
  const std::string before = dump();
  open();
  EXPECT_EQ(dump(), before);
  prepare({"Add ./more chr 1"});
}

TEST_F(TreeCommit, OneRecordACommitNamesItsOrigin) {
  Transaction transaction = tree->begin(Principal::server("acme"), {{}, "7", "1", "3", "Add"});
  EXPECT_EQ(run(transaction, "Add ./a/b/c chr 1"), "ok");
  ASSERT_TRUE(std::move(transaction).commit());
  ASSERT_EQ(store.appended(), 1U);
  const CommitRecord& record = store.commits().back();
  EXPECT_EQ(record.sequence, 1U);
  EXPECT_EQ(record.time, clock.now);
  EXPECT_EQ(record.origin.who, "server:acme");
  EXPECT_EQ(record.origin.session, "7");
  EXPECT_EQ(record.origin.command, "Add");
  EXPECT_EQ(record.edits.size(), 4U) << "the root's child list, ./a, ./a/b, ./a/b/c";
}

TEST_F(TreeCommit, FlushSyncsOnceForAllCommits) {
  prepare({"Add ./a chr 1", "Add ./b chr 1"});
  const std::size_t synced = store.synced();
  ASSERT_TRUE(tree->flush());
  ASSERT_TRUE(tree->flush());
  EXPECT_EQ(store.synced(), synced + 1);
  prepare({"Add ./c chr 1"});
  tree.reset();
  store.lose_unsynced();
  open();
  EXPECT_TRUE(exists("./b"));
  EXPECT_FALSE(exists("./c"));
}

TEST_F(TreeCommit, CorruptStoreIsReported) {
  for (const EditRecord::Op op : {EditRecord::Op::put, EditRecord::Op::remove, EditRecord::Op::rename}) {
    MemoryStore damaged;
    CommitRecord record;
    record.sequence = 1;
    record.edits.push_back({op, {}, at("./x/z")});
    record.edits.back().node.uri = at("./x/y");
    ASSERT_TRUE(damaged.append(record));
    const Result<std::unique_ptr<Tree>> opened_tree = Tree::open(damaged, ddf, clock);
    ASSERT_FALSE(opened_tree);
    EXPECT_EQ(opened_tree.error().code, Errc::corrupt);
  }
}

TEST_F(TreeCommit, AppendThatFailsAppliesNothing) {
  FailingStore failing;
  tree = std::move(*Tree::open(failing, ddf, clock));
  prepare({"Add ./a chr 1"});
  failing.fail_append = Errc::storage_full;
  EXPECT_EQ(device("Replace ./a 2"), "storage_full");
  EXPECT_EQ(text("./a"), "ok 1");
  failing.fail_append.reset();
  EXPECT_EQ(device("Replace ./a 3"), "ok") << "there may be room again";
  failing.fail_append = Errc::io;
  EXPECT_EQ(device("Replace ./a 4"), "io");
  failing.fail_append.reset();
  EXPECT_EQ(device("Replace ./a 5"), "io") << "a store that failed once is not trusted again";
  EXPECT_EQ(text("./a"), "ok 3");
}

TEST_F(TreeCommit, SyncThatFailsTellsNobody) {
  FailingStore failing;
  tree = std::move(*Tree::open(failing, ddf, clock));
  RecordingObject object;
  tree->attach(Uri(), object);
  prepare({"Add ./a chr 1"});
  failing.fail_sync = true;
  EXPECT_EQ(outcome(tree->flush()), "io");
  failing.fail_sync = false;
  EXPECT_EQ(outcome(tree->flush()), "io") << "a failed sync is not tried again";
  EXPECT_EQ(object.told, "");
  EXPECT_EQ(device("Add ./b chr 1"), "io");
}

TEST_F(TreeCommit, CompactionThatFailsKeepsWhatWasPromised) {
  FailingStore failing;
  tree = std::move(*Tree::open(failing, ddf, clock));
  failing.fail_compact = true;
  prepare({"Add ./a chr 1", "Add ./b chr 1", "Add ./c chr 1", "Add ./d chr 1"});
  EXPECT_TRUE(tree->flush());
  EXPECT_EQ(device("Add ./e chr 1"), "io");
}

TEST_F(TreeCommit, ObjectsCheckWhatTouchesThem) {
  prepare({"Add ./one/sub chr 1", "Add ./two/leaf chr 1"});
  RecordingObject one, sub, two;
  tree->attach(at("./one"), one);
  tree->attach(at("./one/sub"), sub);
  tree->attach(at("./two"), two);
  prepare({"Replace ./one/sub 2", "Add ./one/new chr 1", "Add ./elsewhere chr 1"});
  EXPECT_EQ(sub.checked, std::vector<std::string>{"./one/sub "}) << "the deepest root wins";
  EXPECT_EQ(one.checked, std::vector<std::string>{"./one/new "});
  EXPECT_TRUE(two.checked.empty());
  EXPECT_EQ(sub.told, "") << "not before it is durable";
  ASSERT_TRUE(tree->flush());
  EXPECT_EQ(sub.told, "./one/sub ");
  EXPECT_EQ(one.told, "./one/new ");
  prepare({"Delete ./one"});
  ASSERT_TRUE(tree->flush());
  EXPECT_EQ(sub.told, "./one/sub ./one ") << "it went with its parent";
}

TEST_F(TreeCommit, TND_009_TND_098_ObjectsMayRefuse) {
  prepare({"Add ./o/leaf chr 1"});
  RecordingObject object;
  tree->attach(at("./o"), object);
  object.on_check = [](const Transaction& after) -> Result<void> {
    if (after.get(at("./o/leaf"))->data == "busy") return Error{Errc::unavailable, "in use"};
    return Error{Errc::veto, "no"};
  };
  EXPECT_EQ(device("Replace ./o/leaf busy"), "unavailable");
  EXPECT_EQ(device("Replace ./o/leaf 2"), "veto");
  EXPECT_EQ(text("./o/leaf"), "ok 1");
  EXPECT_EQ(store.appended(), 1U);
}

TEST_F(TreeCommit, ObjectsSeeEverythingWhileTheyCheck) {
  prepare({"Add ./o/hidden chr secret", "Replace ./o?prop=ACL Replace=A", "Add ./o/leaf chr 1"});
  RecordingObject object;
  tree->attach(at("./o"), object);
  std::string seen;
  object.on_check = [&](const Transaction& after) -> Result<void> {
    seen = after.get(at("./o/hidden"))->data + after.get(at("./o/leaf"))->data + after.principal().server_id;
    return {};
  };
  EXPECT_EQ(server("A", "Replace ./o/leaf 2"), "ok");
  EXPECT_EQ(seen, "secret2A");
}

TEST_F(TreeCommit, ACheckThatCommitsMakesAConflict) {
  prepare({"Add ./o/leaf chr 1"});
  RecordingObject object;
  tree->attach(at("./o"), object);
  object.on_check = [&](const Transaction&) -> Result<void> {
    object.on_check = nullptr;
    EXPECT_EQ(device("Add ./side chr 1"), "ok");
    return {};
  };
  EXPECT_EQ(device("Replace ./o/leaf 2"), "conflict");
  EXPECT_EQ(text("./o/leaf"), "ok 1");
}

TEST_F(TreeCommit, CommittedMayCommitAgainAndIsMadeDurable) {
  prepare({"Add ./o/leaf chr 1"});
  ASSERT_TRUE(tree->flush());
  RecordingObject object;
  tree->attach(at("./o"), object);
  object.on_committed = [&] {
    object.on_committed = nullptr;
    EXPECT_EQ(device("Replace ./o/leaf 3"), "ok");
  };
  prepare({"Replace ./o/leaf 2"});
  ASSERT_TRUE(tree->flush());
  EXPECT_EQ(object.told, "./o/leaf ./o/leaf ");
  tree.reset();
  store.lose_unsynced();
  open();
  EXPECT_EQ(text("./o/leaf"), "ok 3");
}

TEST_F(TreeCommit, FlushWithinCommittedAndDetachAreSafe) {
  prepare({"Add ./o/leaf chr 1", "Add ./p/leaf chr 1"});
  ASSERT_TRUE(tree->flush());
  RecordingObject first, second;
  tree->attach(at("./o"), first);
  tree->attach(at("./p"), second);
  first.on_committed = [&] {
    EXPECT_EQ(device("Add ./side chr 1"), "ok");
    EXPECT_TRUE(tree->flush());
    tree->detach(second);
    first.on_committed = nullptr;
  };
  Transaction transaction = tree->begin(Principal::device());
  EXPECT_EQ(run(transaction, "Replace ./o/leaf 2"), "ok");
  EXPECT_EQ(run(transaction, "Replace ./p/leaf 2"), "ok");
  ASSERT_TRUE(std::move(transaction).commit());
  ASSERT_TRUE(tree->flush());
  EXPECT_EQ(first.told, "./o/leaf ");
  EXPECT_EQ(second.told, "");
  EXPECT_EQ(second.checked.size(), 1U);
}

TEST_F(TreeCommit, LiveValuesAreReadFromTheObject) {
  prepare({"Add ./o/live chr stored", "Add ./o/dead chr stored"});
  RecordingObject object;
  tree->attach(at("./o"), object);
  EXPECT_EQ(text("./o/live"), "ok now");
  EXPECT_EQ(text("./o/dead"), "ok stored");
  object.live = "later";
  EXPECT_EQ(device("Get ./o/live?prop=Size"), "ok 5");
  EXPECT_EQ(device("Copy ./o/live ./copy"), "ok");
  EXPECT_EQ(text("./copy"), "ok later");
  Transaction transaction = tree->begin(Principal::device());
  EXPECT_EQ(run(transaction, "Replace ./o/live?prop=Title t"), "ok");
  EXPECT_EQ(run(transaction, "Get ./o/live"), "ok later") << "another property was changed";
  EXPECT_EQ(run(transaction, "Replace ./o/live mine"), "ok");
  EXPECT_EQ(run(transaction, "Get ./o/live"), "ok mine") << "a transaction sees its own edits";
}

TEST_F(TreeCommit, TND_111_ExecAsksTheDeepestObject) {
  prepare({"Add ./o/run chr 1", "Replace ./o?prop=ACL Exec=A"});
  RecordingObject root, object;
  tree->attach(Uri(), root);
  tree->attach(at("./o"), object);
  const Result<ExecOutcome> done = tree->exec(Principal::server("A"), {at("./o/run"), "data", "c1", "A"});
  ASSERT_TRUE(done);
  EXPECT_EQ(*done, ExecOutcome::accepted);
  EXPECT_EQ(object.executed, "./o/run data");
  EXPECT_EQ(root.executed, "");
  EXPECT_EQ(outcome(tree->exec(Principal::server("B"), {at("./o/run"), {}, {}, "B"})), "permission_denied");
}

TEST_F(TreeCommit, ObserversGetDurableCommits) {
  std::vector<std::uint64_t> seen;
  tree->observe([&](const CommitRecord& record) { seen.push_back(record.sequence); });
  prepare({"Add ./a chr 1", "Add ./b chr 1"});
  EXPECT_TRUE(seen.empty());
  ASSERT_TRUE(tree->flush());
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2}));
}

TEST_F(TreeCommit, DestroyingATransactionAfterItsTreeMovedOnIsSafe) {
  prepare({"Add ./a/b chr 1"});
  auto transaction = std::make_unique<Transaction>(tree->begin(Principal::device()));
  EXPECT_EQ(run(*transaction, "Replace ./a/b 2"), "ok");
  prepare({"Delete ./a"});
  transaction.reset();
  EXPECT_FALSE(exists("./a"));
}

// The first octets of a name decide most look-ups: names that share them, and names of every length.
TEST_F(TreeCommit, TND_024_NamesAreToldApartWhateverTheyShare) {
  const std::string longest = "Interface-of-the-radio-0";
  const auto leaf = [](const std::string& name) { return at("./names/" + name + "/leaf"); };
  const auto names = [&](std::size_t length) {
    const std::string common = longest.substr(0, length - 1);
    return std::vector{common + "X", common + "Y"};
  };
  for (std::size_t length = 1; length <= longest.size(); ++length) {
    for (const std::string& name : names(length)) {
      Transaction transaction = tree->begin(Principal::device());
      ASSERT_TRUE(transaction.put(leaf(name), {Format::chr, {}, name}));
      ASSERT_TRUE(std::move(transaction).commit());
    }
  }
  const Transaction transaction = tree->begin(Principal::device());
  for (std::size_t length = 1; length <= longest.size(); ++length) {
    for (const std::string& name : names(length)) {
      const auto found = transaction.get(leaf(name));
      ASSERT_TRUE(found) << name;
      EXPECT_EQ(found->data, name);
    }
    EXPECT_FALSE(transaction.exists(leaf(longest.substr(0, length)))) << length;
    EXPECT_FALSE(transaction.exists(leaf(longest.substr(0, length) + "XY"))) << length;
  }
}

}  // namespace
}  // namespace omadm::test
