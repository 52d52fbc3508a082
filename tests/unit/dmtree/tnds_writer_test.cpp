#include <gtest/gtest.h>

#include <string>

#include "dmtree/tnds/tnds.h"
#include "tests/support/tree_device.h"

namespace omadm {
namespace {

using test::read_hex_file;
using test::read_source_file;
using test::TreeDevice;
using test::uri;

TndsSelection selected(std::string_view list) {
  const Result<TndsSelection> selection = TndsSelection::parse(list);
  EXPECT_TRUE(selection) << list;
  return selection.value_or(TndsSelection{});
}

std::string written(const Transaction& transaction, std::string_view address, std::string_view list,
                    Encoding encoding = Encoding::xml) {
  const Result<Octets> document = write_tnds(transaction, uri(address), encoding, selected(list));
  EXPECT_TRUE(document) << document.error().detail;
  return document.value_or("");
}

// Without the line breaks that make a vector readable.
std::string one_line(std::string text) {
  std::erase(text, '\n');
  return text;
}

TEST(TndsSelection, TNDS_051_ListsSelectProperties) {
  const TndsSelection all = selected("TNDS");
  EXPECT_TRUE(all.acl && all.format && all.title && all.tstamp && all.type && all.verno && all.value);
  const TndsSelection plus = selected("TNDS+Value+ACL");
  EXPECT_TRUE(plus.value && plus.acl);
  EXPECT_FALSE(plus.format || plus.title || plus.tstamp || plus.type || plus.verno);
  const TndsSelection minus = selected("TNDS-Value-ACL");
  EXPECT_FALSE(minus.value || minus.acl);
  EXPECT_TRUE(minus.format && minus.title && minus.tstamp && minus.type && minus.verno);
}

TEST(TndsSelection, TNDS_051_OtherListsAreUnsupported) {
  for (const char* list : {"", "tnds", "Struct", "TNDS ACL", "TNDSX", "TNDS+", "TNDS-", "TNDS+ACL-Format",
                           "TNDS-Format+ACL", "TNDS+Name", "TNDS+Size", "TNDS-Size", "TNDS+acl", "TNDS++ACL"}) {
    const auto selection = TndsSelection::parse(list);
    ASSERT_FALSE(selection) << list;
    EXPECT_EQ(selection.error().code, Errc::unsupported) << list;
  }
}

class TndsWriter : public ::testing::Test {
 protected:
  void SetUp() override {
    device.interior("./Ven", "", "Add=A&Get=A&Replace=A&Delete=A");
    device.leaf("./Ven/Old", "x");
    device.interior("./Ven/Keep");
    device.leaf("./Ven/Keep/a", "1");
    device.leaf("./Ven/Keep/b", "2");
  }
  TreeDevice device;
};

TEST_F(TndsWriter, TNDS_048_W8_GetOfValues) {
  EXPECT_EQ(written(device.as_server("A"), "./Ven/Keep", "TNDS+Value"),
            one_line(read_source_file("tests/vectors/tnds/w8_get.xml")));
}

TEST_F(TndsWriter, TNDS_031_RTPropertiesAreAlwaysWritten) {
  EXPECT_EQ(written(device.as_server("A"), "./Ven/Old", "TNDS+Format+Type"),
            "<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD><Node><NodeName>Old</NodeName><RTProperties>"
            "<Format><chr/></Format><Type><MIME>text/plain</MIME></Type></RTProperties></Node></MgmtTree>");
}

TEST_F(TndsWriter, TNDS_052_TypeIsThereOnlyWhenListed) {
  for (const char* without : {"TNDS-Type", "TNDS+Format+Value"}) {
    EXPECT_EQ(written(device.as_server("A"), "./Ven", without).find("<Type>"), std::string::npos) << without;
  }
  for (const char* with : {"TNDS", "TNDS+Type", "TNDS-Format"}) {
    const std::string document = written(device.as_server("A"), "./Ven", with);
    EXPECT_NE(document.find("<Type><DDFName/></Type>"), std::string::npos) << document;
    EXPECT_NE(document.find("<Type><MIME>text/plain</MIME></Type>"), std::string::npos) << document;
  }
}

TEST_F(TndsWriter, TNDS_054_OwnAclOnlyAndEmptyOnesLeftOut) {
  const std::string document = written(device.as_server("A"), "./Ven", "TNDS+ACL");
  EXPECT_NE(document.find("<ACL>Add=A&amp;Delete=A&amp;Get=A&amp;Replace=A</ACL>"), std::string::npos) << document;
  EXPECT_EQ(document.find("<ACL>"), document.rfind("<ACL>"));
}

TEST_F(TndsWriter, TNDS_053_NodesWithoutGetRightAreLeftOut) {
  device.interior("./Ven/Hidden", "", "Get=B");
  device.leaf("./Ven/Hidden/inner", "secret");
  const std::string document = written(device.as_server("A"), "./Ven", "TNDS");
  EXPECT_EQ(document.find("Hidden"), std::string::npos);
  EXPECT_EQ(document.find("secret"), std::string::npos);
  EXPECT_NE(document.find("Keep"), std::string::npos);
}

TEST_F(TndsWriter, TNDS_048_RefusedWithoutRightOnTheStart) {
  const auto refused = write_tnds(device.as_server("B"), uri("./Ven"), Encoding::xml, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::permission_denied);
  const auto missing = write_tnds(device.as_server("A"), uri("./Ven/None"), Encoding::xml, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
}

TEST_F(TndsWriter, TNDS_076_SampleComesBackOctetByOctet) {
  const Octets sample = read_hex_file("tests/vectors/tnds/sample.hex");
  const auto document = read_tnds(sample, Limits{});
  ASSERT_TRUE(document);
  Transaction transaction = device.as_server("A");
  ASSERT_TRUE(add_tnds(transaction, uri("./Ven"), *document));
  EXPECT_EQ(written(transaction, "./Ven/Cfg", "TNDS+Format+Type+Value", Encoding::wbxml), sample);
}

// All text here is ASCII, so an octet over 0x7F would be a tag with attributes.
TEST_F(TndsWriter, TNDS_071_WbxmlHasNoAttributesAndImpliesTheNamespace) {
  const std::string wbxml = written(device.as_server("A"), "./Ven", "TNDS", Encoding::wbxml);
  EXPECT_EQ(wbxml.find("syncml:dmddf"), std::string::npos);
  const std::size_t body = wbxml.find(Octets("EN\0\0\x02", 5));
  ASSERT_NE(body, std::string::npos);
  EXPECT_EQ(wbxml.substr(body + 5, 2), "\x60\x77") << "MgmtTree and VerDTD with content alone";
  for (std::size_t i = body + 5; i < wbxml.size(); ++i) EXPECT_EQ(wbxml[i] & 0x80, 0) << "octet " << i;
  const auto read = read_tnds(wbxml, Limits{});
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->nodes.size(), 5u);
}

TEST_F(TndsWriter, TNDS_075_VersionsAreSpeltWithACapital) {
  const std::string xml = written(device.as_server("A"), "./Ven/Old", "TNDS+VerNo");
  EXPECT_EQ(xml,
            "<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD><Node><NodeName>Old</NodeName><RTProperties>"
            "<VerNo>0</VerNo></RTProperties></Node></MgmtTree>");
  const std::string wbxml = written(device.as_server("A"), "./Ven/Old", "TNDS+VerNo", Encoding::wbxml);
  EXPECT_NE(wbxml.find(Octets("\x77\x03"
                              "1.2",
                              5)),
            std::string::npos);
  EXPECT_NE(wbxml.find(Octets("\x78\x03"
                              "0",
                              3)),
            std::string::npos);
  std::string lower = xml;
  for (std::size_t at = lower.find("VerDTD"); at != std::string::npos; at = lower.find("VerDTD")) lower[at] = 'v';
  const auto refused = read_tnds(lower, Limits{});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::bad_format);
}

TEST_F(TndsWriter, TNDS_039_TheRootHasNoName) {
  const std::string document = written(device.as_device(), ".", "TNDS+Value");
  EXPECT_TRUE(document.starts_with(
      "<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD><Node><NodeName/><RTProperties/><Node><NodeName>Ven"))
      << document;
}

TEST_F(TndsWriter, WhatTheClientKeepsForItselfIsNotExported) {
  device.leaf("./.omadm/note", "private");
  EXPECT_EQ(written(device.as_device(), ".", "TNDS").find("omadm"), std::string::npos);
}

// Both encodings carry any octets; what is read back is what was there.
TEST_F(TndsWriter, TNDS_035_BinaryValuesSurviveBothEncodings) {
  const std::string octets("\x00\x01\xFF]]><x/>", 10);
  device.leaf("./Ven/Keep/bin", octets, Format::bin);
  device.leaf("./Ven/Keep/native", "AAEC", Format::b64);
  device.leaf("./Ven/Keep/text", " <a> & \"b\" ]]> \n\t", Format::chr);
  device.interior("./Copy");
  for (const Encoding encoding : {Encoding::xml, Encoding::wbxml}) {
    const auto document = read_tnds(written(device.as_device(), "./Ven/Keep", "TNDS", encoding), Limits{});
    ASSERT_TRUE(document) << document.error().detail;
    Transaction transaction = device.as_device();
    ASSERT_TRUE(add_tnds(transaction, uri("./Copy"), *document));
    EXPECT_EQ(transaction.peek(uri("./Copy/Keep/bin"))->data, octets);
    EXPECT_EQ(transaction.peek(uri("./Copy/Keep/bin"))->format, Format::bin);
    EXPECT_EQ(transaction.peek(uri("./Copy/Keep/native"))->data, "AAEC");
    EXPECT_EQ(transaction.peek(uri("./Copy/Keep/native"))->format, Format::b64);
    EXPECT_EQ(transaction.peek(uri("./Copy/Keep/text"))->data, " <a> & \"b\" ]]> \n\t");
  }
}

TEST(TndsWriterSecrets, MO_010_SecretsAreNeverExported) {
  TreeDevice device{"mo/dmacc/dmacc.ddf.xml"};
  device.interior("./DMAcc/1", "urn:oma:mo:oma-dm-dmacc:1.0", "Get=A&Replace=A");
  device.interior("./DMAcc/1/AppAuth");
  device.interior("./DMAcc/1/AppAuth/1");
  device.leaf("./DMAcc/1/AppAuth/1/AAuthName", "alice");
  device.leaf("./DMAcc/1/AppAuth/1/AAuthSecret", "hush-hush");
  for (const Transaction& transaction :
       {device.as_device(), device.as_server("A"), device.tree().begin(Principal::user())}) {
    for (const Encoding encoding : {Encoding::xml, Encoding::wbxml}) {
      const std::string document = written(transaction, "./DMAcc/1", "TNDS", encoding);
      EXPECT_NE(document.find("alice"), std::string::npos);
      EXPECT_EQ(document.find("hush-hush"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace omadm
