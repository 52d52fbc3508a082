#include "wbxml/wbxml_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/markup_trace.h"

namespace omadm {
namespace {

using test::hex;

constexpr std::string_view kHeader = "02 A401 6A 00 ";  // WBXML 1.2, SyncML 1.2, UTF-8, no string table

std::string trace_of(const Octets& document, const Limits& limits = {}) {
  return test::trace(*make_wbxml_reader(document, limits));
}
std::string body(std::string_view digits, const Limits& limits = {}) {
  return trace_of(hex(std::string(kHeader) + std::string(digits)), limits);
}

TEST(WbxmlReader, PRO_402_ThePageStaysSelectedBehindEnd) {
  // PRO-V-WBXML of the protocol page: Meta with MaxMsgSize, then SyncBody after SWITCH_PAGE 0.
  EXPECT_EQ(body("6D 6C 5A 00 01 4C 03 35303030 00 01 01 01 00 00 6B 12 01 01"),
            "SyncML(SyncHdr(Meta(m:MaxMsgSize('5000')))SyncBody(Final()))");
  EXPECT_EQ(body("6D 5A 00 01 53 01 01 47 01 01"), "SyncML(Meta(m:Type())m:Format())");
}

TEST(WbxmlReader, PRO_400_EveryMinorVersionIsRead) {
  for (const char* version : {"01", "02", "03"}) {
    EXPECT_EQ(trace_of(hex(std::string(version) + "A4016A00 2D")), "SyncML()") << version;
  }
  EXPECT_EQ(trace_of(hex("00 A401 00 2D")), "SyncML()") << "1.0 names no charset";
  for (const char* version : {"04", "7F"}) {
    EXPECT_EQ(trace_of(hex(std::string(version) + "A4016A00 2D")), "!unsupported") << version;
  }
}

TEST(WbxmlReader, PRO_401_ThePublicIdIsANumberOrText) {
  EXPECT_EQ(trace_of(hex("03 9F53 6A 00 2D")), "SyncML()");
  EXPECT_EQ(trace_of(hex("03 01 6A 00 2D")), "SyncML()");
  const std::string id = "-//SYNCML//DTD SyncML 1.2//EN";
  const Octets text = hex("02 00 00 6A 1D") + id + hex("2D");
  EXPECT_EQ(trace_of(text), "SyncML()");
  const auto header = read_wbxml_header(text).value();
  EXPECT_EQ(header.public_id_text, id);
  EXPECT_EQ(header.public_id, 0U);
  EXPECT_EQ(header.charset, 106U);
  EXPECT_EQ(header.length, 5 + id.size());
  EXPECT_EQ(trace_of(hex("02 00 05 6A 03 616200 2D")), "!malformed");  // the index is outside the table
}

TEST(WbxmlReader, PRO_405_SyncMl10IsUnsupported) {
  EXPECT_EQ(trace_of(hex("02 9F51 6A 00 2D")), "!unsupported");
  EXPECT_EQ(trace_of(hex("02 00 00 6A 1E") + std::string("-//SYNCML//DTD SyncML 1.0//EN\0", 30) + hex("2D")),
            "!unsupported");
  EXPECT_EQ(read_wbxml_header(hex("02 9F51 6A 00 2D")).value().public_id, 0x0FD1U);
}

TEST(WbxmlReader, PRO_403_EveryKindOfText) {
  const Octets document = hex("02 A401 6A 09") + std::string("abc\0defg\0", 9) +
                          hex("4F 03 78 00 8300 8304 8305 02 41 02 8120 02 C12C 02 87E700 C3 02 00FF 01");
  EXPECT_EQ(trace_of(document),
            "Data('xabcdefgefgA\xC2\xA0\xE2\x82\xAC"
            "\xF0\x9F\x8E\x80'[00ff])");
}

TEST(WbxmlReader, PRO_403_AttributesAreParsedAndSkipped) {
  EXPECT_EQ(body("ED 05 85 03 6100 02 41 C3 02 0101 00 07 40 6200 80 05 C0 01 2C 01"), "SyncML(SyncHdr())");
  EXPECT_EQ(body("AD 05 01"), "SyncML()");
  EXPECT_EQ(trace_of(hex("02 A401 6A 02 6100 ED 04 00 83 00 01 01")), "SyncML()");
  EXPECT_EQ(body("ED 04 00 01 01"), "!malformed");  // LITERAL without a string table
  EXPECT_EQ(body("ED 43 01 01"), "!malformed");
  EXPECT_EQ(body("ED 05"), "!malformed");
}

TEST(WbxmlReader, ThePageOfAttributesIsNotThatOfTags) {
  EXPECT_EQ(body("ED 00 01 05 01 6C 01 01"), "SyncML(SyncHdr())");
}

TEST(WbxmlReader, InstructionsAndExtensionsAreSkipped) {
  EXPECT_EQ(body("43 05 03 6100 01 6D 43 05 01 40 6162 00 82 8101 C1 2C 01"), "SyncML(SyncHdr())");
  EXPECT_EQ(body("6D 40 61"), "SyncML(!malformed");
  EXPECT_EQ(body("6D 80 81"), "SyncML(!malformed");
}

TEST(WbxmlReader, PRO_407_LiteralTagsAreResolvedThroughTheStringTable) {
  const Octets table = hex("02 A401 6A 0E") + std::string("Frob\0SyncML\0\xE9\0", 14);
  EXPECT_EQ(trace_of(table + hex("6D 44 00 03 7800 01 04 00 04 05 84 00 05 01 C4 00 05 01 01 01")),
            "SyncML(?Frob('x')?Frob()SyncML()?Frob()?Frob())");
  EXPECT_EQ(trace_of(table + hex("6D 04 0C 01")), "SyncML(!malformed");  // not UTF-8
  EXPECT_EQ(trace_of(table + hex("6D 04 04 01")), "SyncML(!malformed");  // no name at all
  EXPECT_EQ(trace_of(table + hex("6D 04 0E 01")), "SyncML(!malformed");  // outside the table
}

TEST(WbxmlReader, PRO_407_UnknownTagsAreNamedByPageAndToken) {
  EXPECT_EQ(body("6D 7E 03 7800 01 00 07 7E 03 7800 01 01"), "SyncML(?00:3e('x')?07:3e('x'))");
}

TEST(WbxmlReader, BrokenDocumentsAreMalformed) {
  EXPECT_EQ(trace_of(""), "!malformed");
  EXPECT_EQ(trace_of(hex("02 A401 6A")), "!malformed");
  EXPECT_EQ(trace_of(hex("02 A401 6A 05 6100")), "!malformed");  // a table longer than the document
  EXPECT_EQ(trace_of(hex("02 A401 6A 8FFFFFFF7F 2D")), "!malformed");
  for (const char* digits : {"", "01", "03 6100", "C3 01 61", "02 41", "43 05"}) {
    EXPECT_EQ(body(digits), "!malformed") << digits;
  }
  for (const char* digits : {"6D", "6D 00", "6D 03 61", "6D C3 05 61", "6D 02", "6D C3 8FFFFFFF7F 61"}) {
    EXPECT_EQ(body(digits), "SyncML(!malformed") << digits;
  }
  EXPECT_EQ(body("2D 00 00"), "SyncML()!malformed");
}

TEST(WbxmlReader, AnErrorIsFinalAndTellsTheOctet) {
  const Octets document = hex(std::string(kHeader) + "6D 03 61");
  const auto reader = make_wbxml_reader(document, {});
  const Error error = test::error_of(*reader);
  EXPECT_EQ(error.detail.substr(0, 8), "octet 7:");
  EXPECT_EQ(reader->next().error().detail, error.detail);
}

TEST(WbxmlReader, TNDS_073_TheLastStringOfATableNeedsNoNul) {
  EXPECT_EQ(trace_of(hex("02 A401 6A 03 616263 4F 83 01 01")), "Data('bc')");
}

TEST(WbxmlReader, UsAsciiIsTakenAtItsWord) {
  EXPECT_EQ(trace_of(hex("02 A401 03 00 4F 03 6100 01")), "Data('a')");
  EXPECT_EQ(trace_of(hex("02 A401 03 00 4F 03 C3A900 01")), "Data(!malformed");
  EXPECT_EQ(trace_of(hex("02 A401 00 00 4F 03 C3A900 01")), "Data('\xC3\xA9')");
}

TEST(WbxmlReader, OctetsElementsAndTextAreLimited) {
  Limits limits;
  limits.max_octets = 8;
  EXPECT_EQ(body("6D 01", limits), "SyncML()");
  EXPECT_EQ(body("6D 2C 2C 01", limits), "!too_large");
  limits = {};
  limits.max_elements = 2;
  EXPECT_EQ(body("6D 2C 01", limits), "SyncML(SyncHdr())");
  EXPECT_EQ(body("6D 2C 2C 01", limits), "SyncML(SyncHdr()!too_large");
  limits = {};
  limits.max_text = 3;
  EXPECT_EQ(body("4F 03 616200 02 63 01", limits), "Data('abc')");
  EXPECT_EQ(body("4F 03 616200 02 63 02 64 01", limits), "Data('abc'!too_large");
  EXPECT_EQ(body("4F C3 04 61626364 01", limits), "Data(!too_large");
}

TEST(WbxmlReader, AStringTableCannotBlowADocumentUp) {
  Limits limits;
  limits.max_octets = 1000;
  const std::string entry(400, 'x');
  const Octets table = hex("02 A401 6A 8311") + entry + '\0';
  EXPECT_EQ(trace_of(table + hex("6D 4F 83 00 01 4F 83 00 01 01"), limits),
            "SyncML(Data('" + entry + "')Data('" + entry + "'))");
  EXPECT_EQ(test::error_of(*make_wbxml_reader(table + hex("6D 4F 83 00 01 4F 83 00 01 4F 83 00 01 01"), limits)).code,
            Errc::too_large);
}

TEST(WbxmlReader, WbxmlIsToldFromXmlByTheFirstOctet) {
  EXPECT_TRUE(looks_like_wbxml(hex("02A401")));
  EXPECT_TRUE(looks_like_wbxml(hex("01")));
  EXPECT_TRUE(looks_like_wbxml(hex("0300")));
  for (const std::string_view text : {"", "<SyncML/>", "\xEF\xBB\xBF<", " <", "\x04", "\xFF\xFE<"})
    EXPECT_FALSE(looks_like_wbxml(text));
}

}  // namespace
}  // namespace omadm
