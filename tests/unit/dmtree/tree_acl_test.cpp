// Access control. The worked cases are those of [TND] "ACL" as this project reads it.
#include "tests/unit/dmtree/tree_fixture.h"

namespace omadm::test {
namespace {

class TreeAcl : public TreeTest {
 protected:
  void SetUp() override {
    open();
    prepare({"Add ./P node", "Replace ./P?prop=ACL Get=A&Replace=A", "Add ./P/x chr 1", "Add ./P/Q node",
             "Replace ./P/Q?prop=ACL Get=B&Replace=B&Delete=B", "Add ./P/Q/y chr 2", "Add ./P/Q/z chr 3",
             "Replace ./P/Q/z?prop=ACL Get=A&Replace=A&Get=B", "Add ./R chr 4", "Replace ./R?prop=ACL Get=*"});
  }
};

struct WorkedCase {
  int number;
  const char* server;
  const char* line;
  const char* expected;
};

// Rights on the parent are rights to change the child's ACL, and nothing more.
TEST_F(TreeAcl, TND_068_ControlOfTheParentTakesTwoSteps) {
  EXPECT_EQ(server("A", "Get ./P/Q/y"), "permission_denied");
  EXPECT_EQ(server("A", "Replace ./P/Q/y 5"), "permission_denied");
  EXPECT_EQ(server("A", "Replace ./P/Q?prop=ACL Get=A&Replace=A"), "ok");
  EXPECT_EQ(server("A", "Get ./P/Q/y"), "ok 2");
  EXPECT_EQ(server("A", "Replace ./P/Q/y 5"), "ok");
}

// The sixteen worked cases: 5 is part of 4, 16 is TND_073_RemovingAServerDropsItFromEveryAcl.
TEST_F(TreeAcl, TND_061_TND_062_TND_069_WorkedCases) {
  const std::vector<WorkedCase> cases{
      {1, "A", "Get ./P/x", "ok 1"},
      {2, "B", "Get ./P/x", "permission_denied"},
      {3, "A", "Add ./P/n chr 1", "permission_denied"},
      {4, "B", "Add ./S node", "ok"},
      {6, "B", "Add ./S node", "ok"},
      {7, "A", "Get ./P/Q?prop=ACL", "permission_denied"},
      {8, "A", "Replace ./P/Q?prop=ACL Get=A&Replace=A", "ok"},
      {9, "A", "Replace ./P/Q/z 9", "ok"},
      {10, "A", "Replace ./P/Q/z?prop=ACL Get=*", "permission_denied"},
      {11, "B", "Replace ./P/Q/z?prop=ACL Get=*", "ok"},
      {12, "B", "Get ./P/Q/z", "ok 3"},
      {13, "B", "Get ./P/Q/y?prop=ACL", "ok "},
      {14, "B", "Delete ./P/Q", "ok"},
      {15, "A", "Replace .?prop=ACL Add=*&Get=*&Replace=A", "permission_denied"},
  };
  for (const WorkedCase& c : cases) {
    Transaction transaction = tree->begin(Principal::server(c.server));
    EXPECT_EQ(run(transaction, c.line), c.expected) << "case " << c.number;
    const auto own_acl = [&](const char* uri) {
      const Result<Acl> acl = transaction.own_acl(at(uri));
      return acl ? acl->str() : "?";
    };
    if (c.number == 4) {
      EXPECT_EQ(own_acl("./S"), "Add=B&Delete=B&Replace=B");
      EXPECT_EQ(run(transaction, "Get ./S"), "permission_denied") << "case 5";
    }
    if (c.number == 6) {
      EXPECT_EQ(run(transaction, "Replace ./S?prop=ACL Get=B"), "ok");
      EXPECT_EQ(own_acl("./S"), "Get=B");
    }
    if (c.number == 8) {
      EXPECT_EQ(own_acl("./P/Q"), "Get=A&Replace=A");
    }
    if (c.number == 14) {
      EXPECT_FALSE(transaction.exists(at("./P/Q/y")));
      EXPECT_FALSE(transaction.exists(at("./P/Q/z")));
    }
  }  // each row dropped its transaction: the next one starts from the same tree
}

TEST_F(TreeAcl, TND_073_RemovingAServerDropsItFromEveryAcl) {
  ASSERT_TRUE(tree->remove_server("B"));
  EXPECT_EQ(acl("./P/Q"), "ok ");
  EXPECT_EQ(acl("./P/Q/z"), "ok Get=A&Replace=A");
  EXPECT_EQ(acl("./P"), "ok Get=A&Replace=A");
  EXPECT_EQ(server("A", "Get ./P/Q/y"), "ok 2") << "inherits P again";
  EXPECT_EQ(server("B", "Get ./P/Q/y"), "permission_denied");
}

TEST_F(TreeAcl, TND_073_TheRootGetsItsFactoryRightsBack) {
  prepare({"Replace .?prop=ACL Add=B&Get=B&Replace=B"});
  ASSERT_TRUE(tree->remove_server("B"));
  EXPECT_EQ(acl("."), "ok Add=*&Get=*");
}

TEST_F(TreeAcl, TND_073_TheRootKeepsWhatOthersHave) {
  prepare({"Replace .?prop=ACL Add=*&Replace=A+B"});
  ASSERT_TRUE(tree->remove_server("B"));
  EXPECT_EQ(acl("."), "ok Add=*&Replace=A");
}

TEST_F(TreeAcl, TND_063_TND_044_OwnAclIsNeverTheInheritedOne) {
  EXPECT_EQ(server("A", "Get ./P/x?prop=ACL"), "ok ");
  EXPECT_EQ(server("A", "Get ./R?prop=ACL"), "ok Get=*");
}

TEST_F(TreeAcl, TND_065_AclIsStoredNormalised) {
  EXPECT_EQ(server("B", "Get ./P/Q/z?prop=ACL"), "ok Get=A+B&Replace=A");
  EXPECT_EQ(server("A", "Replace ./P?prop=ACL Replace=A&Get=A&Get=C&Delete="), "ok");
  EXPECT_EQ(acl("./P"), "ok Get=A+C&Replace=A");
}

TEST_F(TreeAcl, TND_066_AddByServerWithoutReplaceOnParentSetsAcl) {
  EXPECT_EQ(server("C", "Add ./N/M/K node"), "ok");
  EXPECT_EQ(acl("./N"), "ok Add=C&Delete=C&Replace=C");
  EXPECT_EQ(acl("./N/M"), "ok ") << "its parent grants Replace to C";
  EXPECT_EQ(acl("./N/M/K"), "ok ");
  EXPECT_EQ(server("D", "Add ./N/D node"), "permission_denied");
}

TEST_F(TreeAcl, TND_066_LeavesAndOwnersGetNoAcl) {
  EXPECT_EQ(server("C", "Add ./leaf chr 1"), "ok");
  EXPECT_EQ(acl("./leaf"), "ok ");
  prepare({"Add ./Own node", "Replace ./Own?prop=ACL Add=C&Get=C&Replace=C"});
  EXPECT_EQ(server("C", "Add ./Own/sub node"), "ok");
  EXPECT_EQ(acl("./Own/sub"), "ok ");
  EXPECT_EQ(device("Add ./ByDevice node"), "ok");
  EXPECT_EQ(acl("./ByDevice"), "ok ");
}

TEST_F(TreeAcl, TND_067_LeafAclNeedsReplaceOnParent) {
  prepare({"Add ./T node", "Replace ./T?prop=ACL Replace=A", "Add ./T/leaf chr 1",
           "Replace ./T/leaf?prop=ACL Replace=B", "Add ./T/sub node", "Replace ./T/sub?prop=ACL Replace=B"});
  EXPECT_EQ(server("B", "Replace ./T/leaf?prop=ACL Get=B"), "permission_denied");
  EXPECT_EQ(server("B", "Replace ./T/sub?prop=ACL Get=B&Replace=B"), "ok");
  EXPECT_EQ(server("A", "Replace ./T/leaf?prop=ACL Get=A"), "ok");
  EXPECT_EQ(server("A", "Replace ./T/sub?prop=ACL Get=A"), "ok");
  EXPECT_EQ(acl("./T/sub"), "ok Get=A") << "the whole ACL is replaced";
}

TEST_F(TreeAcl, TND_070_MalformedAclFailsAndChangesNothing) {
  for (const char* text : {"Get", "get=*", "Get=a b", "Get=*&", "Copy=*", "Get=*;Add=*"}) {
    EXPECT_EQ(server("A", std::string("Replace ./P?prop=ACL ") + text), "failed") << text;
  }
  EXPECT_EQ(acl("./P"), "ok Get=A&Replace=A");
}

TEST_F(TreeAcl, TND_071_RootAclKeepsAddForAll) {
  EXPECT_EQ(acl("."), "ok Add=*&Get=*");
  prepare({"Replace .?prop=ACL Add=*&Get=*&Replace=A"});
  EXPECT_EQ(server("A", "Replace .?prop=ACL Get=*&Replace=A"), "not_allowed");
  EXPECT_EQ(server("A", "Replace .?prop=ACL Add=A&Get=*&Replace=A"), "not_allowed");
  EXPECT_EQ(server("A", "Replace .?prop=ACL "), "not_allowed");
  EXPECT_EQ(device("Replace .?prop=ACL "), "not_allowed");
  EXPECT_EQ(server("A", "Replace .?prop=ACL Add=*&Replace=A"), "ok");
  EXPECT_EQ(acl("."), "ok Add=*&Replace=A");
}

TEST_F(TreeAcl, TND_069_LeafAclIsReadWithGetOnParentToo) {
  prepare({"Add ./T node", "Replace ./T?prop=ACL Get=A", "Add ./T/leaf chr 1", "Replace ./T/leaf?prop=ACL Get=B",
           "Add ./T/sub node", "Replace ./T/sub?prop=ACL Get=B"});
  EXPECT_EQ(server("A", "Get ./T/leaf?prop=ACL"), "ok Get=B");
  EXPECT_EQ(server("B", "Get ./T/leaf?prop=ACL"), "ok Get=B");
  EXPECT_EQ(server("A", "Get ./T/sub?prop=ACL"), "permission_denied");
  EXPECT_EQ(server("A", "Get ./T/leaf?prop=Name"), "permission_denied") << "the ACL alone";
}

TEST_F(TreeAcl, TND_047_PropertiesNeedGetAndReplace) {
  EXPECT_EQ(server("B", "Get ./P/x?prop=Format"), "permission_denied");
  EXPECT_EQ(server("B", "Replace ./P/x?prop=Name n"), "permission_denied");
  EXPECT_EQ(server("B", "Replace ./P/x?prop=Title n"), "permission_denied");
  EXPECT_EQ(server("A", "Replace ./P/x?prop=Title n"), "ok");
  EXPECT_EQ(server("A", "Get ./P/x?prop=Title"), "ok n");
}

TEST_F(TreeAcl, TND_074_WhoControlsTheRootControlsAllStepByStep) {
  const std::vector<std::string> steps{"Replace ./P?prop=ACL Replace=R", "Replace ./P/Q?prop=ACL Replace=R",
                                       "Replace ./P/Q/y?prop=ACL Get=R"};
  EXPECT_EQ(server("R", steps[0]), "permission_denied");
  EXPECT_EQ(user("Replace .?prop=ACL Add=*&Get=*&Replace=R"), "ok") << "a person at the device names the controller";
  EXPECT_EQ(server("R", steps[2]), "permission_denied") << "not at once";
  EXPECT_EQ(server("R", "Get ./P/Q/y"), "permission_denied");
  for (const std::string& step : steps) EXPECT_EQ(server("R", step), "ok") << step;
  EXPECT_EQ(server("R", "Get ./P/Q/y"), "ok 2");
  EXPECT_EQ(server("B", "Get ./P/Q/y"), "permission_denied");
}

TEST_F(TreeAcl, TND_075_AclOfAPermanentNodeCanBeChanged) {
  describe({{.name = "Fixed", .access = "Get", .scope = "Permanent"}});
  open();
  prepare({"Replace .?prop=ACL Add=*&Get=*&Replace=A"});
  EXPECT_EQ(server("A", "Replace ./Fixed?prop=ACL Get=A"), "ok");
  EXPECT_EQ(server("B", "Get ./Fixed"), "permission_denied");
}

TEST_F(TreeAcl, TND_082_ChildListIsNotFilteredByAcl) { EXPECT_EQ(server("C", "Get ."), "ok P/R"); }

TEST_F(TreeAcl, TND_085_ListLeavesOutBranchesWithoutGet) {
  const Transaction transaction = tree->begin(Principal::server("A"));
  EXPECT_EQ(outcome(transaction.list(at("./P/Q"))), "permission_denied");
  const Result<std::vector<Node>> nodes = transaction.list(Uri());
  ASSERT_TRUE(nodes);
  std::vector<std::string> uris;
  for (const Node& node : *nodes) uris.push_back(node.uri.str());
  // z grants Get to A but is below Q, which does not.
  EXPECT_EQ(uris, (std::vector<std::string>{".", "./P", "./P/x", "./R"}));
}

TEST_F(TreeAcl, TND_076_AclIsEvaluatedAfterTheEditsBefore) {
  Transaction transaction = tree->begin(Principal::server("A"));
  EXPECT_EQ(run(transaction, "Get ./P/Q"), "permission_denied");
  EXPECT_EQ(run(transaction, "Replace ./P/Q?prop=ACL Get=A"), "ok");
  EXPECT_EQ(run(transaction, "Get ./P/Q"), "ok y/z");
}

TEST_F(TreeAcl, DecideExplainsAsACommandWould) {
  const Transaction transaction = tree->begin(Principal::server("A"));
  const AccessDecision read = transaction.decide(at("./P/x"), AccessType::get);
  EXPECT_TRUE(read.allowed);
  EXPECT_EQ(read.decided_by.str(), "./P");
  const AccessDecision denied = transaction.decide(at("./P/Q/y"), AccessType::get);
  EXPECT_FALSE(denied.allowed);
  EXPECT_EQ(denied.decided_by.str(), "./P/Q");
  EXPECT_NE(denied.why.find("does not grant Get to A"), std::string::npos) << denied.why;
  EXPECT_FALSE(transaction.decide(at("./P"), AccessType::add).allowed) << "a child of P";
  EXPECT_TRUE(transaction.decide(at("."), AccessType::add).allowed);
  EXPECT_TRUE(transaction.decide(at("./New"), AccessType::add).allowed);
  EXPECT_FALSE(transaction.decide(at("./P"), AccessType::replace).allowed) << "an interior node has no value";
}

TEST_F(TreeAcl, UserAndDeviceAreNotBoundByAcls) {
  EXPECT_EQ(user("Replace ./P/Q/y 5"), "ok");
  EXPECT_EQ(user("Get ./P/Q/y"), "ok 5");
  EXPECT_EQ(device("Delete ./P/Q"), "ok");
}

}  // namespace
}  // namespace omadm::test
