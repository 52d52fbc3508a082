#include "base/markup/xml_writer.h"

#include <gtest/gtest.h>

#include <utility>

#include "base/markup/xml_reader.h"
#include "tests/support/markup_trace.h"

namespace omadm {
namespace {

std::string data_text(std::string_view text) {
  const auto writer = make_xml_writer();
  writer->start(Element::Data);
  writer->text(text);
  writer->end();
  return std::move(*writer).finish();
}

std::string data_opaque(std::string_view octets) {
  const auto writer = make_xml_writer();
  writer->start(Element::Data);
  writer->opaque(octets);
  writer->end();
  return std::move(*writer).finish();
}

constexpr std::string_view kOpen = "<Data xmlns=\"SYNCML:SYNCML1.2\">";

TEST(XmlWriter, PRO_006_NamespacesAreDeclaredWhereThePageChanges) {
  const auto writer = make_xml_writer();
  writer->start(Element::SyncML);
  writer->start(Element::Meta);
  writer->leaf(Element::MetFormat, "b64");
  writer->start(Element::MetMetInf);
  writer->leaf(Element::MetType, "");
  writer->end();
  writer->end();
  writer->empty(Element::Final);
  writer->end();
  EXPECT_EQ(std::move(*writer).finish(),
            "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><Meta><Format xmlns=\"syncml:metinf\">b64</Format>"
            "<MetInf xmlns=\"syncml:metinf\"><Type/></MetInf></Meta><Final/></SyncML>");
}

TEST(XmlWriter, PRO_085_TextIsEscaped) {
  EXPECT_EQ(data_text("a<b>&\"'\r\n\t"), std::string(kOpen) + "a&lt;b&gt;&amp;\"'&#13;\n\t</Data>");
  EXPECT_EQ(data_text("x]]>y"), std::string(kOpen) + "x]]&gt;y</Data>");
}

TEST(XmlWriter, CharactersThatXmlCannotHoldAreReplaced) {
  EXPECT_EQ(data_text(std::string("a\0b\x01", 4)), std::string(kOpen) +
                                                       "a\xEF\xBF\xBD"
                                                       "b\xEF\xBF\xBD</Data>");
  EXPECT_EQ(data_text("\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBF\xBC"),
            std::string(kOpen) + "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBC</Data>");
  EXPECT_EQ(data_opaque(std::string_view("a\0\xEF\xBF\xBF", 5)),
            std::string(kOpen) + "<![CDATA[a]]>\xEF\xBF\xBD<![CDATA[]]>\xEF\xBF\xBD<![CDATA[]]></Data>");
}

TEST(XmlWriter, OpaqueIsCdataThatCannotBeLeft) {
  EXPECT_EQ(data_opaque("<a>&"), std::string(kOpen) + "<![CDATA[<a>&]]></Data>");
  for (const std::string_view text :
       {"x]]></Data><Exec/>", "]]>", "]]", "]", ">", "]]]>>", "]]>]]>", "a\rb\r\n", "]]\r>", "]\r]>"}) {
    const std::string document = data_opaque(text);
    EXPECT_EQ(test::trace(*make_xml_reader(document, {})), "Data('" + std::string(text) + "')") << document;
  }
}

TEST(XmlWriter, SizeIsCountedAndCanBeCutBack) {
  const auto writer = make_xml_writer();
  EXPECT_EQ(writer->size(), 0U);
  writer->start(Element::SyncML);
  writer->start(Element::SyncBody);
  const auto mark = writer->mark();
  const std::size_t before = writer->size_if_finished();
  writer->start(Element::Replace);
  writer->leaf(Element::MetType, "x");
  EXPECT_EQ(writer->size_if_finished(), writer->size() + std::string("</Replace></SyncBody></SyncML>").size());
  writer->end();
  EXPECT_GT(writer->size_if_finished(), before);
  writer->rewind(mark);
  EXPECT_EQ(writer->size_if_finished(), before);
  writer->empty(Element::Final);
  const std::size_t announced = writer->size_if_finished();
  writer->end();
  writer->end();
  EXPECT_EQ(writer->size(), announced);
  const Octets document = std::move(*writer).finish();
  EXPECT_EQ(document, "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncBody><Final/></SyncBody></SyncML>");
  EXPECT_EQ(document.size(), announced);
}

TEST(XmlWriter, PrettyPutsElementsOnLinesOfTheirOwn) {
  const auto writer = make_xml_writer({.pretty = true});
  writer->start(Element::DdfMgmtTree);
  const auto mark = writer->mark();
  writer->leaf(Element::DdfVerDTD, "9");
  writer->rewind(mark);
  EXPECT_EQ(writer->size_if_finished(), writer->size() + std::string("</MgmtTree>").size());
  writer->leaf(Element::DdfVerDTD, "1.2");
  writer->start(Element::DdfNode);
  writer->leaf(Element::DdfNodeName, "A");
  const std::size_t announced = writer->size_if_finished();
  writer->end();
  writer->end();
  const Octets document = std::move(*writer).finish();
  EXPECT_EQ(document,
            "<MgmtTree xmlns=\"syncml:dmddf1.2\">\n  <VerDTD>1.2</VerDTD>\n  <Node>\n    <NodeName>A</NodeName>\n  "
            "</Node>\n</MgmtTree>");
  EXPECT_EQ(document.size(), announced);
}

// Values are copied eight octets at a time.
TEST(XmlWriter, PRO_085_WhatNeedsAnEscapeGetsItWhereverItStands) {
  const std::string value = "a value of some octets";
  for (const auto& [octet, escape] :
       {std::pair("&", "&amp;"), std::pair("<", "&lt;"), std::pair(">", "&gt;"), std::pair("\r", "&#13;"),
        std::pair("\x01", "\xEF\xBF\xBD"), std::pair("\xEF\xBF\xBF", "\xEF\xBF\xBD"), std::pair("\n", "\n"),
        std::pair("\x7F", "\x7F"), std::pair("\xC3\xA4", "\xC3\xA4")}) {
    for (std::size_t at = 0; at <= value.size(); ++at) {
      const std::string written = std::string(kOpen) + value.substr(0, at) + escape + value.substr(at) + "</Data>";
      const std::string given = value.substr(0, at) + octet + value.substr(at);
      EXPECT_EQ(data_text(given), written);
      const auto writer = make_xml_writer();
      writer->leaf(Element::Data, given);
      EXPECT_EQ(std::move(*writer).finish(), written);
    }
  }
}

}  // namespace
}  // namespace omadm
