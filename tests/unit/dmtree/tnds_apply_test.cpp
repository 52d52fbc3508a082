#include <gtest/gtest.h>

#include <string>

#include "dmtree/tnds/tnds.h"
#include "tests/support/tree_device.h"

namespace omadm {
namespace {

using test::read_source_file;
using test::TreeDevice;
using test::uri;

TndsDocument vector(const std::string& name) {
  Result<TndsDocument> document = read_tnds(read_source_file("tests/vectors/tnds/" + name), Limits{});
  EXPECT_TRUE(document) << name << ": " << document.error().detail;
  return document.value_or(TndsDocument{});
}

TndsDocument nodes(std::string_view xml) {
  Result<TndsDocument> document = read_tnds(
      "<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD>" + std::string(xml) + "</MgmtTree>", Limits{});
  EXPECT_TRUE(document) << document.error().detail;
  return document.value_or(TndsDocument{});
}

std::string leaf(std::string_view name, std::string_view format, std::string_view value) {
  return "<Node><NodeName>" + std::string(name) + "</NodeName><RTProperties><Format><" + std::string(format) +
         "/></Format><Type><MIME>text/plain</MIME></Type></RTProperties><Value>" + std::string(value) +
         "</Value></Node>";
}

// The common start tree of the worked documents.
class TndsApply : public ::testing::Test {
 protected:
  void SetUp() override {
    device.interior("./Ven", "", "Add=A&Get=A&Replace=A&Delete=A");
    device.leaf("./Ven/Old", "x");
    device.interior("./Ven/Keep");
    device.leaf("./Ven/Keep/a", "1");
    device.leaf("./Ven/Keep/b", "2");
    commits = device.store.appended();
  }

