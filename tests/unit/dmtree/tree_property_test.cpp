// Properties: [TND] "Properties of nodes".
#include "tests/unit/dmtree/tree_fixture.h"

namespace omadm::test {
namespace {

// Server "A" may do everything by ACL.
class TreeProperty : public TreeTest {
 protected:
  void SetUp() override {
    describe({
        {.name = "Fixed",
         .access = "Get",
         .scope = "Permanent",
         .children = {{.name = "leaf", .access = "Get", .format = "chr", .scope = "Permanent"}}},
        {.name = "List",
         .access = "Add Get",
         .scope = "Permanent",
         .children = {{.name = "", .access = "Get", .occurrence = "ZeroOrMore", .properties = "ACL Format Name VerNo"},
                      {.name = "Special", .access = "Get", .format = "chr", .occurrence = "ZeroOrOne"}}},
    });
    open();
    prepare({"Replace .?prop=ACL Add=*&Delete=*&Get=*&Replace=A", "Add ./i node", "Add ./i/leaf chr 1"});
  }
};

TEST_F(TreeProperty, TND_040_NamesAreCaseExact) {
  for (const char* name : {"ACL", "Format", "Name", "Size", "Title", "TStamp", "Type", "VerNo"}) {
    const std::optional<Property> property = property_from(name);
    ASSERT_TRUE(property) << name;
    EXPECT_EQ(to_string(*property), name);
  }
  EXPECT_FALSE(property_from("acl"));
  EXPECT_FALSE(property_from(""));
}

TEST_F(TreeProperty, TND_041_InteriorNodesHaveNoSize) {
  EXPECT_EQ(server("A", "Get ./i?prop=Size"), "unsupported");
  EXPECT_EQ(server("A", "Replace ./i?prop=Size 1"), "unsupported");
  EXPECT_EQ(server("A", "Get ./none?prop=Size"), "not_found");
}

TEST_F(TreeProperty, TND_042_MostPropertiesAreReadOnly) {
  for (const char* name : {"Format", "Size", "TStamp", "Type", "VerNo"}) {
    EXPECT_EQ(server("A", std::string("Replace ./i/leaf?prop=") + name + " 1"), "not_allowed") << name;
  }
}

TEST_F(TreeProperty, TND_049_PropertiesOfUnreadableLeavesAreReadable) {
  describe({{.name = "Safe", .access = "Replace", .format = "chr", .scope = "Permanent"}});
  open();
  EXPECT_EQ(server("A", "Get ./Safe"), "not_allowed");
  EXPECT_EQ(server("A", "Get ./Safe?prop=Format"), "ok chr");
}

TEST_F(TreeProperty, TND_050_DescribedNodesHaveTheListedProperties) {
  prepare({"Add ./List/x node"});
  EXPECT_EQ(server("A", "Get ./List/x?prop=VerNo"), "ok 0");
  EXPECT_EQ(server("A", "Get ./List/x?prop=Title"), "unsupported");
  EXPECT_EQ(server("A", "Replace ./List/x?prop=Title t"), "unsupported");
  EXPECT_EQ(server("A", "Get ./Fixed/leaf?prop=Type"), "ok text/plain");
  EXPECT_EQ(server("A", "Get ./Fixed/leaf?prop=VerNo"), "unsupported") << "no RTProperties: the mandatory four";
  EXPECT_EQ(device("Get ./Fixed/leaf?prop=VerNo"), "ok 0") << "the device keeps them all the same";
}

TEST_F(TreeProperty, TND_051_RenameMovesTheSubtree) {
  prepare({"Replace ./i/leaf?prop=ACL Get=B", "Replace ./i?prop=Title t"});
  EXPECT_EQ(server("A", "Replace ./i?prop=Name j"), "ok");
  EXPECT_FALSE(exists("./i"));
  EXPECT_EQ(text("./j/leaf"), "ok 1");
  EXPECT_EQ(acl("./j/leaf"), "ok Get=B");
  EXPECT_EQ(device("Get ./j?prop=Title"), "ok t");
  EXPECT_EQ(device("Get ./j?prop=Name"), "ok j");
  EXPECT_EQ(server("A", "Get ."), "ok Fixed/List/j");
}

TEST_F(TreeProperty, TND_051_RenameWithinATransaction) {
  Transaction transaction = tree->begin(Principal::server("A"));
  EXPECT_EQ(run(transaction, "Add ./k node"), "ok");
  EXPECT_EQ(run(transaction, "Add ./k/new chr n"), "ok");
  EXPECT_EQ(run(transaction, "Replace ./i/leaf 2"), "ok");
  EXPECT_EQ(run(transaction, "Replace ./i?prop=Name tmp"), "ok");
  EXPECT_EQ(run(transaction, "Replace ./k?prop=Name i"), "ok");
  EXPECT_EQ(run(transaction, "Replace ./tmp?prop=Name k"), "ok");
  EXPECT_EQ(run(transaction, "Replace ./k/leaf 3"), "ok");
  EXPECT_EQ(run(transaction, "Get ./k/leaf"), "ok 3");
  EXPECT_EQ(run(transaction, "Get ./i"), "ok new");
  const std::string inside = dump(transaction);
  ASSERT_TRUE(std::move(transaction).commit());
  EXPECT_EQ(text("./k/leaf"), "ok 3");
  EXPECT_EQ(text("./i/new"), "ok n");
  const std::string committed = dump();
  open();
  EXPECT_EQ(dump(), committed);
}

TEST_F(TreeProperty, TND_057_ReferencesToARenamedNodeStay) {
  prepare({"Add ./acc/PrefConRef chr ./i/leaf"});
  EXPECT_EQ(server("A", "Replace ./i?prop=Name j"), "ok");
  EXPECT_EQ(text("./acc/PrefConRef"), "ok ./i/leaf");
  EXPECT_EQ(device("Replace ./j?prop=Name k"), "ok");
  EXPECT_EQ(text("./acc/PrefConRef"), "ok ./i/leaf");
}

TEST_F(TreeProperty, TND_052_SiblingOfTheNewName) {
  prepare({"Add ./j node"});
  EXPECT_EQ(server("A", "Replace ./i?prop=Name j"), "already_exists");
  EXPECT_EQ(server("A", "Replace ./i?prop=Name %6a"), "already_exists");
}

TEST_F(TreeProperty, TND_053_PermanentNodesKeepTheirName) {
  EXPECT_EQ(server("A", "Replace ./Fixed?prop=Name x"), "not_allowed");
  EXPECT_EQ(user("Replace ./Fixed?prop=Name x"), "not_allowed");
  EXPECT_EQ(server("A", "Replace .?prop=Name x"), "not_allowed");
  EXPECT_EQ(device("Replace .?prop=Name x"), "not_allowed");
}

TEST_F(TreeProperty, TND_054_TND_031_RenameObeysTheLimits) {
  prepare({"Add ./i/deep/end chr 1"});
  const auto rename = [&](const char* uri, const char* name) {
    Transaction transaction = tree->begin(Principal::server("A"));
    const std::string renamed = outcome(transaction.set_property(at(uri), Property::name, name));
    return renamed == "ok" ? outcome(std::move(transaction).commit()) : renamed;
  };
  tree->set_uri_limits({0, 16, 5});
  EXPECT_EQ(rename("./i", "toolong"), "uri_too_long") << "MaxSegLen";
  EXPECT_EQ(rename("./i", "abcde"), "ok") << "./abcde/deep/end";
  tree->set_uri_limits({0, 15, 0});
  EXPECT_EQ(rename("./abcde", "fghij"), "uri_too_long") << "a descendant";
  EXPECT_EQ(rename("./abcde", "abcd"), "ok");
}

TEST_F(TreeProperty, TND_031_AddObeysTheLimits) {
  tree->set_uri_limits({2, 0, 0});
  Transaction transaction = tree->begin(Principal::server("A"));
  EXPECT_EQ(outcome(transaction.add(at("./i/a/b"), {Format::chr, {}, "1"})), "uri_too_long");
  EXPECT_EQ(outcome(transaction.add(at("./i/a"), {Format::chr, {}, "1"})), "ok");
  Transaction own = tree->begin(Principal::device());
  EXPECT_EQ(outcome(own.add(at("./.omadm/a/b/c"), {Format::chr, {}, "1"})), "ok") << "not a server's address";
}

TEST_F(TreeProperty, TND_055_ImpossibleNames) {
  for (const char* name : {"", "a/b", ".", "..", "%2e", "%zz", "\xFF"}) {
    EXPECT_EQ(server("A", std::string("Replace ./i?prop=Name ") + name), "failed") << name;
  }
  EXPECT_EQ(server("A", "Replace ./i?prop=Name with blank"), "ok");
  EXPECT_EQ(text("./with%20blank/leaf"), "ok 1");
}

TEST_F(TreeProperty, TND_056_TheCurrentNameChangesNothing) {
  const std::size_t commits = store.appended();
  EXPECT_EQ(server("A", "Replace ./i?prop=Name i"), "ok");
  EXPECT_EQ(store.appended(), commits);
}

TEST_F(TreeProperty, RenameStaysUnderTheSameDescription) {
  prepare({"Add ./List/x node"});
  EXPECT_EQ(server("A", "Replace ./List/x?prop=Name y"), "ok");
  EXPECT_EQ(server("A", "Replace ./List/y?prop=Name Special"), "not_allowed");
  EXPECT_EQ(server("A", "Replace ./i?prop=Name Fixed"), "already_exists");
}

TEST_F(TreeProperty, TND_134_TitleHas255Octets) {
  const std::string title(255, 't');
  EXPECT_EQ(server("A", "Replace ./i?prop=Title " + title), "ok");
  EXPECT_EQ(server("A", "Replace ./i?prop=Title " + title + "t"), "too_large");
  EXPECT_EQ(device("Get ./i?prop=Title"), "ok " + title);
}

TEST_F(TreeProperty, TND_135_TND_136_ChangesOfTheValueCount) {
  clock.now = 1706687943;
  EXPECT_EQ(server("A", "Replace ./i/leaf 2"), "ok");
  EXPECT_EQ(device("Get ./i/leaf?prop=TStamp"), "ok 20240131T075903Z");
  EXPECT_EQ(device("Get ./i/leaf?prop=VerNo"), "ok 1");
  EXPECT_EQ(server("A", "Get ./i/leaf"), "ok 2");
  EXPECT_EQ(device("Get ./i/leaf?prop=VerNo"), "ok 1") << "reading changes nothing";
  EXPECT_EQ(device("Get ./i?prop=TStamp"), "ok 20240131T075902Z") << "the parent's child list is the same";
}

TEST_F(TreeProperty, TND_136_VerNoWrapsAround) {
  Transaction transaction = tree->begin(Principal::device());
  for (int i = 0; i < 65535; ++i) ASSERT_TRUE(transaction.replace(at("./i/leaf"), {{}, {}, "x"}));
  EXPECT_EQ(transaction.property(at("./i/leaf"), Property::verno).value_or("?"), "65535");
  ASSERT_TRUE(transaction.replace(at("./i/leaf"), {{}, {}, "x"}));
  EXPECT_EQ(transaction.property(at("./i/leaf"), Property::verno).value_or("?"), "0");
  ASSERT_TRUE(std::move(transaction).commit());
  ASSERT_EQ(store.commits().back().edits.size(), 1U) << "one record, however often a leaf was replaced";
}

TEST_F(TreeProperty, TND_137_TheChildListIsTheParentsValue) {
  clock.now = 1706687944;
  EXPECT_EQ(device("Get ./i?prop=VerNo"), "ok 1") << "leaf was added";
  prepare({"Add ./i/n chr 1"});
  EXPECT_EQ(device("Get ./i?prop=VerNo"), "ok 2");
  EXPECT_EQ(device("Get ./i?prop=TStamp"), "ok 20240131T075904Z");
  prepare({"Replace ./i/n?prop=Name m"});
  EXPECT_EQ(device("Get ./i?prop=VerNo"), "ok 3");
  prepare({"Delete ./i/m"});
  EXPECT_EQ(device("Get ./i?prop=VerNo"), "ok 4");
}

TEST_F(TreeProperty, TND_048_PropertyChangesCountToo) {
  clock.now = 1706687945;
  EXPECT_EQ(user("Replace ./i/leaf?prop=ACL Get=*"), "ok");
  EXPECT_EQ(device("Get ./i/leaf?prop=VerNo"), "ok 1");
  EXPECT_EQ(device("Get ./i/leaf?prop=TStamp"), "ok 20240131T075905Z");
}

TEST_F(TreeProperty, PRO_181_RollBackRestoresProperties) {
  const std::string before = dump();
  clock.now += 100;
  {
    Transaction transaction = tree->begin(Principal::server("A"));
    EXPECT_EQ(run(transaction, "Replace ./i/leaf 9"), "ok");
    EXPECT_EQ(run(transaction, "Add ./i/n chr 1"), "ok");
    EXPECT_EQ(run(transaction, "Replace ./i?prop=ACL Get=*"), "ok");
    EXPECT_NE(dump(transaction), before);
  }
  EXPECT_EQ(dump(), before);
}

TEST_F(TreeProperty, TND_046_OnlyTheAclIsInherited) {
  prepare({"Replace ./i?prop=Title t"});
  EXPECT_EQ(device("Get ./i/leaf?prop=Title"), "ok ");
}

}  // namespace
}  // namespace omadm::test
