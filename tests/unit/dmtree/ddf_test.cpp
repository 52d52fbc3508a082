// Device descriptions: [TND] "Device Description Framework".
#include "dmtree/ddf/ddf.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/source_folder.h"
#include "tests/unit/dmtree/tree_fixture.h"

namespace omadm::test {
namespace {

// A Node with the parts every description needs; `more` goes where child Nodes go.
std::string node(const std::string& name, const std::string& format = "node", const std::string& more = "",
                 const std::string& properties = "") {
  return "<Node><NodeName>" + name + "</NodeName><DFProperties><AccessType><Get/></AccessType><DFFormat><" + format +
         "/></DFFormat>" + properties + "<DFType/></DFProperties>" + more + "</Node>";
}
std::string document(const std::string& nodes, const std::string& version = "1.2") {
  return "<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>" + version + "</VerDTD>" + nodes + "</MgmtTree>";
}
std::string added(Ddf& ddf, const std::string& text) { return outcome(ddf.add(text, "test.xml")); }

class DdfTest : public ::testing::Test {
 protected:
  const DdfNode& find(std::string_view uri) {
    const DdfNode* found = ddf.find(at(uri));
    EXPECT_NE(found, nullptr) << uri;
    return found != nullptr ? *found : ddf.root();
  }
  Ddf ddf;
};

TEST_F(DdfTest, TNDS_001_TNDS_019_WhatXmlMayBring) {
  const std::string nodes =
      node("A", "node", "<v:Extra xmlns:v=\"urn:vendor\"><v:Node/>text</v:Extra>" + node("B", "chr"));
  EXPECT_EQ(added(ddf,
                  "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!DOCTYPE MgmtTree PUBLIC \"-//OMA//DTD-DM-DDF 1.2//EN\" "
                  "\"http://www.openmobilealliance.org/tech/DTD/dm_ddf-v1_2.dtd\" "
                  "[<!ATTLIST MgmtTree xmlns CDATA #IMPLIED>]>\n<!-- c -->" +
                      document(nodes)),
            "ok");
  EXPECT_EQ(find("./A/B").formats, std::vector<Format>{Format::chr});
  Ddf plain;
  EXPECT_EQ(added(plain, "<MgmtTree><VerDTD>1.2</VerDTD>" + node("A") + "</MgmtTree>"), "ok") << "no namespace";
  Ddf older;
  EXPECT_EQ(
      added(older, "<MgmtTree xmlns=\"syncml:dmddf\" xml:lang=\"en\"><VerDTD>1.2</VerDTD>" + node("A") + "</MgmtTree>"),
      "ok");
}

// How descriptions in the field look: a DOCTYPE with a blank and an instruction inside, children of the vendor's
// everywhere, MIME for an object's identifier, a Path with a slash at its end, no DFType at all.
TEST_F(DdfTest, TNDS_001_TNDS_005_TNDS_019_DescriptionsOfTheField) {
  ASSERT_EQ(added(ddf, R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE MgmtTree PUBLIC " -//OMA//DTD-DM-DDF 1.2//EN"
  "http://www.openmobilealliance.org/tech/DTD/DM_DDF-V1_2.dtd"
  [<?oma-dm-ddf-ver supported-versions="1.2"?>]>
<MgmtTree xmlns:V="urn:vendor">
  <VerDTD>1.2</VerDTD>
  <V:Diagnostics><V:Node>not ours</V:Node></V:Diagnostics>
  <Node>
    <NodeName>Gadget</NodeName>
    <Path>./Device/Vendor/Works/</Path>
    <DFProperties>
      <AccessType><Get /></AccessType>
      <DFFormat><node /></DFFormat>
      <Occurrence><One /></Occurrence>
      <Scope><Permanent /></Scope>
      <V:RWAccess>1</V:RWAccess>
      <DFType><MIME>com.vendor/1.0/MDM/Gadget</MIME></DFType>
      <V:MinValue></V:MinValue>
      <Description>What it does &amp; how</Description>
    </DFProperties>
    <Node>
      <NodeName></NodeName>
      <!-- one each -->
      <DFProperties>
        <AccessType><Add /><Delete /><Get /></AccessType>
        <DFFormat><node /></DFFormat>
        <Occurrence><OneOrMore /></Occurrence>
        <Scope><Dynamic /></Scope>
        <V:DynamicNodeNaming><V:UniqueName>name</V:UniqueName></V:DynamicNodeNaming>
      </DFProperties>
      <Node>
        <NodeName>Level</NodeName>
        <DFProperties>
          <AccessType><Get /><Replace /></AccessType>
          <DefaultValue></DefaultValue>
          <DFFormat><int /></DFFormat>
          <Occurrence><ZeroOrOne /></Occurrence>
          <CaseSense><CIS /></CaseSense>
          <DFType><MIME>text/plain</MIME></DFType>
          <V:AllowedValues ValueType="Range"><V:Value>[0-9]</V:Value></V:AllowedValues>
        </DFProperties>
      </Node>
    </Node>
  </Node>
  <Node>
    <NodeName>Gadget</NodeName>
    <Path>./User/Vendor/Works</Path>
    <DFProperties><AccessType><Get /></AccessType><DFFormat><node /></DFFormat><DFType><DDFName></DDFName></DFType></DFProperties>
  </Node>
</MgmtTree>
)"),
            "ok");
  EXPECT_EQ(find("./Device/Vendor/Works/Gadget").types, std::vector<std::string>{"com.vendor/1.0/MDM/Gadget"});
  EXPECT_EQ(find("./Device/Vendor/Works/Gadget").description, "What it does & how");
  EXPECT_EQ(find("./Device/Vendor/Works/Gadget/a").min_occurs, 1u);
  EXPECT_EQ(find("./Device/Vendor/Works/Gadget/a/Level").formats, std::vector<Format>{Format::int_});
  EXPECT_FALSE(find("./Device/Vendor/Works/Gadget/a/Level").default_value);
  EXPECT_TRUE(find("./User/Vendor/Works/Gadget").is_open());
}

TEST_F(DdfTest, RootsAreWhereADocumentBegins) {
  const std::string text = document(
      "<Node><NodeName>A</NodeName><Path>./V</Path><DFProperties><AccessType/><DFFormat><node/></DFFormat>"
      "</DFProperties></Node>" +
      node("B"));
  EXPECT_EQ(Ddf::roots(text, "t.xml").value_or(std::vector<Uri>()), (std::vector<Uri>{at("./V/A"), at("./B")}));
  const auto nameless = Ddf::roots(document("\n" + node("")), "t.xml");
  ASSERT_FALSE(nameless);
  EXPECT_EQ(nameless.error().code, Errc::unsupported);
  EXPECT_EQ(nameless.error().detail, "t.xml:2: nobody can own a top Node without a name");
}

TEST_F(DdfTest, TNDS_001_EntitiesAreRefused) {
  EXPECT_EQ(added(ddf, "<!DOCTYPE MgmtTree [<!ENTITY e \"x\">]>" + document(node("A"))), "malformed");
}

TEST_F(DdfTest, TNDS_002_TNDS_062_Versions) {
  for (const char* version : {"1.2", " 1.2 ", "1.2.1", "1.1.2"}) {
    Ddf one;
    EXPECT_EQ(added(one, document(node("A"), version)), "ok") << version;
  }
  for (const char* version : {"1.3", "2.0", "1.1", "", "1.20"}) {
    Ddf one;
    EXPECT_EQ(added(one, document(node("A"), version)), "unsupported") << version;
  }
  EXPECT_EQ(added(ddf, "<MgmtTree>" + node("A") + "</MgmtTree>"), "malformed");
  EXPECT_EQ(added(ddf, document("")), "malformed");
}

TEST_F(DdfTest, TNDS_062_InteriorNodesOf112NameAMimeType) {
  EXPECT_EQ(
      added(ddf, document("<Node><NodeName>A</NodeName><DFProperties><AccessType><Get/></AccessType><DFFormat><node/>"
                          "</DFFormat><DFType><MIME>text/plain</MIME></DFType></DFProperties></Node>",
                          "1.1.2")),
      "ok");
  EXPECT_TRUE(find("./A").types.empty());
}

TEST_F(DdfTest, TNDS_003_TNDS_004_PlaceholdersTakeAnyName) {
  EXPECT_EQ(added(ddf, document(node("A", "node", node("", "node", node("Leaf", "chr")) + node("Named", "chr")))),
            "ok");
  EXPECT_EQ(find("./A/x/Leaf").name, "Leaf");
  EXPECT_EQ(find("./A/x").name, "");
  EXPECT_EQ(find("./A/Named").name, "Named") << "the name is stronger";
  EXPECT_EQ(ddf.find(at("./A/x/Other")), nullptr);
  EXPECT_EQ(ddf.find(at("./B")), nullptr);
}

TEST_F(DdfTest, TNDS_003_NodesWithoutChildrenAreOpen) {
  EXPECT_EQ(added(ddf, document(node("A", "node", node("Ext") + node("Leaf", "chr")))), "ok");
  EXPECT_TRUE(ddf.may_exist(at("./A/Ext/any/thing")));
  EXPECT_TRUE(ddf.may_exist(at("./Other/thing")));
  EXPECT_FALSE(ddf.may_exist(at("./A/Other")));
  EXPECT_FALSE(ddf.may_exist(at("./A/Leaf/x")));
  EXPECT_EQ(
      added(ddf, document("<Node><NodeName>Mine</NodeName><Path>./A/Ext</Path><DFProperties><AccessType/><DFFormat>"
                          "<chr/></DFFormat><DFType/></DFProperties></Node>")),
      "ok");
  EXPECT_EQ(find("./A/Ext/Mine").formats, std::vector<Format>{Format::chr});
  EXPECT_TRUE(ddf.may_exist(at("./A/Ext/Other"))) << "still open for others";
}

TEST_F(DdfTest, TNDS_005_PathsPlaceNodes) {
  const auto with_path = [](const std::string& path) {
    return document("<Node><NodeName>X</NodeName><Path>" + path +
                    "</Path><DFProperties><AccessType/><DFFormat><chr/></DFFormat><DFType/></DFProperties></Node>");
  };
  EXPECT_EQ(added(ddf, with_path("./Vendor/Sub")), "ok");
  EXPECT_EQ(find("./Vendor/Sub/X").name, "X");
  EXPECT_TRUE(find("./Vendor").implied);
  EXPECT_TRUE(ddf.may_exist(at("./Vendor/other"))) << "nobody has described Vendor";
  EXPECT_EQ(added(ddf, with_path("Other/")), "ok");
  EXPECT_EQ(find("./Other/X").name, "X");
  EXPECT_EQ(added(ddf, with_path(".")), "ok");
  EXPECT_EQ(find("./X").name, "X");
  EXPECT_EQ(added(ddf, with_path("./A//B")), "malformed");
  EXPECT_EQ(added(ddf, with_path("./X")), "malformed") << "./X is a leaf";
  EXPECT_EQ(added(ddf, document(node("Vendor", "node", node("Sub")))), "ok");
  EXPECT_FALSE(find("./Vendor").implied) << "now it is described";
  EXPECT_EQ(find("./Vendor/Sub/X").name, "X");
}

TEST_F(DdfTest, TNDS_006_TNDS_015_DefaultValues) {
  const auto with_default = [](const std::string& format, const std::string& value, const std::string& more = "") {
    return document(node("L", format, more, "<DefaultValue>" + value + "</DefaultValue>"));
  };
  EXPECT_EQ(added(ddf, with_default("chr", " a &amp; b ")), "ok");
  EXPECT_EQ(find("./L").default_value, " a & b ");
  EXPECT_EQ(added(ddf, with_default("int", " 5 ")), "ok");
  EXPECT_EQ(find("./L").default_value, "5");
  EXPECT_EQ(added(ddf, with_default("bin", "AP8=")), "ok");
  EXPECT_EQ(find("./L").default_value, std::string("\0\xFF", 2));
  EXPECT_EQ(added(ddf, with_default("int", "five")), "malformed");
  EXPECT_EQ(added(ddf, document(node("V", "chr", "<Value>v</Value>"))), "ok");
  EXPECT_EQ(find("./V").default_value, "v");
}

TEST_F(DdfTest, TNDS_007_RunTimeProperties) {
  const std::string block = "<RTProperties><ACL>Get=*</ACL><TStamp/><VerNo/><Type><DDFName/></Type></RTProperties>";
  EXPECT_EQ(added(ddf, document(node("A", "node", block) + node("B"))), "ok");
  EXPECT_TRUE(find("./A").has(Property::tstamp));
  EXPECT_TRUE(find("./A").has(Property::name));
  EXPECT_FALSE(find("./A").has(Property::title));
  EXPECT_FALSE(find("./B").has(Property::tstamp));
  EXPECT_TRUE(find("./B").has(Property::acl));
}

TEST_F(DdfTest, TNDS_009_AccessTypes) {
  EXPECT_EQ(added(ddf, ddf_xml({{.name = "A", .access = "Replace Get Copy"}})), "ok");
  EXPECT_TRUE(find("./A").can(AccessType::get));
  EXPECT_TRUE(find("./A").can(AccessType::copy));
  EXPECT_TRUE(find("./A").can(AccessType::replace));
  EXPECT_FALSE(find("./A").can(AccessType::add));
  EXPECT_FALSE(find("./A").can(AccessType::delete_));
  EXPECT_FALSE(find("./A").can(AccessType::exec));
}

TEST_F(DdfTest, TNDS_010_Occurrences) {
  const auto bounds = [&](const std::string& occurrence) {
    EXPECT_EQ(added(ddf, ddf_xml({{.name = "A", .occurrence = occurrence}})), "ok") << occurrence;
    return std::pair(find("./A").min_occurs, find("./A").max_occurs);
  };
  EXPECT_EQ(bounds(""), std::pair(1U, 1U));
  EXPECT_EQ(bounds("One"), std::pair(1U, 1U));
  EXPECT_EQ(bounds("ZeroOrOne"), std::pair(0U, 1U));
  EXPECT_EQ(bounds("ZeroOrMore"), std::pair(0U, 0U));
  EXPECT_EQ(bounds("OneOrMore"), std::pair(1U, 0U));
  EXPECT_EQ(bounds("ZeroOrN 65536"), std::pair(0U, 65536U));
  EXPECT_EQ(bounds("OneOrN 2"), std::pair(1U, 2U));
  for (const char* wrong : {"OneOrN 1", "ZeroOrN 65537", "ZeroOrN x", "ZeroOrN"}) {
    EXPECT_EQ(added(ddf, ddf_xml({{.name = "A", .occurrence = wrong}})), "malformed") << wrong;
  }
}

TEST_F(DdfTest, TNDS_011_ScopeIsDynamicUnlessPermanent) {
  EXPECT_EQ(
      added(ddf, ddf_xml({{.name = "A"}, {.name = "B", .scope = "Permanent"}, {.name = "C", .scope = "Dynamic"}})),
      "ok");
  EXPECT_EQ(find("./A").scope, Scope::dynamic);
  EXPECT_EQ(find("./B").scope, Scope::permanent);
  EXPECT_EQ(find("./C").scope, Scope::dynamic);
}

TEST_F(DdfTest, TNDS_012_TNDS_013_FormatsAndTypes) {
  for (const char* format : {"b64", "bin", "bool", "chr", "int", "node", "null", "xml", "date", "time", "float"}) {
    EXPECT_EQ(added(ddf, ddf_xml({{.name = std::string("F") + format, .format = format, .types = "a/b c/d"}})), "ok");
    const DdfNode& described = find(std::string("./F") + format);
    EXPECT_EQ(described.formats.front(), *format_from(format));
    EXPECT_EQ(described.types, (std::vector<std::string>{"a/b", "c/d"}));
  }
}

TEST_F(DdfTest, TNDS_014_CaseSenseIsReadAndNamesStayExact) {
  EXPECT_EQ(added(ddf, document(node("A", "node", node("b", "chr"), "<CaseSense><CIS/></CaseSense>"))), "ok");
  EXPECT_EQ(ddf.find(at("./a")), nullptr);
}

TEST_F(DdfTest, TNDS_016_TheMoreLocalDescriptionWins) {
  const std::string local =
      "<Node><NodeName>Ext</NodeName><Path>./A</Path><DFProperties><AccessType><Add/></AccessType><DFFormat><node/></"
      "DFFormat>"
      "<DFType/></DFProperties>" +
      node("Own", "chr") + "</Node>";
  const std::string global = node("A", "node", node("Ext", "node", node("Common", "chr")));
  for (const bool local_first : {true, false}) {
    Ddf both;
    EXPECT_EQ(added(both, document(local_first ? local : global)), "ok");
    EXPECT_EQ(added(both, document(local_first ? global : local)), "ok");
    const DdfNode* ext = both.find(at("./A/Ext"));
    ASSERT_NE(ext, nullptr);
    EXPECT_TRUE(ext->can(AccessType::add)) << local_first;
    EXPECT_FALSE(ext->can(AccessType::get)) << local_first;
    EXPECT_NE(both.find(at("./A/Ext/Own")), nullptr);
    EXPECT_NE(both.find(at("./A/Ext/Common")), nullptr);
    EXPECT_TRUE(both.find(at("./A"))->can(AccessType::get));
  }
}

TEST_F(DdfTest, TNDS_016_TheLaterOneWinsAmongEquals) {
  EXPECT_EQ(added(ddf, ddf_xml({{.name = "A", .access = "Get"}})), "ok");
  EXPECT_EQ(added(ddf, ddf_xml({{.name = "A", .access = "Add"}})), "ok");
  EXPECT_TRUE(find("./A").can(AccessType::add));
  EXPECT_FALSE(find("./A").can(AccessType::get));
}

TEST_F(DdfTest, RootCanBeDescribed) {
  EXPECT_EQ(added(ddf, document(node(".", "node", node("A", "chr")))), "ok");
  EXPECT_TRUE(ddf.root().can(AccessType::get));
  EXPECT_FALSE(ddf.root().can(AccessType::add));
  EXPECT_EQ(ddf.root().scope, Scope::permanent);
  EXPECT_TRUE(ddf.may_exist(at("./Other")));
  EXPECT_EQ(find("./A").name, "A");
  EXPECT_EQ(added(ddf, document(node(".", "chr"))), "malformed");
  EXPECT_EQ(added(ddf, document(node("A", "node", node(".")))), "malformed");
}

TEST_F(DdfTest, ErrorsNameFileLineAndReason) {
  struct Broken {
    std::string text;
    std::string expected;
  };
  const std::string head = "<MgmtTree>\n<VerDTD>1.2</VerDTD>\n";
  const std::string parts = "<DFProperties><AccessType/><DFFormat><node/></DFFormat></DFProperties>";
  std::string deep_path = ".";
  for (int i = 0; i < 256; ++i) deep_path += "/n";
  const std::vector<Broken> cases{
      {head + "<Node><NodeName>A</NodeName></Node></MgmtTree>", "f.xml:3: Node without DFProperties"},
      {head + "\n<Node>" + parts + "</Node></MgmtTree>", "f.xml:4: Node without NodeName"},
      {head + "<Node><NodeName>A/B</NodeName>" + parts + "</Node></MgmtTree>", "f.xml:3: NodeName"},
      {head + node("A", "chr", node("B")) + "</MgmtTree>", "f.xml:3: a leaf with child Nodes"},
      {head + node("A", "node", node("B") + "<Value>1</Value>") + "</MgmtTree>",
       "f.xml:3: Node with both Value and Node"},
      {head + node("A", "node", node("B") + "\n" + node("B")) + "</MgmtTree>", "f.xml:4: a second Node named B"},
      {head + "<Node><NodeName>A</NodeName>\n<DFProperties><AccessType><Node/></AccessType></DFProperties></Node></"
              "MgmtTree>",
       "f.xml:4: unknown AccessType"},
      {head + node("A", "date") + "\nstray</MgmtTree>", "text between elements"},
      {head + node("A", "Get") + "</MgmtTree>", "unknown DFFormat"},
      {head + "<Node><NodeName>.</NodeName><Path>./A</Path>" + parts + "</Node></MgmtTree>",
       "f.xml:3: Path of the root"},
      {head + node("A", "chr") + "\n<Node><NodeName>B</NodeName><Path>./A/</Path>" + parts + "</Node></MgmtTree>",
       "f.xml:4: ./A is a leaf and has Nodes below it"},
      {head + "<Node><NodeName>B</NodeName><Path>./A</Path>" + parts + "</Node>\n" + node("A", "chr") + "</MgmtTree>",
       "f.xml:4: ./A is a leaf and has Nodes below it"},
      {head + "<Node><NodeName>B</NodeName><Path>./A/.</Path>" + parts + "</Node></MgmtTree>", "f.xml:3: Path"},
      {head + node(".", "chr") + "</MgmtTree>", "f.xml:3: the root is a leaf"},
      {head + node("A", "chr", "", "<DFType><MIME>text/x\tl</MIME></DFType>") + "</MgmtTree>", "f.xml:3: DFType"},
      {head + "<Node><NodeName>B</NodeName><Path>" + deep_path + "</Path>" + parts + "</Node></MgmtTree>",
       "f.xml:3: an address would have more than 256 segments"},
      {"<SyncML/>", "f.xml:1: the root element is not MgmtTree"},
      {head + node("A"), "f.xml:"},
      {"", "f.xml:"},
  };
  for (const Broken& broken : cases) {
    Ddf one;
    const Result<void> result = one.add(broken.text, "f.xml");
    ASSERT_FALSE(result) << broken.text;
    EXPECT_EQ(result.error().code, Errc::malformed) << broken.text;
    EXPECT_NE(result.error().detail.find(broken.expected), std::string::npos) << result.error().detail;
    EXPECT_TRUE(one.root().children.empty()) << "nothing of it is kept";
  }
}

TEST_F(DdfTest, LimitsHold) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep = node("n", "node", deep);
  EXPECT_EQ(added(ddf, document(deep)), "too_large");
  Limits limits;
  limits.max_octets = 20;
  EXPECT_EQ(outcome(ddf.add(document(node("A")), "f.xml", limits)), "too_large");
}

TEST_F(DdfTest, TNDS_047_ObjectsAreLocatedByIdentifier) {
  EXPECT_EQ(added(ddf, ddf_xml({{.name = "Acc",
                                 .children = {{.name = "",
                                               .types = "urn:x:acc:1.0 urn:x:acc:1.1",
                                               .children = {{.name = "In", .types = "urn:x:in:1.0"}}}}},
                                {.name = "Info", .types = "urn:x:info:1.0"},
                                {.name = "Leaf", .format = "chr", .types = "urn:x:leaf:1.0"}})),
            "ok");
  const auto place = [&](std::string_view id) {
    const std::optional<Placement> found = ddf.locate(id);
    return found ? found->parent.str() + " " + found->name : "none";
  };
  EXPECT_EQ(place("urn:x:acc:1.0"), "./Acc ");
  EXPECT_EQ(place("urn:x:acc:1.1"), "./Acc ");
  EXPECT_EQ(place("urn:x:info:1.0"), ". Info");
  EXPECT_EQ(place("urn:x:in:1.0"), "none") << "below a free name";
  EXPECT_EQ(place("urn:x:leaf:1.0"), "none");
  EXPECT_EQ(place(""), "none");
}

TEST(DdfFiles, TNDS_017_OurOwnDescriptionsAreRead) {
  std::size_t files = 0;
  Ddf all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source_folder() + "/mo")) {
    if (!entry.path().string().ends_with(".ddf.xml")) continue;
    std::ifstream file(entry.path());
    std::ostringstream content;
    content << file.rdbuf();
    const Result<void> read = all.add(content.str(), entry.path().filename().string());
    EXPECT_TRUE(read) << read.error().detail;
    ++files;
  }
  EXPECT_GE(files, 4U);
  ASSERT_NE(all.find(at("./DMAcc/x/AppAuth/y/AAuthSecret")), nullptr);
  EXPECT_FALSE(all.find(at("./DMAcc/x/AppAuth/y/AAuthSecret"))->can(AccessType::get));
}