  // As a session does: one transaction, committed when all went well.
  Result<void> add(const std::string& server, std::string_view target, const TndsDocument& document) {
    Transaction transaction = device.as_server(server);
    DM_TRY(add_tnds(transaction, uri(target), document));
    return std::move(transaction).commit();
  }
  Result<void> replace(const std::string& server, std::string_view target, const TndsDocument& document) {
    Transaction transaction = device.as_server(server);
    DM_TRY(replace_tnds(transaction, uri(target), document));
    return std::move(transaction).commit();
  }
  void expect_refused(const Result<void>& result, Errc code) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code) << result.error().detail;
    EXPECT_EQ(device.store.appended(), commits);
  }
  void expect_start_tree() {
    EXPECT_EQ(device.children("./Ven"), (std::vector<std::string>{"Keep", "Old"}));
    EXPECT_EQ(device.children("./Ven/Keep"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(device.value("./Ven/Old"), "x");
    EXPECT_EQ(device.value("./Ven/Keep/a"), "1");
    EXPECT_EQ(device.value("./Ven/Keep/b"), "2");
  }

  TreeDevice device;
  std::size_t commits = 0;
};

TEST_F(TndsApply, TNDS_044_W1_NestedAdd) {
  const Result<void> done = add("A", "./Ven", vector("w1_nested_add.xml"));
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(device.type("./Ven/Mail"), "net.example/1.0/Mail");
  EXPECT_EQ(device.format("./Ven/Mail"), Format::node);
  EXPECT_EQ(device.acl("./Ven/Mail"), "Get=*&Replace=A");
  EXPECT_EQ(device.value("./Ven/Mail/Host"), "mx.example.net");
  EXPECT_EQ(device.format("./Ven/Mail/Port"), Format::int_);
  EXPECT_EQ(device.value("./Ven/Mail/Port"), "993");
  EXPECT_EQ(device.acl("./Ven/Mail/Host"), "");
  EXPECT_EQ(device.acl("./Ven/Mail/Port"), "");
  EXPECT_EQ(device.value("./Ven/Old"), "x");
  EXPECT_EQ(device.store.appended(), commits + 1);

  commits = device.store.appended();
  expect_refused(add("A", "./Ven", vector("w1_nested_add.xml")), Errc::already_exists);
  EXPECT_EQ(device.value("./Ven/Mail/Host"), "mx.example.net");
}

TEST_F(TndsApply, TNDS_040_W2_FlatAddWithPath) {
  const Result<void> done = add("A", "./Ven/Net", vector("w2_flat_add.xml"));
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(device.children("./Ven/Net"), std::vector<std::string>{"Apn"});
  EXPECT_EQ(device.value("./Ven/Net/Apn/Id"), "internet");
}

TEST_F(TndsApply, TNDS_045_W3_ReplaceOfASubtree) {
  const Result<void> done = replace("A", "./Ven", vector("w3_replace.xml"));
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(device.children("./Ven/Keep"), (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(device.value("./Ven/Keep/b"), "20");
  EXPECT_EQ(device.value("./Ven/Keep/c"), "true");
  EXPECT_EQ(device.format("./Ven/Keep/c"), Format::bool_);
  EXPECT_EQ(device.value("./Ven/Old"), "x");
}

TEST_F(TndsApply, TNDS_039_PropertiesOfTheRootTravel) {
  device.leaf("./.omadm/note", "private");
  Transaction prepared = device.as_device();
  ASSERT_TRUE(prepared.set_property(Uri(), Property::acl, "Add=*&Get=*&Replace=A&Delete=A"));
  ASSERT_TRUE(std::move(prepared).commit());
  const TndsDocument whole = nodes(
      "<Node><NodeName/><RTProperties><ACL>Add=*&amp;Get=*&amp;Replace=B</ACL><Format><node/></Format>"
      "<Title>All</Title><Type><DDFName/></Type></RTProperties>" +
      leaf("Only", "chr", "1") + "</Node>");
  const Result<void> done = replace("A", ".", whole);
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(device.acl("."), "Add=*&Get=*&Replace=B");
  EXPECT_EQ(device.as_device().property(Uri(), Property::title).value_or("?"), "All");
  EXPECT_EQ(device.value("./Only"), "1");
  EXPECT_FALSE(device.as_device().exists(uri("./Ven")));
  EXPECT_EQ(device.value("./.omadm/note"), "private") << "no server sees that, none takes it away";
}

TEST_F(TndsApply, TNDS_044_W4_OneNodeExists) {
  expect_refused(add("A", "./Ven", vector("w4_one_exists.xml")), Errc::already_exists);
  EXPECT_FALSE(device.exists("./Ven/New1"));
  expect_start_tree();
}

TEST_F(TndsApply, TNDS_044_W5_ChildBelowALeaf) {
  expect_refused(add("A", "./Ven/Old", nodes(leaf("z", "chr", "1"))), Errc::not_allowed);
  expect_start_tree();
}

TEST_F(TndsApply, TNDS_044_W7_AnotherServerIsRefused) {
  expect_refused(add("B", "./Ven", vector("w1_nested_add.xml")), Errc::permission_denied);
  EXPECT_FALSE(device.exists("./Ven/Mail"));
  expect_start_tree();
}

TEST_F(TndsApply, TNDS_045_ReplaceNeedsItsTarget) {
  expect_refused(replace("A", "./Ven/None", vector("w3_replace.xml")), Errc::not_found);
  expect_refused(replace("A", "./Ven", nodes("<Node><NodeName>None</NodeName></Node>")), Errc::not_found);
  expect_start_tree();
}

TEST_F(TndsApply, TNDS_045_ReplaceNeedsTheReplaceRight) {
  expect_refused(replace("B", "./Ven", vector("w3_replace.xml")), Errc::permission_denied);
  expect_start_tree();
}

TEST_F(TndsApply, TNDS_045_ReplaceNeedsDeleteForWhatIsMissing) {
  device.interior("./Ven", "", "Add=A&Get=A&Replace=A&Delete=B");
  commits = device.store.appended();
  expect_refused(replace("A", "./Ven", vector("w3_replace.xml")), Errc::permission_denied);
  expect_start_tree();
}

TEST_F(TndsApply, TNDS_045_ReplaceRemovesWhatTheServerCannotSee) {
  device.interior("./Ven/Keep/deep");
  device.leaf("./Ven/Keep/deep/unseen", "1", Format::chr, "Delete=A");
  const Result<void> done = replace("A", "./Ven", vector("w3_replace.xml"));
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(device.children("./Ven/Keep"), (std::vector<std::string>{"b", "c"}));
}

TEST_F(TndsApply, TNDS_045_ReplacedNodesLoseAnAclTheObjectDoesNotName) {
  device.leaf("./Ven/Keep/b", "2", Format::chr, "Get=A&Replace=A&Delete=A");
  ASSERT_TRUE(replace("A", "./Ven", vector("w3_replace.xml")));
  EXPECT_EQ(device.acl("./Ven/Keep/b"), "");
  EXPECT_EQ(device.acl("./Ven"), "Add=A&Delete=A&Get=A&Replace=A");  // outside
}

TEST_F(TndsApply, TNDS_045_WhatIsReplacedIsAsIfMadeAnew) {
  device.leaf("./Ven/Keep/a", "1", Format::int_);
  device.interior("./Ven/Keep/in", "net.example/1.0/Old");
  Transaction titled = device.as_device();
  ASSERT_TRUE(titled.set_property(uri("./Ven/Keep/b"), Property::title, "Second"));
  ASSERT_TRUE(std::move(titled).commit());
  const auto keep = [](const std::string& inside) {
    return nodes("<Node><NodeName>Keep</NodeName><Node><NodeName>a</NodeName><Value>abc</Value></Node>" +
                 leaf("b", "chr", "2") + "<Node><NodeName>in</NodeName><RTProperties><Format><node/></Format>" +
                 inside + "</RTProperties></Node></Node>");
  };
  ASSERT_TRUE(replace("A", "./Ven", keep("<Type><DDFName>net.example/1.0/New</DDFName></Type>")));
  EXPECT_EQ(device.value("./Ven/Keep/a"), "abc");
  EXPECT_EQ(device.format("./Ven/Keep/a"), Format::chr);
  EXPECT_EQ(device.as_device().property(uri("./Ven/Keep/b"), Property::title).value_or("?"), "");
  EXPECT_EQ(device.type("./Ven/Keep/in"), "net.example/1.0/New");
  ASSERT_TRUE(replace("A", "./Ven", keep("")));
  EXPECT_EQ(device.type("./Ven/Keep/in"), "");
}

TEST_F(TndsApply, TNDS_035_TND_059_Base64StaysTextWhereNobodySaysBin) {
  device.leaf("./Ven/Keep/b", std::string("\0\1\2", 3), Format::bin);
  ASSERT_TRUE(replace("A", "./Ven", nodes("<Node><NodeName>Keep</NodeName>" + leaf("b", "b64", "AAEC") + "</Node>")));
  EXPECT_EQ(device.format("./Ven/Keep/b"), Format::b64);
  EXPECT_EQ(device.value("./Ven/Keep/b"), "AAEC");
}

TEST_F(TndsApply, TNDS_032_ALeafIsOfNoObject) {
  expect_refused(add("A", "./Ven",
                     nodes("<Node><NodeName>v</NodeName><RTProperties><Type><DDFName>net.example/1.0/X</DDFName></Type>"
                           "</RTProperties></Node>")),
                 Errc::bad_format);
}

TEST_F(TndsApply, TNDS_034_AnAbsentValueIsAnEmptyOne) {
  for (const char* format : {"chr", "int", "bool", "bin", "date"}) {
    Transaction transaction = device.as_server("A");
    const auto done = add_tnds(transaction, uri("./Ven"),
                               nodes("<Node><NodeName>v</NodeName><RTProperties><Format><" + std::string(format) +
                                     "/></Format></RTProperties></Node>"));
    ASSERT_TRUE(done) << format << ": " << done.error().detail;
    EXPECT_EQ(transaction.peek(uri("./Ven/v"))->data, "") << format;
    EXPECT_EQ(to_string(transaction.peek(uri("./Ven/v"))->format), format);
  }
}

// A server that gives a subtree away within the object has not given it away before its leaves got their ACLs.
TEST_F(TndsApply, TND_076_TNDS_037_RightsOfOneObjectAreThoseOfBefore) {
  const Result<void> done = replace(
      "A", "./Ven",
      nodes("<Node><NodeName>Keep</NodeName><RTProperties><ACL>Get=*</ACL><Format><node/></Format></RTProperties>"
            "<Node><NodeName>b</NodeName><RTProperties><ACL>Get=B</ACL><Format><chr/></Format></RTProperties>"
            "<Value>3</Value></Node></Node>"));
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(device.acl("./Ven/Keep"), "Get=*");
  EXPECT_EQ(device.acl("./Ven/Keep/b"), "Get=B");
}

TEST_F(TndsApply, TNDS_045_LeafBecomesInteriorAndBack) {
  const Result<void> done = replace(
      "A", "./Ven",
      nodes("<Node><NodeName>Keep</NodeName><Node><NodeName>a</NodeName>" + leaf("in", "chr", "9") + "</Node></Node>"));
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(device.children("./Ven/Keep"), std::vector<std::string>{"a"});
  EXPECT_EQ(device.value("./Ven/Keep/a/in"), "9");
  ASSERT_TRUE(replace("A", "./Ven", nodes("<Node><NodeName>Keep</NodeName>" + leaf("a", "chr", "leaf") + "</Node>")));
  EXPECT_EQ(device.value("./Ven/Keep/a"), "leaf");
}

TEST_F(TndsApply, TNDS_045_ReplaceOfALeaf) {
  ASSERT_TRUE(replace("A", "./Ven/Old",
                      nodes("<Node><NodeName/><RTProperties><Format><int/></Format><Type><MIME>"
                            "text/plain</MIME></Type></RTProperties><Value>5</Value></Node>")));
  EXPECT_EQ(device.value("./Ven/Old"), "5");
  EXPECT_EQ(device.format("./Ven/Old"), Format::int_);
}

TEST_F(TndsApply, TND_066_AddByServerWithoutReplaceOnParentSetsAcl) {
  device.interior("./Open", "", "Add=*");
  ASSERT_TRUE(add(
      "B", "./Open",
      nodes("<Node><NodeName>N</NodeName><Node><NodeName>M</NodeName>" + leaf("v", "chr", "1") + "</Node></Node>")));
  EXPECT_EQ(device.acl("./Open/N"), "Add=B&Delete=B&Replace=B");
  EXPECT_EQ(device.acl("./Open/N/M"), "");
  EXPECT_EQ(device.acl("./Open/N/M/v"), "");
}

TEST_F(TndsApply, TNDS_037_AclOfALeafNeedsReplaceOnItsParent) {
  const auto document =
      nodes("<Node><NodeName>v</NodeName><RTProperties><ACL>Get=B</ACL><Format><chr/></Format></RTProperties></Node>");
  device.interior("./Open", "", "Add=*");
  commits = device.store.appended();
  expect_refused(add("B", "./Open", document), Errc::permission_denied);
  EXPECT_FALSE(device.exists("./Open/v"));
  ASSERT_TRUE(add("A", "./Ven/Keep", document));
  EXPECT_EQ(device.acl("./Ven/Keep/v"), "Get=B");
}

TEST_F(TndsApply, TNDS_037_MalformedAclIsRefused) {
  const auto document =
      nodes("<Node><NodeName>v</NodeName><RTProperties><ACL>Fly=B</ACL><Format><chr/></Format></RTProperties></Node>");
  expect_refused(add("A", "./Ven", document), Errc::failed);  // as any other ACL that is none: 500 (TND-070)
}

TEST_F(TndsApply, TNDS_041_TooLongAddressIsRefused) {
  device.tree().set_uri_limits({.max_depth = 0, .max_tot_len = 0, .max_seg_len = 4});
  expect_refused(add("A", "./Ven", nodes("<Node><NodeName>abcde</NodeName></Node>")), Errc::uri_too_long);
  ASSERT_TRUE(add("A", "./Ven", nodes("<Node><NodeName>abcd</NodeName></Node>")));
}

TEST_F(TndsApply, TNDS_044_BadValueOfOneNodeRefusesAll) {
  expect_refused(add("A", "./Ven", nodes(leaf("n1", "chr", "1") + leaf("n2", "int", "many"))), Errc::veto);
  EXPECT_FALSE(device.exists("./Ven/n1"));
}

TEST_F(TndsApply, TNDS_036_TStampAndVerNoAreTheDevicesOwn) {
  ASSERT_TRUE(add("A", "./Ven",
                  nodes("<Node><NodeName>v</NodeName><RTProperties><Format><chr/></Format>"
                        "<TStamp>19990101T000000Z</TStamp><Type><MIME>text/plain</MIME></Type>"
                        "<VerNo>77</VerNo></RTProperties><Value>1</Value></Node>")));
  const Transaction transaction = device.as_server("A");
  EXPECT_EQ(transaction.property(uri("./Ven/v"), Property::tstamp).value_or("none"), "20240131T075902Z");
  EXPECT_EQ(transaction.property(uri("./Ven/v"), Property::verno).value_or("none"), "0");
}

TEST_F(TndsApply, TNDS_035_BinTextThatIsNoBase64IsRefused) {
  expect_refused(add("A", "./Ven", nodes(leaf("v", "bin", "*?*"))), Errc::bad_format);
}

constexpr const char* kDescription = R"(<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD>
<Node><NodeName>Ven</NodeName><DFProperties><AccessType><Add/><Get/><Replace/></AccessType><DFFormat><node/></DFFormat>
  <Scope><Permanent/></Scope><DFType><DDFName/></DFType></DFProperties>
 <Node><NodeName>Keep</NodeName><DFProperties><AccessType><Add/><Get/><Replace/><Delete/></AccessType>
   <DFFormat><node/></DFFormat><Scope><Permanent/></Scope><DFType><DDFName/></DFType></DFProperties>
  <Node><NodeName>a</NodeName><DFProperties><AccessType><Get/><Replace/></AccessType>
    <DefaultValue>1</DefaultValue><DFFormat><chr/></DFFormat><Scope><Permanent/></Scope>
    <DFType><MIME>text/plain</MIME></DFType></DFProperties></Node>
  <Node><NodeName>b</NodeName><DFProperties><AccessType><Add/><Get/><Replace/><Delete/></AccessType>
    <DFFormat><chr/></DFFormat><Occurrence><ZeroOrOne/></Occurrence><DFType><MIME>text/plain</MIME></DFType>
    </DFProperties></Node>
  <Node><NodeName>fixed</NodeName><DFProperties><AccessType><Add/><Get/></AccessType><DFFormat><chr/></DFFormat>
    <Occurrence><ZeroOrOne/></Occurrence><DFType><MIME>text/plain</MIME></DFType></DFProperties></Node>
  <Node><NodeName>raw</NodeName><DFProperties><AccessType><Add/><Get/><Replace/><Delete/></AccessType>
    <DFFormat><bin/></DFFormat><Occurrence><ZeroOrOne/></Occurrence><DFType><MIME>text/plain</MIME></DFType>
    </DFProperties></Node>
  <Node><NodeName>start</NodeName><DFProperties><AccessType><Add/><Get/><Replace/><Delete/></AccessType>
    <DefaultValue>7</DefaultValue><DFFormat><int/></DFFormat><Occurrence><ZeroOrOne/></Occurrence>
    <DFType><MIME>text/plain</MIME></DFType></DFProperties></Node>
 </Node></Node></MgmtTree>)";

class DescribedTndsApply : public TndsApply {
 protected:
  void SetUp() override {
    device.describe(kDescription);
    device.interior("./Ven", "", "Add=A&Get=A&Replace=A&Delete=A");
    device.leaf("./Ven/Keep/b", "2");
    commits = device.store.appended();
  }
};

TEST_F(DescribedTndsApply, TNDS_045_W6_UnsupportedFormat) {
  expect_refused(
      replace("A", "./Ven",
              nodes("<Node><NodeName>Keep</NodeName>" + leaf("a", "chr", "9") + leaf("b", "float", "1.5") + "</Node>")),
      Errc::bad_format);
  EXPECT_EQ(device.value("./Ven/Keep/a"), "1");
  EXPECT_EQ(device.value("./Ven/Keep/b"), "2");
}

TEST_F(DescribedTndsApply, TNDS_046_PermanentNodesAreKept) {
  ASSERT_TRUE(replace("A", "./Ven", nodes("<Node><NodeName>Keep</NodeName></Node>")));
  EXPECT_EQ(device.children("./Ven/Keep"), std::vector<std::string>{"a"});
  EXPECT_EQ(device.value("./Ven/Keep/a"), "1");
}

TEST_F(DescribedTndsApply, TNDS_046_WhatIsDynamicBelowAPermanentNodeGoes) {
  const Result<void> done = replace("A", "./Ven", nodes("<Node><NodeName/></Node>"));
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(device.children("./Ven"), std::vector<std::string>{"Keep"});
  EXPECT_EQ(device.children("./Ven/Keep"), std::vector<std::string>{"a"});
}

TEST_F(DescribedTndsApply, TND_133_TNDS_046_FormatAndTypeOfPermanentNodesStay) {
  expect_refused(replace("A", "./Ven", nodes("<Node><NodeName>Keep</NodeName>" + leaf("a", "int", "1") + "</Node>")),
                 Errc::not_allowed);
  expect_refused(replace("A", "./Ven",
                         nodes("<Node><NodeName>Keep</NodeName><RTProperties><Format><node/></Format><Type><DDFName>"
                               "net.example/1.0/Other</DDFName></Type></RTProperties></Node>")),
                 Errc::not_allowed);
  EXPECT_EQ(device.value("./Ven/Keep/b"), "2");
}

TEST_F(DescribedTndsApply, TNDS_046_PermanentNodeCannotBecomeALeaf) {
  expect_refused(replace("A", "./Ven", nodes(leaf("Keep", "chr", "x"))), Errc::not_allowed);
  EXPECT_EQ(device.value("./Ven/Keep/b"), "2");
}

TEST_F(DescribedTndsApply, TNDS_045_ConstantLeafMayBeRepeatedButNotChanged) {
  device.leaf("./Ven/Keep/fixed", "same");
  commits = device.store.appended();
  expect_refused(
      replace("A", "./Ven", nodes("<Node><NodeName>Keep</NodeName>" + leaf("fixed", "chr", "other") + "</Node>")),
      Errc::not_allowed);
  ASSERT_TRUE(
      replace("A", "./Ven", nodes("<Node><NodeName>Keep</NodeName>" + leaf("fixed", "chr", "same") + "</Node>")));
  EXPECT_EQ(device.value("./Ven/Keep/fixed"), "same");
  EXPECT_FALSE(device.exists("./Ven/Keep/b"));
}

TEST_F(DescribedTndsApply, TNDS_008_DescriptionsAreOutOfReachOfCommands) {
  for (const char* name : {"AccessType", "DefaultValue", "Description", "DFFormat", "Occurrence", "Scope", "DFTitle",
                           "DFType", "CaseSense", "DFProperties"}) {
    EXPECT_FALSE(property_from(name)) << name;
  }
  device.leaf("./Ven/Keep/fixed", "same");
  const std::string described =
      "<DFProperties><AccessType><Get/><Replace/></AccessType><DFFormat><int/></DFFormat>"
      "<Scope><Permanent/></Scope></DFProperties><Value>same</Value>";
  ASSERT_TRUE(
      replace("A", "./Ven",
              nodes("<Node><NodeName>Keep</NodeName><Node><NodeName>fixed</NodeName>" + described + "</Node></Node>")));
  Transaction transaction = device.as_server("A");
  EXPECT_EQ(transaction.replace(uri("./Ven/Keep/fixed"), {{}, {}, "other"}).error().code, Errc::not_allowed);
  EXPECT_EQ(transaction.peek(uri("./Ven/Keep/fixed"))->format, Format::chr);
  EXPECT_EQ(transaction.peek(uri("./Ven/Keep/fixed"))->scope, Scope::dynamic);
}

TEST_F(DescribedTndsApply, TNDS_035_Base64BecomesOctetsWhereTheDescriptionSaysBin) {
  for (const char* format : {"b64", "bin"}) {
    Transaction transaction = device.as_server("A");
    ASSERT_TRUE(add_tnds(transaction, uri("./Ven/Keep"), nodes(leaf("raw", format, "Tm9uY2U="))));
    EXPECT_EQ(transaction.peek(uri("./Ven/Keep/raw"))->data, "Nonce");
    EXPECT_EQ(transaction.peek(uri("./Ven/Keep/raw"))->format, Format::bin);
  }
}

TEST_F(DescribedTndsApply, TNDS_033_AbsentFormatAndValueComeFromTheDescription) {
  ASSERT_TRUE(add("A", "./Ven/Keep", nodes("<Node><NodeName>start</NodeName></Node>")));
  EXPECT_EQ(device.format("./Ven/Keep/start"), Format::int_);
  EXPECT_EQ(device.value("./Ven/Keep/start"), "7");
}

TEST_F(DescribedTndsApply, TNDS_044_NodesOutsideTheDescriptionAreRefused) {
  expect_refused(add("A", "./Ven/Keep", nodes(leaf("stray", "chr", "1"))), Errc::not_allowed);
}

}  // namespace
}  // namespace omadm
