#include "base/text.h"

#include <gtest/gtest.h>

namespace omadm {
namespace {

// RFC 4648 section 10, "Test Vectors".
TEST(Text, Base64VectorsOfRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(base64_encode(plain), coded);
    const auto back = base64_decode(coded);
    ASSERT_TRUE(back) << coded;
    EXPECT_EQ(*back, plain);
  }
}

TEST(Text, Base64RoundTripOfEveryOctetAndLength) {
  Octets octets;
  for (int i = 0; i < 300; ++i) {
    const auto back = base64_decode(base64_encode(octets));
    ASSERT_TRUE(back) << i;
    ASSERT_EQ(*back, octets) << i;
    octets.push_back(static_cast<char>(i * 7));
  }
}

TEST(Text, Base64SkipsWhiteSpaceAndBearsMissingPadding) {
  EXPECT_EQ(*base64_decode(" Zm9v\r\n\tYg"), "foob");
  EXPECT_EQ(*base64_decode("Zm8"), "fo");
}

TEST(Text, Base64RefusesWhatIsNotBase64) {
  for (const char* text : {"Zm9v!", "Z", "Zm9vY", "Zh==", "Zm9=Zm9v", "Zg=", "Zg===", "====", "Zm-_"}) {
    const auto octets = base64_decode(text);
    ASSERT_FALSE(octets) << text;
    EXPECT_EQ(octets.error().code, Errc::malformed);
  }
}

TEST(Text, Hexadecimal) {
  EXPECT_EQ(hex_encode(std::string_view("\x00\x7f\xff", 3)), "007fff");
  EXPECT_EQ(*hex_decode("007FfF"), std::string("\x00\x7f\xff", 3));
  EXPECT_FALSE(hex_decode("0"));
  EXPECT_FALSE(hex_decode("0g"));
}

TEST(Text, Utf8IsShortestFormWithoutSurrogates) {
  EXPECT_TRUE(is_utf8("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"));
  EXPECT_TRUE(is_utf8("\xF4\x8F\xBF\xBF"));
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                          "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xC3", "\xE2\x82", "\xC3\x28"}) {
    EXPECT_FALSE(is_utf8(bad)) << hex_encode(bad);
  }
  EXPECT_EQ(utf8_length("a\xC3\xA4\xE2\x82\xAC"), 3u);
}

TEST(Text, XmlTextHasNoControlCharacters) {
  EXPECT_TRUE(is_xml_text("a\t\r\n\xC3\xA4"));
  EXPECT_FALSE(is_xml_text("a\x01"));
  EXPECT_FALSE(is_xml_text(std::string_view("\0", 1)));
  EXPECT_FALSE(is_xml_text("\xEF\xBF\xBE"));
  EXPECT_FALSE(is_xml_text("\xFF"));
}

TEST(Text, SmallHelpers) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_TRUE(equals_ignoring_case("Content-Type", "content-TYPE"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  EXPECT_EQ(to_lower("AbC\xC3\x84"), "abc\xC3\x84");
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
}

TEST(Text, NumbersTakeDigitsOnlyAndDoNotOverflow) {
  EXPECT_EQ(parse_unsigned("18446744073709551615"), 18446744073709551615ULL);
  for (const char* bad : {"18446744073709551616", "", "-1", "+1", " 1", "1 ", "0x1"}) EXPECT_FALSE(parse_unsigned(bad));
  EXPECT_EQ(parse_signed("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(parse_signed("+7"), 7);
  for (const char* bad : {"9223372036854775808", "", "+", "-", "+-1", "--1", "1.0"})
    EXPECT_FALSE(parse_signed(bad)) << bad;
}

}  // namespace
}  // namespace omadm
