// TNDS objects that stand in Data as markup.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/syncml/codec_fixture.h"

namespace omadm {
namespace {

using test::decoded;
using test::opaque;
using test::str;
using test::wbxml_message;
using test::xml_message;

std::string data_of(const Message& message) {
  return std::string(message.commands.at(0).items.at(0).data.value().octets);
}
std::string xml_data(const std::string& data) {
  return data_of(decoded(Encoding::xml, xml_message("<Add><Item><Data>" + data + "</Data></Item></Add>")));
}

constexpr std::string_view kTree =
    "<MgmtTree "
    "xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD><Node><NodeName>A</NodeName><RTProperties><Format><chr/></Format>"
    "</RTProperties><Value> x &amp; y </Value></Node></MgmtTree>";

TEST(InlineMarkup, TNDS_043_InlineElementsEscapedTextAndCdataAreTheSame) {
  std::string expected(kTree);
  expected.replace(expected.find("<chr/>"), 6, "<chr></chr>");
  EXPECT_EQ(xml_data(std::string(kTree)), expected);
  EXPECT_EQ(xml_data("<![CDATA[" + expected + "]]>"), expected);
  std::string escaped;
  for (const char c : expected) escaped += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  EXPECT_EQ(xml_data(escaped), expected);
}

TEST(InlineMarkup, TNDS_043_WhiteSpaceBetweenElementsIsLeftOut) {
  EXPECT_EQ(xml_data("\n <MgmtTree>\n  <VerDTD>1.2</VerDTD>\n <Node>\n<NodeName> </NodeName>\n</Node>\n</MgmtTree> \n"),
            "<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD><Node><NodeName> </NodeName></Node></MgmtTree>");
}

TEST(InlineMarkup, TNDS_019_UnknownElementsAreLeftOut) {
  EXPECT_EQ(xml_data("<MgmtTree><x:a xmlns:x='urn:x'>t<VerDTD>9</VerDTD></x:a><VerDTD>1.2</VerDTD></MgmtTree>"),
            "<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD></MgmtTree>");
}

TEST(InlineMarkup, PRO_406_TNDS_043_W7_InlineTagsOfPage2BecomeXml) {
  const Message message =
      decoded(Encoding::wbxml, wbxml_message("45 4B" + str("1") + "01 54 4F 00 02 60 77" + str("1.2") + "01 64 66" +
                                             str("A<B") + "01 01 01 01 01 00 00 01"));
  EXPECT_EQ(
      data_of(message),
      "<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD><Node><NodeName>A&lt;B</NodeName></Node></MgmtTree>");
  EXPECT_FALSE(message.commands[0].items[0].data->opaque);
}

TEST(InlineMarkup, TNDS_035_OpaqueValuesOfBinaryNodesBecomeBase64) {
  const auto node = [](const std::string& format, const std::string& value) {
    return "64 6F 5C " + format + " 01 01 76" + value + "01 01 ";
  };
  // bin is 09, chr 0B: the second node is text again.
  const Message message = decoded(
      Encoding::wbxml, wbxml_message("45 54 4F 00 02 60 " + node("09", opaque("text")) + node("0B", opaque("text")) +
                                     node("0B", opaque(std::string_view("\0\xFF", 2))) + "01 01 01 00 00 01"));
  const std::string data = data_of(message);
  EXPECT_NE(data.find("<bin></bin></Format></RTProperties><Value>dGV4dA==</Value>"), std::string::npos) << data;
  EXPECT_NE(data.find("<chr></chr></Format></RTProperties><Value>text</Value>"), std::string::npos) << data;
  EXPECT_NE(data.find("<Value>AP8=</Value>"), std::string::npos) << data;
}

TEST(InlineMarkup, PRO_406_AWholeWbxmlDocumentStaysOpaque) {
  const Octets document = test::hex("02 00 00 6A 1B") + Octets("-//OMA//DTD-DM-DDF 1.2//EN\0", 27) +
                          test::hex("0002 60 77 03312E3200 01 01");
  const Message message = decoded(Encoding::wbxml, wbxml_message("45 54 4F" + opaque(document) + "01 01 01"));
  EXPECT_EQ(data_of(message), document);
  EXPECT_TRUE(message.commands[0].items[0].data->opaque);
}

TEST(InlineMarkup, ItCannotBlowAMessageUp) {
  // Page changes make long namespace declarations out of three octets.
  Octets body = test::hex("45 54 4F");
  for (int i = 0; i < 2000; ++i) body += test::hex("0001 13 0002 35");
  Limits limits;
  limits.max_octets = 20000;
  EXPECT_EQ(test::refused(Encoding::wbxml, wbxml_message(hex_encode(body) + "00 00 01 01 01"), limits),
            Errc::too_large);
}

}  // namespace
}  // namespace omadm
