// Inputs at which libwbxml 0.11 aborts, crashes, invents or loses something. Ours gives the right value or says no.
#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "tests/support/markup_trace.h"
#include "wbxml/wbxml_reader.h"

namespace omadm {
namespace {

using test::hex;

constexpr std::string_view kHeader = "02 A401 6A 00 ";

std::string trace_of(const Octets& document) { return test::trace(*make_wbxml_reader(document, {})); }
std::string body(std::string_view digits) { return trace_of(hex(std::string(kHeader) + std::string(digits))); }

// STR_I and OPAQUE items.
Octets str(std::string_view text) { return "\x03" + Octets(text) + '\0'; }
Octets opaque(std::string_view octets) {
  Octets item = "\xC3";
  put_mb_u32(item, static_cast<std::uint32_t>(octets.size()));
  return item + Octets(octets);
}

TEST(WbxmlRegression, W1_EntityOf32BitsIsMalformed) {
  EXPECT_EQ(trace_of(hex("02 A4 01 6A 00 6D 02 88 80 80 80 00")), "SyncML(!malformed");
  EXPECT_EQ(trace_of(hex("02 A4 01 6A 00 6D 02 88 80 80 80 00 01")), "SyncML(!malformed");
  EXPECT_EQ(trace_of(hex("03 0B 6A 00 45 02 88 80 80 80 00 01")), "!unsupported");  // not a document of DM
}

TEST(WbxmlRegression, W2_NestingIsTooLargeNotACrash) {
  for (const std::size_t depth : {65U, 10000U, 50000U, 1000000U}) {
    const Octets document = hex(kHeader) + Octets(depth, '\x6D') + Octets(depth, '\x01');
    EXPECT_EQ(test::error_of(*make_wbxml_reader(document, {})).code, Errc::too_large) << depth;
  }
  Limits limits;
  limits.max_depth = 1000000;
  const Octets document = hex(kHeader) + Octets(1000000, '\x6D') + Octets(1000000, '\x01');
  EXPECT_EQ(test::error_of(*make_wbxml_reader(document, limits)).code, Errc::failed);  // no error, and no recursion
}

TEST(WbxmlRegression, W3_MarkupInsideOpaqueStaysData) {
  const std::string value =
      "x]]></Data></Item></Replace><Exec><Item><Target><LocURI>./FUMO/Update</LocURI></Target></Item></Exec><![CDATA[y";
  EXPECT_EQ(trace_of(hex("02A4016A00 60 54 4F") + opaque(value) + hex("01 01 01")),
            "Replace(Item(Data([" + hex_encode(value) + "])))");
}

TEST(WbxmlRegression, W4_TextInPiecesStaysInItsElement) {
  EXPECT_EQ(
      trace_of(hex("02A4016A00 6B 60 54 4F") + str("one ") + str("two") + opaque(" three") + hex("01 01 01 12 01")),
      "SyncBody(Replace(Item(Data('one two'[207468726565])))Final())");
}

TEST(WbxmlRegression, W5_EveryOctetValuePassesThroughOpaque) {
  Octets all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(trace_of(hex("02A4016A00 4F") + opaque(all) + hex("01")), "Data([" + hex_encode(all) + "])");
}

TEST(WbxmlRegression, W6_AnOpaqueNonceIsNotEncodedAgain) {
  EXPECT_EQ(trace_of(hex("02A4016A00 49 5A 0001 50") + opaque("AQIDBP8A") + hex("01 01 01")),
            "Chal(Meta(m:NextNonce([" + hex_encode("AQIDBP8A") + "])))");
}

TEST(WbxmlRegression, W7_InlineTagsOfPage2AreThoseOfDdf) {
  EXPECT_EQ(body("45 54 4F 00 02 60 77 03 312E32 00 01 01 01 00 00 01 01"),
            "Add(Item(Data(d:MgmtTree(d:VerDTD('1.2')))))");
}

TEST(WbxmlRegression, W8_UnknownTagsAreReported) {
  EXPECT_EQ(body("6D 7E 03 7800 01 01"), "SyncML(?00:3e('x'))");
  EXPECT_EQ(body("6D 00 07 45 03 7800 01 01"), "SyncML(?07:05('x'))");
}

TEST(WbxmlRegression, W9_W10_LineEndsAndWhiteSpaceStay) {
  EXPECT_EQ(trace_of(hex("02A4016A00 4F") + str("-----BEGIN X-----\nMIIB\n") + hex("01")),
            "Data('-----BEGIN X-----\nMIIB\n')");
  EXPECT_EQ(trace_of(hex("02A4016A00 4F") + str("  lead and trail  \n ") + hex("01")), "Data('  lead and trail  \n ')");
}

TEST(WbxmlRegression, W11_TheTypeIsNotRewritten) {
  EXPECT_EQ(trace_of(hex("02A4016A00 5A 0001 53") + str("application/vnd.syncml.dmtnds+wbxml") + hex("01 01")),
            "Meta(m:Type('application/vnd.syncml.dmtnds+wbxml'))");
}

TEST(WbxmlRegression, W12_ATableReferenceWithoutATableIsMalformed) {
  EXPECT_EQ(body("6D 72 83 00 01 01"), "SyncML(VerProto(!malformed");
}

TEST(WbxmlRegression, W13_NumbersVersionsStringsAndEntitiesAreValidated) {
  EXPECT_EQ(body("6D 02 90 80 80 80 00 01"), "SyncML(!malformed");  // over 32 bits
  EXPECT_EQ(body("4F C3 90 80 80 80 00 01"), "Data(!malformed");
  EXPECT_EQ(trace_of(hex("7F A401 6A 00 2D")), "!unsupported");
  EXPECT_EQ(body("2D 61"), "SyncML()!malformed");             // garbage behind the document
  EXPECT_EQ(body("2D 02A4016A00 2D"), "SyncML()!malformed");  // a second document
  EXPECT_EQ(body("4F 03 636166E9 00 01"), "Data(!malformed");
  EXPECT_EQ(body("4F 02 83B000 01"), "Data(!malformed");  // U+D800
  EXPECT_EQ(body("4F 02 C48000 01"), "Data(!malformed");  // U+110000
  EXPECT_EQ(body("4F 02 C3FF7F 01"), "Data('\xF4\x8F\xBF\xBF')");
}

TEST(WbxmlRegression, W14_OtherCharsetsAreUnsupported) {
  EXPECT_EQ(trace_of(hex("02 A401 04 00 4F 03 636166E9 00 01")), "!unsupported");
}

TEST(WbxmlRegression, W15_TheUnknownPublicIdIsRead) {
  EXPECT_EQ(trace_of(hex("02 01 6A 00 2D")), "SyncML()");
  EXPECT_EQ(trace_of(hex("02 A413 6A 00 2D")), "!unsupported");
}

// Processor time, as the machine may be busy.
std::clock_t time_to_read(int commands) {
  Octets document = hex("02A4016A00 6D 6B");
  for (int i = 0; i < commands; ++i)
    document += hex("60 4B 03 3100 01 54 6E 57 03") + "./Vendor/Value/" + std::to_string(i) +
                hex("00 01 01 4F 03 313200 01 01 01");
  document += hex("01 01");
  const std::clock_t begin = std::clock();
  Limits limits;
  EXPECT_EQ(test::error_of(*make_wbxml_reader(document, limits)).code, Errc::failed);  // no error
  return std::clock() - begin;
}

TEST(WbxmlRegression, W16_ManyCommandsTakeLinearTime) {
  time_to_read(1000);  // what is touched first is slower
  EXPECT_LT(time_to_read(40000), 40 * time_to_read(4000)) << "ten times the commands; the square would be a hundred";
}

}  // namespace
}  // namespace omadm