using DdfTreeTest = TreeTest;

// Either of two nodes, but not both: a DDF can only say that both are optional.
TEST_F(DdfTreeTest, TNDS_018_OptionalNodesDoNotExcludeEachOther) {
  describe({{.name = "P",
             .scope = "Permanent",
             .children = {{.name = "a", .format = "chr", .occurrence = "ZeroOrOne"},
                          {.name = "b", .format = "chr", .occurrence = "ZeroOrOne"}}}});
  open();
  EXPECT_EQ(text("./P"), "ok ");
  prepare({"Replace .?prop=ACL Add=*&Delete=*&Get=*"});
  EXPECT_EQ(server("A", "Add ./P/b chr 2"), "ok");
  EXPECT_EQ(server("A", "Add ./P/a chr 1"), "ok");
  EXPECT_EQ(server("A", "Delete ./P/b"), "ok");
  EXPECT_EQ(text("./P"), "ok a");
}

TEST_F(DdfTreeTest, TNDS_015_PermanentNodesGetTheirDefaultsAtOpen) {
  describe(
      {{.name = "P",
        .scope = "Permanent",
        .types = "urn:x:p:1.0",
        .children = {
            {.name = "c", .format = "chr", .scope = "Permanent", .types = "a/b", .default_value = "v"},
            {.name = "e", .format = "chr", .scope = "Permanent"},
            {.name = "i", .format = "int", .scope = "Permanent"},
            {.name = "b", .format = "bool", .scope = "Permanent"},
            {.name = "d", .format = "date", .scope = "Permanent"},
            {.name = "dyn", .scope = "Dynamic", .children = {{.name = "x", .format = "chr", .scope = "Permanent"}}},
            {.name = "",
             .occurrence = "ZeroOrMore",
             .children = {{.name = "y", .format = "chr", .scope = "Permanent"}}}}}});
  describe({{.name = "Q", .scope = "Permanent", .path = "./Way/To"}});
  open();
  EXPECT_EQ(text("."), "ok P/Way");
  EXPECT_EQ(text("./P"), "ok b/c/d/e/i");
  EXPECT_EQ(text("./P/c"), "ok v");
  EXPECT_EQ(device("Get ./P/c?prop=Type"), "ok a/b");
  EXPECT_EQ(device("Get ./P?prop=Type"), "ok urn:x:p:1.0");
  EXPECT_EQ(text("./P/i"), "ok 0");
  EXPECT_EQ(text("./P/b"), "ok false");
  EXPECT_EQ(text("./Way/To"), "ok Q");
  EXPECT_EQ(device("Add ./Way/other chr 1"), "ok");
  prepare({"Replace ./P/c changed", "Delete ./P/e"});
  const std::size_t commits = store.appended();
  open();
  EXPECT_EQ(text("./P/c"), "ok changed") << "only what is missing is added";
  EXPECT_TRUE(exists("./P/e"));
  EXPECT_EQ(store.appended(), commits + 1);
  open();
  EXPECT_EQ(store.appended(), commits + 1) << "nothing was missing";
}

TEST_F(DdfTreeTest, ANewDescriptionDoesNotBreakAnOldStore) {
  prepare({"Add ./P chr old"});
  describe({{.name = "P", .scope = "Permanent", .children = {{.name = "c", .format = "chr", .scope = "Permanent"}}}});
  open();
  EXPECT_EQ(text("./P"), "ok old");
}

}  // namespace
}  // namespace omadm::test
