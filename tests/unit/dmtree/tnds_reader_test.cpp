#include <gtest/gtest.h>

#include <string>

#include "base/markup/xml_reader.h"
#include "dmtree/tnds/tnds.h"
#include "tests/support/tree_device.h"
#include "wbxml/wbxml_reader.h"

namespace omadm {
namespace {

using test::read_hex_file;
using test::read_source_file;

Result<TndsDocument> read(std::string_view nodes, std::string_view version = "<VerDTD>1.2</VerDTD>") {
  return read_tnds("<MgmtTree xmlns=\"syncml:dmddf1.2\">" + std::string(version) + std::string(nodes) + "</MgmtTree>",
                   Limits{});
}

Errc refusal(std::string_view nodes, std::string_view version = "<VerDTD>1.2</VerDTD>") {
  const Result<TndsDocument> document = read(nodes, version);
  EXPECT_FALSE(document) << nodes;
  return document ? Errc::failed : document.error().code;
}

TEST(TndsReader, TNDS_030_ReadsRunTimeContentAndSkipsDescriptions) {
  const auto document = read(
      "<Node><NodeName>A</NodeName><DFProperties><AccessType><Get/></AccessType></DFProperties>"
      "<RTProperties><ACL> Get=* </ACL><Format><int/></Format><Title>Tea &amp; co</Title>"
      "<TStamp>20200101T000000Z</TStamp><Type><MIME>text/plain</MIME></Type><VerNo>7</VerNo></RTProperties>"
      "<Value> 12</Value></Node>");
  ASSERT_TRUE(document) << document.error().detail;
  ASSERT_EQ(document->nodes.size(), 1u);
  const TndsNode& node = document->nodes[0];
  EXPECT_EQ(node.relative, "A");
  EXPECT_EQ(node.format, Format::int_);
  EXPECT_EQ(node.type, "text/plain");
  EXPECT_EQ(node.acl, "Get=*");
  EXPECT_EQ(node.title, "Tea & co");
  EXPECT_TRUE(node.has_value);
  EXPECT_EQ(node.value, " 12");  // a value keeps its white space
  EXPECT_FALSE(node.value_is_opaque);
}

TEST(TndsReader, TNDS_031_NodesWithoutRTPropertiesAreTolerated) {
  const auto document = read("<Node><NodeName>A</NodeName><Node><NodeName>b</NodeName><Value>1</Value></Node></Node>");
  ASSERT_TRUE(document) << document.error().detail;
  ASSERT_EQ(document->nodes.size(), 2u);
  EXPECT_TRUE(document->nodes[0].has_children);
  EXPECT_FALSE(document->nodes[0].format);
  EXPECT_EQ(document->nodes[1].relative, "A/b");
}

TEST(TndsReader, TNDS_032_LeafTypeIsMimeAndInteriorTypeIsDdfName) {
  EXPECT_EQ(refusal("<Node><NodeName>A</NodeName><RTProperties><Format><chr/></Format>"
                    "<Type><DDFName>x/1.0/Y</DDFName></Type></RTProperties></Node>"),
            Errc::bad_format);
  EXPECT_EQ(refusal("<Node><NodeName>A</NodeName><RTProperties><Format><node/></Format>"
                    "<Type><MIME>text/plain</MIME></Type></RTProperties></Node>"),
            Errc::bad_format);
  EXPECT_TRUE(
      read("<Node><NodeName>A</NodeName><RTProperties><Format><node/></Format>"
           "<Type><DDFName/></Type></RTProperties></Node>"));
}

TEST(TndsReader, TNDS_034_AbsentValueIsTold) {
  const auto document = read("<Node><NodeName>A</NodeName></Node><Node><NodeName>B</NodeName><Value/></Node>");
  ASSERT_TRUE(document);
  EXPECT_FALSE(document->nodes[0].has_value);
  EXPECT_TRUE(document->nodes[1].has_value);
  EXPECT_EQ(document->nodes[1].value, "");
}

TEST(TndsReader, TNDS_038_BrokenDocumentsAreRefusedWhole) {
  EXPECT_EQ(refusal("<Node><NodeName>A</NodeName><Value>1</Value><Node><NodeName>b</NodeName></Node></Node>"),
            Errc::bad_format);
  EXPECT_EQ(refusal("<Node><NodeName>A</NodeName><Node><NodeName>b</NodeName></Node><Value>1</Value></Node>"),
            Errc::bad_format);
  EXPECT_EQ(refusal("<Node><NodeName>A</NodeName></Node><Node><NodeName>A</NodeName></Node>"), Errc::already_exists);
  EXPECT_EQ(refusal("<Node><NodeName>A</NodeName></Node>", ""), Errc::bad_format);
  EXPECT_EQ(refusal(""), Errc::bad_format);
  EXPECT_EQ(refusal("<Node><Value>1</Value></Node>"), Errc::bad_format);
  EXPECT_EQ(refusal("<Node><NodeName>A</NodeName>stray</Node>"), Errc::bad_format);
  EXPECT_EQ(refusal("<Node><NodeName>A</NodeName><Value><Node/></Value></Node>"), Errc::bad_format);
  const auto other_root = read_tnds("<Node xmlns=\"syncml:dmddf1.2\"/>", Limits{});
  ASSERT_FALSE(other_root);
  EXPECT_EQ(other_root.error().code, Errc::bad_format);
}

TEST(TndsReader, TNDS_002_OtherVersionsAreRefused) {
  EXPECT_EQ(refusal("<Node><NodeName>A</NodeName></Node>", "<VerDTD>1.1.2</VerDTD>"), Errc::bad_format);
  EXPECT_EQ(refusal("<Node><NodeName>A</NodeName></Node>", "<VerDTD>1.20</VerDTD>"), Errc::bad_format);
  EXPECT_TRUE(read("<Node><NodeName>A</NodeName></Node>", "<VerDTD> 1.2.1 </VerDTD>"));
}

struct PlacementCase {
  const char* path;
  const char* name;
  const char* relative;
};
TEST(TndsReader, TNDS_040_PathAndNameMakeTheAddress) {
  for (const PlacementCase& row :
       {PlacementCase{"", "Isp", "Isp"}, PlacementCase{"Isp", "Gw", "Isp/Gw"}, PlacementCase{"", "", ""},
        PlacementCase{"Vendor", "Isp", "Vendor/Isp"}, PlacementCase{"A/B", "", "A/B"}, PlacementCase{".", "C", "C"}}) {
    const std::string path = *row.path == '\0' ? "" : "<Path>" + std::string(row.path) + "</Path>";
    const auto document = read("<Node><NodeName>" + std::string(row.name) + "</NodeName>" + path + "</Node>");
    ASSERT_TRUE(document) << row.path << ' ' << row.name << ": " << document.error().detail;
    EXPECT_EQ(document->nodes[0].relative, row.relative);
  }
}

TEST(TndsReader, TNDS_040_NestedNamesFollowTheTopPath) {
  const auto document = read(
      "<Node><NodeName>B</NodeName><Path>A</Path><Node><NodeName>C</NodeName>"
      "<Node><NodeName>D</NodeName></Node></Node></Node>");
  ASSERT_TRUE(document);
  ASSERT_EQ(document->nodes.size(), 3u);
  EXPECT_EQ(document->nodes[1].relative, "A/B/C");
  EXPECT_EQ(document->nodes[2].relative, "A/B/C/D");
  EXPECT_EQ(refusal("<Node><NodeName>B</NodeName><Node><NodeName/></Node></Node>"), Errc::bad_format);
}

TEST(TndsReader, TNDS_041_LeadingDotOfAPathIsDropped) {
  const auto document = read("<Node><NodeName>B</NodeName><Path>./A</Path></Node>");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->nodes[0].relative, "A/B");
}

TEST(TndsReader, TNDS_041_NamesThatAreNoNamesFailLikeUris) {
  EXPECT_EQ(refusal("<Node><NodeName>A/B</NodeName></Node>"), Errc::not_found);
  EXPECT_EQ(refusal("<Node><NodeName>..</NodeName></Node>"), Errc::not_found);
  EXPECT_EQ(refusal("<Node><NodeName>B</NodeName><Path>A/../C</Path></Node>"), Errc::not_found);
  const auto dropped = read("<Node><NodeName>B</NodeName><Path>./</Path></Node>");
  ASSERT_TRUE(dropped);
  EXPECT_EQ(dropped->nodes[0].relative, "B");
  EXPECT_EQ(refusal("<Node><NodeName>A.</NodeName><Node><NodeName>b</NodeName></Node></Node>"), Errc::not_found);
}

TEST(TndsReader, TNDS_033_FlatChildrenMakeTheirParentInterior) {
  const auto document = read("<Node><NodeName>A</NodeName></Node><Node><NodeName>b</NodeName><Path>A</Path></Node>");
  ASSERT_TRUE(document);
  EXPECT_TRUE(document->nodes[0].has_children);
  EXPECT_FALSE(document->nodes[1].has_children);
}

TEST(TndsReader, TNDS_043_NamespaceMayBeAbsent) {
  const auto document =
      read_tnds("<MgmtTree><VerDTD>1.2</VerDTD><Node><NodeName>A</NodeName></Node></MgmtTree>", Limits{});
  ASSERT_TRUE(document) << document.error().detail;
  EXPECT_EQ(document->nodes[0].relative, "A");
}

TEST(TndsReader, TNDS_074_WbxmlSampleReads) {
  const Octets sample = read_hex_file("tests/vectors/tnds/sample.hex");
  ASSERT_EQ(sample.size(), 97u);
  const auto document = read_tnds(sample, Limits{});
  ASSERT_TRUE(document) << document.error().detail;
  ASSERT_EQ(document->nodes.size(), 2u);
  EXPECT_EQ(document->nodes[0].relative, "Cfg");
  EXPECT_EQ(document->nodes[0].format, Format::node);
  EXPECT_EQ(document->nodes[0].type, "");
  EXPECT_EQ(document->nodes[1].relative, "Cfg/Host");
  EXPECT_EQ(document->nodes[1].type, "text/plain");
  EXPECT_EQ(document->nodes[1].value, "h1");
}

TEST(TndsReader, TNDS_035_OpaqueValuesAreRawOctets) {
  Octets sample = read_hex_file("tests/vectors/tnds/sample.hex");
  const std::size_t value = sample.rfind("\x03h1");
  ASSERT_NE(value, std::string::npos);
  sample.replace(value, 4, Octets("\xC3\x03\x00\xFFz", 5));  // STR_I "h1" NUL becomes OPAQUE of three octets
  const auto document = read_tnds(sample, Limits{});
  ASSERT_TRUE(document) << document.error().detail;
  EXPECT_EQ(document->nodes[1].value, Octets("\x00\xFFz", 3));
  EXPECT_TRUE(document->nodes[1].value_is_opaque);
}

TEST(TndsReader, TNDS_072_OlderWbxmlVersionsRead) {
  Octets sample = read_hex_file("tests/vectors/tnds/sample.hex");
  for (const char version : {'\x01', '\x02', '\x03'}) {
    sample[0] = version;
    EXPECT_TRUE(read_tnds(sample, Limits{})) << int{version};
  }
}

TEST(TndsReader, EveryTruncationIsRefused) {
  const Octets wbxml = read_hex_file("tests/vectors/tnds/sample.hex");
  for (std::size_t size = 0; size < wbxml.size(); ++size) {
    EXPECT_FALSE(read_tnds(Bytes(wbxml).substr(0, size), Limits{})) << size;
  }
  const std::string xml(trim(read_source_file("tests/vectors/tnds/w1_nested_add.xml")));
  for (std::size_t size = 0; size < xml.size(); ++size) {
    EXPECT_FALSE(read_tnds(Bytes(xml).substr(0, size), Limits{})) << size;
  }
  EXPECT_FALSE(read_tnds(wbxml + '\x01', Limits{}));
}

TEST(TndsReader, LimitsHold) {
  std::string deep;
  for (int i = 0; i < 80; ++i) deep += "<Node><NodeName>n</NodeName>";
  for (int i = 0; i < 80; ++i) deep += "</Node>";
  EXPECT_EQ(refusal(deep), Errc::too_large);
  // A long name high up is repeated in the address of every node below it.
  std::string wide = "<Node><NodeName>" + std::string(100000, 'a') + "</NodeName>";
  for (int i = 0; i < 1000; ++i) wide += "<Node><NodeName>" + std::to_string(i) + "</NodeName></Node>";
  EXPECT_EQ(refusal(wide + "</Node>"), Errc::too_large);
}

}  // namespace
}  // namespace omadm
