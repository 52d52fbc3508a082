#include "base/markup/xml_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "base/markup/libxml_reader.h"
#include "base/markup/xml_prolog.h"
#include "tests/support/markup_trace.h"

namespace omadm {
namespace {

// What libxml2 says, which the reader of plain XML must say as well where it is the one that is chosen.
std::string trace_of(std::string_view document, const Limits& limits = {}) {
  std::string trace = test::trace(*make_libxml_reader(document, limits, XmlAttributes::skipped));
  EXPECT_EQ(test::trace(*make_xml_reader(document, limits)), trace) << document.substr(0, 200);
  return trace;
}

Error error_of(std::string_view document, const Limits& limits = {}) {
  Error error = test::error_of(*make_xml_reader(document, limits));
  EXPECT_EQ(test::error_of(*make_libxml_reader(document, limits, XmlAttributes::skipped)).code, error.code);
  return error;
}

TEST(XmlReader, ReadsElementsAndText) {
  EXPECT_EQ(trace_of("<SyncML xmlns='SYNCML:SYNCML1.2'><SyncHdr><VerDTD>1.2</VerDTD></SyncHdr><SyncBody/></SyncML>"),
            "SyncML(SyncHdr(VerDTD('1.2'))SyncBody())");
}

TEST(XmlReader, PRO_006_AnyPrefixAndBothPlacementsOfTheMetaNamespace) {
  const std::string expected = "SyncML(Meta(m:Type('a')))";
  EXPECT_EQ(trace_of("<s:SyncML xmlns:s='SYNCML:SYNCML1.2' "
                     "xmlns:m='syncml:metinf'><s:Meta><m:Type>a</m:Type></s:Meta></s:SyncML>"),
            expected);
  EXPECT_EQ(trace_of("<SyncML xmlns='SYNCML:SYNCML1.2'><Meta><Type xmlns='syncml:metinf'>a</Type></Meta></SyncML>"),
            expected);
  EXPECT_EQ(trace_of("<SyncML xmlns='SYNCML:SYNCML1.2'><Meta xmlns='syncml:metinf'><Type>a</Type></Meta></SyncML>"),
            expected);
  EXPECT_EQ(trace_of("<SyncML><Meta><Type>a</Type></Meta></SyncML>"), expected);
}

TEST(XmlReader, TNDS_001_BelowMgmtTreeNamesAreThoseOfDdfWithoutNamespaceToo) {
  EXPECT_EQ(trace_of("<MgmtTree><Node><AccessType><Add/><Get/></AccessType><RTProperties><Type/></RTProperties></"
                     "Node></MgmtTree>"),
            "d:MgmtTree(d:Node(d:AccessType(d:Add()d:Get())d:RTProperties(d:Type())))");
  // Behind the tree the names mean again what they meant before it.
  EXPECT_EQ(trace_of("<Item><Data><MgmtTree><Type/></MgmtTree></Data><Meta><Type/></Meta><Add/></Item>"),
            "Item(Data(d:MgmtTree(d:Type()))Meta(m:Type())Add())");
}

TEST(XmlReader, TNDS_019_ForeignElementsAreMarked) {
  EXPECT_EQ(trace_of("<Node xmlns:MSFT='http://example.com/dm'><MSFT:Get>1</MSFT:Get><Undeclared:Get/></Node>"),
            "d:Node(??Get('1')??Get())");
  EXPECT_EQ(trace_of("<SyncML><Frobnicate/></SyncML>"), "SyncML(?Frobnicate())");
}

TEST(XmlReader, PRO_085_EscapedTextAndCdataAreTheSame) {
  EXPECT_EQ(trace_of("<Data>a &lt;b&gt; &amp;&quot;&apos;&#65;&#x20AC;</Data>"), "Data('a <b> &\"'A\xE2\x82\xAC')");
  EXPECT_EQ(trace_of("<Data>a<![CDATA[<b>&amp;]]>c</Data>"), "Data('a<b>&amp;c')");
  EXPECT_EQ(trace_of("<Data>  x\r\n y </Data>"), "Data('  x\n y ')");
}

TEST(XmlReader, TNDS_043_ALongCdataSectionMayBeginLikeATagAnywhere) {
  std::string text;
  while (text.size() < 100000) text += "<a ";
  EXPECT_EQ(trace_of("<Data><![CDATA[" + text + "]]></Data>"), "Data('" + text + "')");
}

TEST(XmlReader, PRO_007_PrologCommentsAndInstructionsArePassedOver) {
  EXPECT_EQ(trace_of("\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- a --><!DOCTYPE SyncML PUBLIC "
                     "\"-//SYNCML//DTD SyncML 1.2//EN\" \"http://www.example.com/no.dtd\"><SyncML><?pi x?><!-- b "
                     "--></SyncML> <!-- c -->"),
            "SyncML()");
}

TEST(XmlReader, TNDS_001_AnInternalSubsetWithoutEntitiesIsPassedOver) {
  EXPECT_EQ(trace_of("<!DOCTYPE MgmtTree PUBLIC \" -//OMA//DTD-DM-DDF 1.2//EN\" \"dm_ddf-v1_2.dtd\" [<?oma-dm-ddf-ver "
                     "supported-versions=\"1.2\"?>\n<!ELEMENT a EMPTY><!ATTLIST a b CDATA 'c'>]><MgmtTree/>"),
            "d:MgmtTree()");
}

TEST(XmlReader, PRO_007_WhatServersSendIsPlain) {
  for (const char* document :
       {"<SyncML/>", "\xEF\xBB\xBF<SyncML/>", "<?xml version=\"1.0\"?><SyncML/>", " <!-- a --> <?pi x?>\n<SyncML/>",
        "<?xml version = '1.0'\n encoding='utf-8' standalone='yes' ?><SyncML/>"}) {
    EXPECT_TRUE(plain_xml_begin(document)) << document;
    EXPECT_EQ(trace_of(document), "SyncML()");
  }
  for (const char* document :
       {"", "x", "<", "<!DOCTYPE SyncML><SyncML/>", "<!-- a --><!DOCTYPE SyncML><SyncML/>", "<!-- a", "<?pi",
        "<?xml version='1.1'?><SyncML/>", "<?xml encoding='UTF-8'?><SyncML/>", "<?xml version='1.0'",
        "<?xml version='1.0' encoding='ISO-8859-1'?><SyncML/>", "<?xml version='1.0' standalone='maybe'?><SyncML/>",
        "<?xml version='1.0' encoding='UTF-8' more='1'?><SyncML/>"}) {
    EXPECT_FALSE(plain_xml_begin(document)) << document;
  }
}

TEST(XmlReader, PRO_006_ADeclarationOfANamespaceReachesAsFarAsItsElement) {
  EXPECT_EQ(trace_of("<a:SyncML xmlns:a='SYNCML:SYNCML1.2'><a:Meta xmlns:a='syncml:metinf'><a:Type/></a:Meta>"
                     "<a:Final/></a:SyncML>"),
            "SyncML(Meta(m:Type())Final())");
  EXPECT_EQ(trace_of("<SyncML xmlns='http://example.com'><Data xmlns=''/><Data/></SyncML>"),
            "??SyncML(Data()??Data())");
  EXPECT_EQ(trace_of("<Item><Meta xmlns='syncml&#58;metinf'/><Type xmlns=\"syncml:metinf\"/><Add/></Item>"),
            "Item(Meta()m:Type()Add())");
  EXPECT_EQ(trace_of("<SyncML><xml:Data/></SyncML>"), "SyncML(??Data())");
}

TEST(XmlReader, TagsOfEveryFormThatXmlAllows) {
  EXPECT_EQ(trace_of("<SyncML\n a='1'\tb = \"<!--&amp;'\" ><SyncHdr /><SyncBody></SyncBody\n></SyncML >"),
            "!malformed");
  EXPECT_EQ(trace_of("<SyncML\n a='1'\tb = \"]]>&amp;'\" ><SyncHdr /><SyncBody></SyncBody\n></SyncML >"),
            "SyncML(SyncHdr()SyncBody())");
  EXPECT_EQ(trace_of("<SyncML><\xC3\x89t\xC3\xA9-1.\xC2\xB7/><_/></SyncML>"),
            "SyncML(?\xC3\x89t\xC3\xA9-1.\xC2\xB7()?_())");
}

TEST(XmlReader, BrokenTagsTextsAndReferencesAreMalformed) {
  for (const char* document : {"<SyncML a='1'b='2'/>",
                               "<SyncML a='1' a='2'/>",
                               "<SyncML a/>",
                               "<SyncML a=/>",
                               "<SyncML a='",
                               "<SyncML a='<'/>",
                               "<SyncML a='&'/>",
                               "<SyncML a='\x01'/>",
                               "<SyncML / >",
                               "<SyncML/",
                               "<SyncML",
                               "< SyncML/>",
                               "<1/>",
                               "<-/>",
                               "<SyncML></SyncML x>",
                               "<SyncML></SyncMLx>",
                               "<SyncML></ SyncML>",
                               "</SyncML>",
                               "<SyncML></>",
                               "<SyncML>]]></SyncML>",
                               "<SyncML>&amp</SyncML>",
                               "<SyncML>&#xD800;</SyncML>",
                               "<SyncML>&#0;</SyncML>",
                               "<SyncML>&#x110000;</SyncML>",
                               "<SyncML>&#4294967361;</SyncML>",
                               "<SyncML>&#;</SyncML>",
                               "<SyncML>&#x;</SyncML>",
                               "<SyncML>&#X41;</SyncML>",
                               "<SyncML>&#-1;</SyncML>",
                               "<SyncML>&;</SyncML>",
                               "<SyncML>&lt ;</SyncML>",
                               "<SyncML><!-- -- --></SyncML>",
                               "<SyncML><!-- \x02 --></SyncML>",
                               "<SyncML><!--",
                               "<SyncML><!-x></SyncML>",
                               "<SyncML><![CDATA[a</SyncML>",
                               "<SyncML><![CDATA[\xFF]]></SyncML>",
                               "<![CDATA[a]]><SyncML/>",
                               "<SyncML/><![CDATA[a]]>",
                               "<SyncML><?xml x?></SyncML>",
                               "<SyncML><?a",
                               "<SyncML><?a/b?></SyncML>",
                               "<SyncML><!DOCTYPE a></SyncML>",
                               "<SyncML>\xC0\x80</SyncML>",
                               "<SyncML>\xED\xA0\x80</SyncML>",
                               "<SyncML>\xF4\x90\x80\x80</SyncML>",
                               "<\xE2\x82/>"}) {
    EXPECT_EQ(error_of(document).code, Errc::malformed) << document;
  }
}

TEST(XmlReader, NamesThatAreNoneForNamespacesAreMalformed) {  // libxml2 goes on after these
  for (const char* document : {"<a:b:c xmlns:a='x'/>", "<:a/>", "<a:/>", "<a:1 xmlns:a='x'/>", "<a xmlns:b=''/>",
                               "<a xmlns:xmlns='x'/>", "<SyncML><?a:b?></SyncML>"}) {
    EXPECT_EQ(test::error_of(*make_xml_reader(document, {})).code, Errc::malformed) << document;
  }
}

TEST(XmlReader, ALongTagIsTooLarge) {
  std::string attributes;
  while (attributes.size() < 20000) attributes += " a" + std::to_string(attributes.size()) + "=''";
  EXPECT_EQ(error_of("<SyncML" + attributes + "/>").code, Errc::too_large);
  EXPECT_EQ(error_of("<" + std::string(20000, 'a') + "/>").code, Errc::too_large);
}

TEST(XmlReader, PRO_085_LineEndsAreOneCharacter) {
  EXPECT_EQ(test::trace(*make_xml_reader("<Data>a\r\nb\rc&#13;\n<![CDATA[\r\nd\r]]></Data>", {})),
            "Data('a\nb\nc\r\n\nd\n')");
}

TEST(XmlReader, PRO_382_EntityDeclarationsAreMalformed) {
  for (const char* document :
       {"<!DOCTYPE a [<!ENTITY e 'x'>]><SyncML>&e;</SyncML>", "<!DOCTYPE a [<!ENTITY % p 'x'>]><SyncML/>",
        "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><SyncML>&e;</SyncML>",
        "<!DOCTYPE a [<!NOTATION n SYSTEM 'n'><!ENTITY e SYSTEM 'x' NDATA n>]><SyncML/>",
        "<!DOCTYPE a [<!ENTITY lt '&#38;#60;'>]><SyncML>&lt;</SyncML>"}) {
    const Error error = error_of(document);
    EXPECT_EQ(error.code, Errc::malformed) << document;
    EXPECT_NE(error.detail.find("entity"), std::string::npos) << error.detail;
  }
}

TEST(XmlReader, PRO_382_ReferencesToUndeclaredEntitiesAreMalformed) {
  EXPECT_EQ(trace_of("<SyncML>&e;</SyncML>"), "SyncML(!malformed");
  EXPECT_EQ(trace_of("<!DOCTYPE SyncML SYSTEM 'x.dtd'><SyncML>&e;</SyncML>"), "SyncML(!malformed");
  EXPECT_EQ(trace_of("<!DOCTYPE SyncML SYSTEM 'x.dtd'><SyncML a='&e;'/>"), "!malformed");
  EXPECT_EQ(trace_of("<!DOCTYPE SyncML SYSTEM 'x.dtd' [%p;]><SyncML/>"), "!malformed");
}

TEST(XmlReader, BrokenDocumentsAreMalformedWithTheLine) {
  for (const char* document :
       {"", " ", "x", "<", "<SyncML>", "<SyncML></SyncHdr>", "<SyncML/><SyncML/>", "<SyncML/>x",
        "<SyncML>\x01</SyncML>", "<SyncML>caf\xE9</SyncML>", "<SyncML>\xEF\xBF\xBF</SyncML>", "<SyncML a=1/>"}) {
    EXPECT_EQ(error_of(document).code, Errc::malformed) << document;
  }
  EXPECT_EQ(error_of("<SyncML>\n\n</Data>").detail.substr(0, 8), "line 3: ");
}

TEST(XmlReader, AnErrorIsFinalAndWhatStoodBeforeItIsToldFirst) {
  const auto reader = make_xml_reader("<SyncML><SyncHdr/><oops</SyncML>", {});
  EXPECT_EQ(test::trace(*reader), "SyncML(SyncHdr()!malformed");
  EXPECT_EQ(reader->next().error().code, Errc::malformed);
}

TEST(XmlReader, DoneComesAgain) {
  const auto reader = make_xml_reader("<SyncML/>", {});
  EXPECT_EQ(test::trace(*reader), "SyncML()");
  EXPECT_TRUE(std::holds_alternative<Done>(reader->next().value()));
}

TEST(XmlReader, PRO_008_Utf16InBothByteOrders) {
  const std::string text = "<?xml version='1.0' encoding='UTF-16'?><SyncML>a\xC3\xA9</SyncML>";
  std::string little = "\xFF\xFE", big = "\xFE\xFF";
  for (std::size_t i = 0; i < text.size(); ++i) {
    char low = text[i];
    if (low == '\xC3') low = text[++i] == '\xA9' ? '\xE9' : '?';
    little += {low, '\0'};
    big += {'\0', low};
  }
  EXPECT_EQ(trace_of(little), "SyncML('a\xC3\xA9')");
  EXPECT_EQ(trace_of(big), "SyncML('a\xC3\xA9')");
  EXPECT_EQ(trace_of(little.substr(0, little.size() - 1)).back(), 'd');  // "!malformed"
}

TEST(XmlReader, BrokenUtf16IsMalformedAndSilent) {
  testing::internal::CaptureStderr();
  // A lone surrogate: inside the root element, and behind it.
  EXPECT_EQ(trace_of(test::hex("fffe 3c00 6100 3e00 d8d8 d8d8 d8d8 3c00 2f00 6100 3e00")).back(), 'd');
  EXPECT_EQ(trace_of(test::hex("fffe 3c00 6100 2f00 3e00 00d8 00d8")).back(), 'd');
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(XmlReader, OtherEncodingsAreUnsupported) {
  for (const char* name : {"ISO-8859-1", "SHIFT_JIS", "UTF-7", "no-such"}) {
    EXPECT_EQ(error_of("<?xml version='1.0' encoding='" + std::string(name) + "'?><SyncML/>").code, Errc::unsupported)
        << name;
  }
}

TEST(XmlReader, PRO_382_DepthIsLimited) {
  std::string document;
  for (int i = 0; i < 64; ++i) document += "<Item>";
  std::string closing;
  for (int i = 0; i < 64; ++i) closing += "</Item>";
  EXPECT_EQ(trace_of(document + closing).find('!'), std::string::npos);
  EXPECT_EQ(error_of(document + "<Item/>" + closing).code, Errc::too_large);

  Limits deep;
  deep.max_depth = 5000;
  std::string nested;
  for (int i = 0; i < 5000; ++i) nested += "<Item>";
  for (int i = 0; i < 5000; ++i) nested += "</Item>";
  EXPECT_EQ(error_of(nested, deep).code, Errc::failed);  // no error: the limit is ours, not libxml2's
}

TEST(XmlReader, OctetsElementsAndTextAreLimited) {
  Limits limits;
  limits.max_octets = 100;
  EXPECT_EQ(error_of("<SyncML>" + std::string(100, 'x') + "</SyncML>", limits).code, Errc::too_large);
  limits = {};
  limits.max_elements = 3;
  EXPECT_EQ(trace_of("<SyncML><Item/><Item/></SyncML>", limits), "SyncML(Item()Item())");
  EXPECT_EQ(error_of("<SyncML><Item/><Item/><Item/></SyncML>", limits).code, Errc::too_large);
  limits = {};
  limits.max_text = 10;
  EXPECT_EQ(trace_of("<Data>12345<![CDATA[67890]]></Data>", limits), "Data('1234567890')");
  EXPECT_EQ(error_of("<Data>12345<![CDATA[678901]]></Data>", limits).code, Errc::too_large);
  EXPECT_EQ(trace_of("<Item><Data>1234567890</Data><Data>1234567890</Data></Item>", limits).find('!'),
            std::string::npos);
}

TEST(XmlReader, AttributeDeclarationsAreLimited) {
  std::string subset;
  for (int i = 0; i < 1000; ++i) subset += "<!ATTLIST Item a" + std::to_string(i) + " CDATA 'x'>";
  EXPECT_EQ(error_of("<!DOCTYPE Item [" + subset + "]><Item/>").code, Errc::too_large);
}

TEST(XmlReader, DocumentsLargerThanOneChunkAreReadWhole) {
  std::string items, expected;
  for (int i = 0; i < 20000; ++i) {
    const std::string number = std::to_string(i);
    items += "<Item><Data>" + number + "&amp;</Data></Item>";
    expected += "Item(Data('" + number + "&'))";
  }
  EXPECT_EQ(trace_of("<SyncML>" + items + "</SyncML>"), "SyncML(" + expected + ")");
  const std::string text(3U << 20U, 'x');
  EXPECT_EQ(trace_of("<Data>" + text + "</Data>"), "Data('" + text + "')");
  EXPECT_EQ(trace_of("<Data><![CDATA[" + text + "]]></Data>"), "Data('" + text + "')");
}

TEST(XmlReader, ThePositionIsThatOfTheLastEvent) {
  const auto reader = make_xml_reader("<SyncML>\n<SyncHdr/>\n</SyncML>", {});
  std::size_t line = 0;
  while (true) {
    const auto event = reader->next();
    ASSERT_TRUE(event);
    if (const auto* start = std::get_if<Start>(&*event); start != nullptr && start->element == Element::SyncHdr) {
      line = reader->position().line;
      EXPECT_GT(reader->position().offset, 8U);
    }
    if (std::holds_alternative<Done>(*event)) break;
  }
  EXPECT_EQ(line, 2U);
}

}  // namespace
}  // namespace omadm
