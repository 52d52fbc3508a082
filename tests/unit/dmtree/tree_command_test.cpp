// Add, Replace, Delete, Copy and Exec on nodes; [TND], [RepPro] "Protocol commands".
#include "tests/unit/dmtree/tree_fixture.h"

namespace omadm::test {
namespace {

// Server "A" may do everything by ACL.
class TreeCommand : public TreeTest {
 protected:
  void SetUp() override {
    describe({
        {.name = "Dev",
         .access = "Add Get",
         .scope = "Permanent",
         .types = "urn:x:dev:1.0",
         .properties = "ACL Format Name Size Title TStamp VerNo",
         .children =
             {
                 {.name = "Id",
                  .access = "Get",
                  .format = "chr",
                  .scope = "Permanent",
                  .types = "text/plain",
                  .default_value = "factory"},
                 {.name = "Level",
                  .access = "Get Replace Copy",
                  .format = "int",
                  .scope = "Permanent",
                  .types = "text/plain"},
                 {.name = "Ready", .access = "Get Replace", .format = "bool", .scope = "Permanent"},
                 {.name = "Acc",
                  .access = "Add Get",
                  .scope = "Permanent",
                  .children =
                      {{.name = "",
                        .access = "Add Delete Get",
                        .occurrence = "ZeroOrN 2",
                        .types = "urn:oma:mo:oma-dm-dmacc:1.0",
                        .children =
                            {{.name = "Name",
                              .access = "Get Replace",
                              .format = "chr",
                              .occurrence = "ZeroOrOne",
                              .types = "text/plain text/vcard"},
                             {.name = "Secret", .access = "Replace", .format = "chr", .occurrence = "ZeroOrOne"},
                             {.name = "Blob", .access = "Get Replace", .format = "bin", .occurrence = "ZeroOrOne"},
                             {.name = "Box", .access = "Get", .occurrence = "ZeroOrOne"},
                             {.name = "Keep", .access = "Get", .format = "chr", .scope = "Permanent"}}}}},
                 {.name = "Run", .access = "Exec Get", .scope = "Permanent"},
                 {.name = "Ext", .access = "Add Get", .occurrence = "ZeroOrOne"},
             }},
        {.name = "Inbox", .access = "Add", .scope = "Permanent"},
    });
    open();
    prepare({"Replace .?prop=ACL Add=*&Delete=*&Exec=*&Get=*&Replace=A"});
  }
};

TEST_F(TreeCommand, TND_001_RootIsAlwaysThere) {
  EXPECT_EQ(server("A", "Get ."), "ok Dev/Inbox");
  EXPECT_EQ(device("Delete ."), "not_allowed");
  EXPECT_EQ(server("A", "Delete ."), "not_allowed");
}

TEST_F(TreeCommand, TND_002_TND_007_TND_139_NothingBelowALeaf) {
  prepare({"Add ./leaf chr 1"});
  EXPECT_EQ(server("A", "Add ./leaf/x chr 1"), "not_allowed");
  EXPECT_EQ(device("Add ./leaf/x/y chr 1"), "not_allowed");
  EXPECT_EQ(server("A", "Get ./leaf/x"), "not_found");
  EXPECT_EQ(server("A", "Replace ./leaf/x 1"), "not_found");
  EXPECT_EQ(server("A", "Add ./i node text"), "bad_format") << "an interior node has no value";
}

TEST_F(TreeCommand, TND_003_TND_090_AddOfAnExistingNode) {
  prepare({"Add ./n chr 1"});
  EXPECT_EQ(server("A", "Add ./n chr 2"), "already_exists");
  EXPECT_EQ(server("A", "Add ./%6e chr 2"), "already_exists");
  EXPECT_EQ(server("A", "Add . node"), "already_exists");
  EXPECT_EQ(text("./n"), "ok 1");
}

TEST_F(TreeCommand, TND_004_TND_005_PermanentNodesAreTheDevicesAffair) {
  EXPECT_EQ(text("./Dev/Id"), "ok factory");
  EXPECT_EQ(text("./Dev/Level"), "ok 0");
  EXPECT_EQ(text("./Dev/Ready"), "ok false");
  EXPECT_EQ(device("Delete ./Dev/Run"), "ok");
  EXPECT_EQ(server("A", "Add ./Dev/Run node"), "not_allowed");
  EXPECT_EQ(user("Add ./Dev/Run node"), "not_allowed");
  EXPECT_EQ(device("Add ./Dev/Run node"), "ok");
  EXPECT_FALSE(exists("./Dev/Ext")) << "dynamic";
}

TEST_F(TreeCommand, TND_006_TND_008_AddCreatesAllProperties) {
  EXPECT_EQ(server("A", "Add ./Leaf%20x chr text"), "ok");
  const Transaction transaction = tree->begin(Principal::server("A"));
  const auto property = [&](Property p) { return transaction.property(at("./Leaf x"), p).value_or("?"); };
  EXPECT_EQ(property(Property::name), "Leaf%20x");
  EXPECT_EQ(property(Property::format), "chr");
  EXPECT_EQ(property(Property::type), "text/plain");
  EXPECT_EQ(property(Property::size), "4");
  EXPECT_EQ(property(Property::acl), "");
  EXPECT_EQ(property(Property::title), "");
  EXPECT_EQ(property(Property::tstamp), "20240131T075902Z");
  EXPECT_EQ(property(Property::verno), "0");
}

TEST_F(TreeCommand, TND_011_AccessTypeAndAclMustBothPermit) {
  EXPECT_EQ(server("A", "Replace ./Dev/Id x"), "not_allowed");
  EXPECT_EQ(server("A", "Replace ./Dev/Level 5"), "ok");
  EXPECT_EQ(server("B", "Replace ./Dev/Level 6"), "permission_denied");
  EXPECT_EQ(server("B", "Replace ./Dev/Id x"), "not_allowed") << "what is forbidden for all comes first";
  EXPECT_EQ(user("Replace ./Dev/Id x"), "not_allowed");
  EXPECT_EQ(device("Replace ./Dev/Id x"), "ok");
}

TEST_F(TreeCommand, TND_087_SecretsAreNotRead) {
  prepare({"Add ./Dev/Acc/x node", "Add ./Dev/Acc/x/Secret chr pw", "Add ./Dev/Acc/x/Name chr n"});
  EXPECT_EQ(server("A", "Get ./Dev/Acc/x/Secret"), "not_allowed");
  EXPECT_EQ(user("Get ./Dev/Acc/x/Secret"), "not_allowed");
  EXPECT_EQ(text("./Dev/Acc/x/Secret"), "ok pw");
  const Result<std::vector<Node>> nodes = tree->begin(Principal::server("A")).list(at("./Dev/Acc/x"));
  ASSERT_TRUE(nodes);
  ASSERT_EQ(nodes->size(), 3U);
  EXPECT_EQ((*nodes)[2].uri.name(), "Secret");
  EXPECT_FALSE((*nodes)[2].readable);
  EXPECT_EQ((*nodes)[2].data, "");
  EXPECT_TRUE((*nodes)[1].readable);
  EXPECT_EQ((*nodes)[1].data, "n");
}

TEST_F(TreeCommand, TND_080_TND_081_Get) {
  prepare({"Add ./I node", "Add ./I/b chr 2", "Add ./I/a chr 1"});
  EXPECT_EQ(server("A", "Get ./I/b"), "ok 2");
  EXPECT_EQ(server("A", "Get ./I"), "ok a/b");
  EXPECT_EQ(server("A", "Get ./Dev/Acc"), "ok ");
  EXPECT_EQ(server("A", "Get ./no"), "not_found");
}

TEST_F(TreeCommand, TND_091_TND_092_MissingParentsAreAdded) {
  EXPECT_EQ(server("A", "Add ./a/b/c chr 1"), "ok");
  EXPECT_EQ(text("./a/b"), "ok c");
  EXPECT_EQ(device("Get ./a?prop=Format"), "ok node");
}

TEST_F(TreeCommand, TND_092_FailingImplicitParentIsNamedAndNothingRemains) {
  const std::string before = dump();
  Transaction transaction = tree->begin(Principal::server("A"));
  EXPECT_EQ(outcome(transaction.add(at("./Dev/Other/x/y"), {Format::chr, {}, "1"})), "not_allowed");
  ASSERT_TRUE(transaction.failed_at());
  EXPECT_EQ(transaction.failed_at()->str(), "./Dev/Other");
  Transaction leaf_in_between = tree->begin(Principal::server("A"));
  EXPECT_EQ(outcome(leaf_in_between.add(at("./Dev/Acc/n/Name/z"), {Format::chr, {}, "1"})), "bad_format");
  ASSERT_TRUE(leaf_in_between.failed_at());
  EXPECT_EQ(leaf_in_between.failed_at()->str(), "./Dev/Acc/n/Name");
  Transaction target = tree->begin(Principal::server("A"));
  EXPECT_EQ(outcome(target.add(at("./Dev/Acc/n/Bad"), {Format::chr, {}, "1"})), "not_allowed");
  EXPECT_FALSE(target.failed_at()) << "the target itself";
  EXPECT_EQ(dump(), before);
}

TEST_F(TreeCommand, TND_117_WhatADescriptionForbidsComesBeforeTheAcl) {
  EXPECT_EQ(device("Replace ./Dev?prop=ACL Get=*"), "ok");
  EXPECT_EQ(server("A", "Add ./Dev/Unknown chr 1"), "not_allowed");
  EXPECT_EQ(server("A", "Add ./Dev/Acc/1 node"), "permission_denied");
}

TEST_F(TreeCommand, TND_094_NamesOccurrenceAndAccessOfTheParent) {
  EXPECT_EQ(server("A", "Add ./Dev/Unknown chr 1"), "not_allowed");
  EXPECT_EQ(device("Add ./Dev/Unknown chr 1"), "not_allowed") << "the shape binds the device too";
  EXPECT_EQ(server("A", "Add ./Dev/Acc/1 node"), "ok");
  EXPECT_EQ(server("A", "Add ./Dev/Acc/2 node"), "ok");
  EXPECT_EQ(server("A", "Add ./Dev/Acc/3 node"), "not_allowed");
  EXPECT_EQ(device("Add ./Dev/Acc/3 node"), "not_allowed");
  EXPECT_EQ(server("A", "Delete ./Dev/Acc/2"), "ok");
  EXPECT_EQ(server("A", "Add ./Dev/Acc/3 node"), "ok");
  EXPECT_EQ(device("Add ./Dev/Acc/1/Box node"), "ok");
  EXPECT_EQ(server("A", "Add ./Dev/Acc/1/Box/x chr 1"), "not_allowed") << "AccessType of Box lacks Add";
  EXPECT_EQ(device("Add ./Dev/Acc/1/Box/x chr 1"), "ok") << "described without children: open";
}

TEST_F(TreeCommand, TND_096_TND_097_ReplaceNeedsALeafThatExists) {
  EXPECT_EQ(server("A", "Replace ./none 1"), "not_found");
  EXPECT_FALSE(exists("./none"));
  EXPECT_EQ(server("A", "Replace ./Dev x"), "not_allowed");
  EXPECT_EQ(server("A", "Replace . x"), "not_allowed");
  EXPECT_EQ(device("Replace ./Dev x"), "not_allowed");
}

TEST_F(TreeCommand, TND_141_ValuesMustFitTheirFormat) {
  EXPECT_EQ(server("A", "Replace ./Dev/Level x"), "veto");
  EXPECT_EQ(device("Replace ./Dev/Level x"), "veto");
  EXPECT_EQ(server("A", "Add ./n int x"), "veto");
  EXPECT_EQ(text("./Dev/Level"), "ok 0");
}

TEST_F(TreeCommand, TND_099_TND_133_FormatAndTypeOfPermanentNodesStay) {
  Transaction transaction = tree->begin(Principal::server("A"));
  const auto replace = [&](Format format, std::optional<std::string> type) {
    return outcome(transaction.replace(at("./Dev/Level"), {format, std::move(type), "1"}));
  };
  EXPECT_EQ(replace(Format::chr, {}), "not_allowed");
  EXPECT_EQ(replace(Format::int_, "text/html"), "not_allowed");
  EXPECT_EQ(replace(Format::int_, "text/plain"), "ok");
}

TEST_F(TreeCommand, TND_131_TND_099_TypesOfDynamicNodesFollowTheDescription) {
  prepare({"Add ./Dev/Acc/x node"});
  Transaction transaction = tree->begin(Principal::server("A"));
  const Uri name = at("./Dev/Acc/x/Name");
  EXPECT_EQ(outcome(transaction.add(name, {Format::chr, "image/png", "n"})), "bad_format");
  EXPECT_EQ(outcome(transaction.add(name, {Format::int_, {}, "1"})), "bad_format");
  EXPECT_EQ(outcome(transaction.add(name, {{}, {}, "n"})), "ok");
  EXPECT_EQ(outcome(transaction.replace(name, {{}, "text/vcard", "n"})), "ok");
  EXPECT_EQ(transaction.get(name)->type, "text/vcard");
  EXPECT_EQ(outcome(transaction.replace(name, {{}, "image/png", "n"})), "bad_format");
  EXPECT_EQ(outcome(transaction.replace(name, {Format::int_, {}, "1"})), "bad_format");
}

TEST_F(TreeCommand, TND_099_UndescribedNodesTakeAnyLeafFormat) {
  prepare({"Add ./n chr 1"});
  Transaction transaction = tree->begin(Principal::server("A"));
  EXPECT_EQ(outcome(transaction.replace(at("./n"), {Format::int_, "x/y", "1"})), "ok");
  EXPECT_EQ(transaction.get(at("./n"))->format, Format::int_);
  EXPECT_EQ(transaction.get(at("./n"))->type, "x/y");
  EXPECT_EQ(outcome(transaction.replace(at("./n"), {Format::node, {}, ""})), "bad_format");
}

TEST_F(TreeCommand, TND_138_ReplaceWithoutMetaKeepsFormatAndType) {
  prepare({"Add ./n int 1"});
  EXPECT_EQ(server("A", "Replace ./n x"), "veto");
  EXPECT_EQ(server("A", "Replace ./n 2"), "ok");
  EXPECT_EQ(device("Get ./n?prop=Format"), "ok int");
}

// What travelled as Base64 for a binary leaf was decoded before it comes here; b64 is text that is meant to be Base64.
TEST_F(TreeCommand, TND_059_BinaryDataIsBinAndBase64TextIsB64) {
  prepare({"Add ./Dev/Acc/x node", "Add ./native b64 TWFu"});
  Transaction transaction = tree->begin(Principal::server("A"));
  const Uri blob = at("./Dev/Acc/x/Blob");
  EXPECT_EQ(outcome(transaction.add(blob, {Format::b64, {}, "TWFu"})), "bad_format") << "described as bin";
  EXPECT_EQ(outcome(transaction.copy(at("./native"), blob)), "unavailable") << "TND-095";
  EXPECT_EQ(outcome(transaction.add(blob, {Format::bin, {}, std::string("\x00\xFF", 2)})), "ok");
  EXPECT_EQ(transaction.get(blob)->data, std::string("\x00\xFF", 2));
  EXPECT_EQ(outcome(transaction.replace(blob, {Format::b64, {}, "TWFu"})), "bad_format");
  EXPECT_EQ(transaction.property(blob, Property::format).value_or("?"), "bin");
  EXPECT_EQ(transaction.get(at("./native"))->format, Format::b64);
  EXPECT_EQ(outcome(transaction.add(at("./octets"), {Format::bin, {}, "\xFE"})), "ok");
  EXPECT_EQ(outcome(transaction.copy(at("./native"), at("./octets"))), "ok");
  EXPECT_EQ(transaction.get(at("./octets"))->format, Format::b64) << "Format and value come together";
}

TEST_F(TreeCommand, TND_130_SizeCountsStoredOctets) {
  prepare({"Add ./n chr h\xC3\xA9"});
  EXPECT_EQ(server("A", "Get ./n?prop=Size"), "ok 3");
  Transaction transaction = tree->begin(Principal::server("A"));
  ASSERT_TRUE(transaction.add(at("./octets"), {Format::bin, std::nullopt, Octets("\x00\xFF", 2)}));
  EXPECT_EQ(transaction.property(at("./octets"), Property::size).value_or("?"), "2") << "not those of its Base64";
}

TEST_F(TreeCommand, TND_132_TypeOfAnInteriorNodeIsItsObject) {
  Transaction transaction = tree->begin(Principal::server("A"));
  const auto add = [&](const char* uri, std::optional<std::string> type) {
    return outcome(transaction.add(at(uri), {Format::node, std::move(type), {}}));
  };
  EXPECT_EQ(add("./o1", "net.example/1.0/Mail"), "ok");
  EXPECT_EQ(transaction.property(at("./o1"), Property::type).value_or("?"), "net.example/1.0/Mail");
  EXPECT_EQ(add("./o2", {}), "ok");
  EXPECT_EQ(transaction.property(at("./o2"), Property::type).value_or("?"), "");
  EXPECT_EQ(add("./o3", "text/plain"), "ok") << "the default of Meta";
  EXPECT_EQ(transaction.property(at("./o3"), Property::type).value_or("?"), "");
  EXPECT_EQ(add("./o4", "no object"), "bad_format");
  EXPECT_EQ(add("./Dev/Acc/1", {}), "ok");
  EXPECT_EQ(transaction.property(at("./Dev/Acc/1"), Property::type).value_or("?"), "urn:oma:mo:oma-dm-dmacc:1.0");
  EXPECT_EQ(add("./Dev/Acc/2", "org.openmobilealliance/1.0/w7"), "ok") << "a deployed spelling";
  EXPECT_EQ(transaction.property(at("./Dev/Acc/2"), Property::type).value_or("?"), "urn:oma:mo:oma-dm-dmacc:1.0");
  EXPECT_EQ(transaction.property(at("./Dev"), Property::type).value_or("?"), "urn:x:dev:1.0");
  EXPECT_EQ(outcome(tree->begin(Principal::server("A")).add(at("./Dev/Acc/1"), {Format::node, "urn:x:other:1.0", {}})),
            "bad_format");
}

TEST_F(TreeCommand, TND_010_TND_102_DeleteTakesTheSubtree) {
  prepare({"Add ./a/b/c chr 1", "Add ./a/d chr 2"});
  EXPECT_EQ(server("B", "Delete ./a"), "ok");
  EXPECT_FALSE(exists("./a/b/c"));
  EXPECT_FALSE(exists("./a"));
  EXPECT_EQ(server("A", "Delete ./a"), "not_found");
}

TEST_F(TreeCommand, TND_103_TND_104_TND_106_WhatCannotBeDeleted) {
  EXPECT_EQ(server("A", "Delete ./Dev"), "not_allowed");
  EXPECT_EQ(user("Delete ./Dev/Level"), "not_allowed");
  prepare({"Add ./Dev/Acc/x node", "Add ./Dev/Acc/x/Name chr n"});
  EXPECT_EQ(server("A", "Delete ./Dev/Acc/x/Name"), "not_allowed") << "AccessType lacks Delete";
  prepare({"Add ./Dev/Acc/x/Keep chr k"});
  const std::string before = dump();
  EXPECT_EQ(server("A", "Delete ./Dev/Acc/x"), "not_allowed") << "holds a permanent node";
  EXPECT_EQ(dump(), before);
  EXPECT_EQ(device("Delete ./Dev/Acc/x"), "ok");
}

TEST_F(TreeCommand, TND_105_ProtectionIsForDirectAddressingOnly) {
  prepare({"Add ./Dev/Acc/x node", "Add ./Dev/Acc/x/Name chr n"});
  EXPECT_EQ(server("A", "Delete ./Dev/Acc/x"), "ok");
  EXPECT_FALSE(exists("./Dev/Acc/x/Name"));
}

TEST_F(TreeCommand, TND_108_ALeafIsEmptiedByReplace) {
  prepare({"Add ./n chr 1"});
  EXPECT_EQ(server("A", "Replace ./n "), "ok");
  EXPECT_EQ(text("./n"), "ok ");
}

TEST_F(TreeCommand, TND_095_CopyOfLeaves) {
  prepare({"Add ./s int 7", "Add ./t chr x", "Add ./i node", "Add ./big int 8"});
  EXPECT_EQ(server("A", "Copy ./s ./t"), "ok");
  EXPECT_EQ(text("./t"), "ok 7");
  EXPECT_EQ(device("Get ./t?prop=Format"), "ok int");
  prepare({"Replace ./s 9"});
  EXPECT_EQ(text("./t"), "ok 7") << "independent afterwards";
  EXPECT_EQ(server("A", "Copy ./i ./t"), "unavailable");
  EXPECT_EQ(server("A", "Copy ./s ./i"), "unavailable");
  EXPECT_EQ(server("A", "Copy ./s ."), "unavailable");
  EXPECT_EQ(server("A", "Copy ./none ./t"), "not_found");
  EXPECT_EQ(server("B", "Copy ./s ./t"), "permission_denied");
  EXPECT_EQ(server("A", "Copy ./s ./Dev/Level"), "ok");
  EXPECT_EQ(text("./Dev/Level"), "ok 9");
  prepare({"Add ./text chr x"});
  EXPECT_EQ(server("A", "Copy ./text ./Dev/Level"), "unavailable") << "Format of a permanent node";
  EXPECT_EQ(server("A", "Copy ./s ./Dev/Ready"), "not_allowed") << "AccessType lacks Copy";
  EXPECT_EQ(server("A", "Copy ./s ./text/below"), "unavailable") << "below a leaf";
}

TEST_F(TreeCommand, TND_112_CopyToAMissingTargetAdds) {
  prepare({"Add ./s int 7"});
  EXPECT_EQ(server("B", "Copy ./s ./new"), "ok");
  EXPECT_EQ(text("./new"), "ok 7");
  EXPECT_EQ(server("A", "Copy ./s ./Dev/Other"), "not_allowed");
  EXPECT_EQ(server("A", "Copy ./s ./Inbox/x"), "not_allowed");
}

TEST_F(TreeCommand, SecretsAreNotCopied) {
  prepare({"Add ./Dev/Acc/x node", "Add ./Dev/Acc/x/Secret chr pw"});
  EXPECT_EQ(server("A", "Copy ./Dev/Acc/x/Secret ./loot"), "not_allowed");
  EXPECT_FALSE(exists("./loot"));
}

TEST_F(TreeCommand, TND_109_TND_110_ExecWithoutAccessOrObject) {
  EXPECT_EQ(server("A", "Exec ./Dev/Level"), "not_allowed");
  EXPECT_EQ(server("A", "Exec ."), "not_allowed");
  EXPECT_EQ(server("A", "Exec ./none"), "not_found");
  EXPECT_EQ(server("A", "Exec ./Dev/Run"), "unsupported");
}

TEST_F(TreeCommand, MO_062_NothingIsReadInTheInbox) {
  for (const char* line : {"Get ./Inbox", "Get ./Inbox/x", "Get ./Inbox/x/y", "Get ./Inbox?prop=ACL",
                           "Replace ./Inbox x", "Replace ./Inbox/x 1", "Delete ./Inbox", "Delete ./Inbox/x",
                           "Exec ./Inbox/x", "Copy ./Inbox/x ./loot", "Get ./Inbox/x?prop=Name"}) {
    EXPECT_EQ(server("A", line), "not_allowed") << line;
  }
  EXPECT_EQ(outcome(tree->begin(Principal::server("A")).list(at("./Inbox"))), "not_allowed");
  EXPECT_EQ(server("A", "Replace ./Inbox?prop=ACL Add=A"), "ok") << "who may use it can be said (MO-063)";
}

TEST_F(TreeCommand, MO_061_MO_064_ObjectsInTheInboxGoWhereTheyBelong) {
  Transaction transaction = tree->begin(Principal::server("A"));
  const NewNode account{Format::node, "urn:oma:mo:oma-dm-dmacc:1.0", {}};
  EXPECT_EQ(outcome(transaction.add(at("./Inbox/acme"), account)), "ok");
  EXPECT_TRUE(transaction.exists(at("./Dev/Acc/acme")));
  EXPECT_FALSE(transaction.exists(at("./Inbox/acme")));
  const NewNode unknown{Format::node, "urn:x:unknown:1.0", {}};
  EXPECT_EQ(outcome(tree->begin(Principal::server("A")).add(at("./Inbox/other"), unknown)), "not_found");
  EXPECT_EQ(outcome(tree->begin(Principal::server("A")).add(at("./Inbox/leaf"), {Format::chr, {}, "1"})),
            "not_allowed");
}

TEST_F(TreeCommand, PrivateAreaIsTheDevicesAlone) {
  prepare({"Add ./.omadm/key chr s"});
  for (const Principal& who : {Principal::server("A"), Principal::user()}) {
    EXPECT_EQ(run(who, "Get ./.omadm"), "not_found");
    EXPECT_EQ(run(who, "Get ./.omadm/key"), "not_found");
    EXPECT_EQ(run(who, "Get ./.omadm/key?prop=ACL"), "not_found");
    EXPECT_EQ(run(who, "Replace ./.omadm/key x"), "not_found");
    EXPECT_EQ(run(who, "Replace ./.omadm?prop=ACL Get=*"), "not_found");
    EXPECT_EQ(run(who, "Delete ./.omadm"), "not_found");
    EXPECT_EQ(run(who, "Exec ./.omadm/key"), "not_found");
    EXPECT_EQ(run(who, "Copy ./.omadm/key ./loot"), "not_found");
    EXPECT_EQ(run(who, "Add ./.omadm/x chr 1"), "not_allowed");
    EXPECT_EQ(run(who, "Add ./.omadm node"), "not_allowed");
    EXPECT_EQ(run(who, "Get ."), "ok Dev/Inbox");
    const Transaction transaction = tree->begin(who);
    EXPECT_FALSE(transaction.exists(at("./.omadm/key")));
    const Result<std::vector<Node>> nodes = transaction.list(Uri());
    ASSERT_TRUE(nodes);
    for (const Node& node : *nodes) EXPECT_EQ(node.uri.str().find(".omadm"), std::string::npos) << node.uri.str();
  }
  EXPECT_EQ(text("./.omadm/key"), "ok s");
  prepare({"Add ./n chr 1"});
  EXPECT_EQ(server("A", "Replace ./n?prop=Name .omadm"), "not_allowed");
}

TEST_F(TreeCommand, PutAddsOrReplacesWhatChanged) {
  const auto put = [&](const char* uri, NewNode node) {
    Transaction transaction = tree->begin(Principal::device());
    const std::string result = outcome(transaction.put(at(uri), std::move(node)));
    if (result != "ok") return result;
    if (transaction.empty()) return std::string("nothing");
    return outcome(std::move(transaction).commit());
  };
  EXPECT_EQ(put("./a/b", {{}, {}, "1"}), "ok");
  EXPECT_EQ(put("./a/b", {{}, {}, "1"}), "nothing");
  EXPECT_EQ(put("./a/b", {Format::int_, {}, "1"}), "ok");
  EXPECT_EQ(put("./a", {Format::node, "urn:x:a:1.0", {}}), "ok");
  EXPECT_EQ(put("./a", {Format::node, "urn:x:a:1.0", {}}), "nothing");
  EXPECT_EQ(put("./a", {Format::chr, {}, "1"}), "bad_format");
  EXPECT_EQ(put("./a/b", {Format::node, {}, {}}), "bad_format");
  EXPECT_EQ(put("./Dev/Id", {{}, {}, "IMEI:1"}), "ok");
  EXPECT_EQ(device("Get ./a?prop=Type"), "ok urn:x:a:1.0");
  EXPECT_EQ(outcome(tree->begin(Principal::server("A")).put(at("./c"), {{}, {}, "1"})), "not_allowed");
}

}  // namespace
}  // namespace omadm::test
