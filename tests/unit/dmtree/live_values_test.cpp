// Values that take time: who is asked for what, and what is read meanwhile.
#include <map>

#include "tests/unit/dmtree/tree_fixture.h"

namespace omadm::test {
namespace {

// Has the values it is given, once `answer` was called; remembers what it was asked for.
class SlowObject final : public ManagementObject {
 public:
  Result<std::optional<Octets>> read(const Uri& leaf) override {
    if (!answered) return Error{Errc::unavailable, "not yet"};
    const auto value = values.find(leaf.str());
    if (value == values.end()) return Error{Errc::failed, "no value"};
    return std::optional<Octets>(value->second);
  }
  bool reads_slowly() const noexcept override { return true; }
  std::unique_ptr<LiveValues> fetch(std::vector<Uri> leaves, std::function<void()> done) override {
    for (const Uri& leaf : leaves) asked.push_back(leaf.str());
    ready = std::move(done);
    return std::make_unique<LiveValues>();
  }
  void answer() {
    answered = true;
    ready();
  }

  std::map<std::string, std::string> values;
  std::vector<std::string> asked;
  std::function<void()> ready;
  bool answered = false;
};

class LiveValuesTest : public TreeTest {
 protected:
  void SetUp() override {
    describe({{.name = "Lamp",
               .access = "Add Get",
               .scope = "Permanent",
               .children = {{.name = "Level", .access = "Get Replace", .format = "chr", .scope = "Permanent"},
                            {.name = "Key", .access = "Replace", .format = "chr", .scope = "Permanent"},
                            {.name = "Heat", .access = "Get", .format = "chr", .scope = "Permanent"}}}});
    open();
    prepare({"Replace ./Lamp/Level stored", "Replace ./Lamp?prop=ACL Get=*&Replace=A",
             "Replace ./Lamp/Heat?prop=ACL Get=A", "Add ./Other chr 1"});
    ASSERT_TRUE(tree->flush());
    tree->attach(at("./Lamp"), lamp);
    lamp.values = {{"./Lamp/Level", "live"}, {"./Lamp/Heat", "20"}, {"./Lamp/Key", "secret"}};
  }
  void TearDown() override { tree->detach(lamp); }

  std::unique_ptr<LiveValues> fetch(const std::string& id, const std::vector<LiveRead>& reads) {
    return tree->fetch(Principal::server(id), reads, [this] { ++ready; });
  }

  SlowObject lamp;
  int ready = 0;
};

TEST_F(LiveValuesTest, OnlyWhatMayBeReadIsAskedFor) {
  const auto values = fetch("B", {{at("./Lamp"), true},
                                  {at("./Lamp/Level"), false},
                                  {at("./Lamp/Key"), false},
                                  {at("./Lamp/Heat"), false},
                                  {at("./Lamp/None"), false},
                                  {at("./Other"), false}});
  ASSERT_NE(values, nullptr);
  EXPECT_EQ(lamp.asked, std::vector<std::string>{"./Lamp/Level"});
  EXPECT_EQ(ready, 0);
  EXPECT_EQ(server("B", "Get ./Lamp/Level"), "unavailable");
  lamp.answer();
  EXPECT_EQ(ready, 1);
  EXPECT_EQ(server("B", "Get ./Lamp/Level"), "ok live");
}

TEST_F(LiveValuesTest, TheRootOfAllReachesThemToo) {
  ASSERT_NE(fetch("A", {{Uri(), true}}), nullptr);
  EXPECT_EQ(lamp.asked, (std::vector<std::string>{"./Lamp/Heat", "./Lamp/Level"}));
}

TEST_F(LiveValuesTest, NothingIsWaitedForWhereNothingIsSlow) {
  EXPECT_EQ(fetch("A", {}), nullptr);
  EXPECT_EQ(fetch("A", {{at("./Lamp"), false}}), nullptr) << "a child list has no values";
  EXPECT_EQ(fetch("A", {{at("./Other"), true}}), nullptr);
  tree->detach(lamp);
  EXPECT_FALSE(tree->reads_slowly());
  EXPECT_EQ(fetch("A", {{at("./Lamp"), true}}), nullptr);
  tree->attach(at("./Lamp"), lamp);
  EXPECT_TRUE(lamp.asked.empty());
}

TEST_F(LiveValuesTest, WhatWasCommittedAndNotToldYetIsNewer) {
  lamp.answered = true;
  EXPECT_EQ(server("A", "Get ./Lamp/Level"), "ok live");
  EXPECT_EQ(server("A", "Replace ./Lamp/Level new"), "ok");
  EXPECT_EQ(server("A", "Get ./Lamp/Level"), "ok new");
  EXPECT_EQ(fetch("A", {{at("./Lamp/Level"), false}}), nullptr);
  ASSERT_TRUE(tree->flush());
  EXPECT_EQ(server("A", "Get ./Lamp/Level"), "ok live") << "the object knows, and has the word again";
}

TEST_F(LiveValuesTest, TND_087_AListingGoesOnWithoutAValueThatCannotBeHad) {
  lamp.answered = true;
  lamp.values.erase("./Lamp/Heat");
  const Transaction transaction = tree->begin(Principal::server("A"));
  EXPECT_EQ(outcome(transaction.get(at("./Lamp/Heat"))), "failed");
  const Result<std::vector<Node>> nodes = transaction.list(at("./Lamp"));
  ASSERT_TRUE(nodes);
  std::string seen;
  for (const Node& node : *nodes) seen += node.uri.str() + (node.readable ? "=" + node.data : "") + ";";
  EXPECT_EQ(seen, "./Lamp=;./Lamp/Heat;./Lamp/Key;./Lamp/Level=live;");
}

}  // namespace
}  // namespace omadm::test
