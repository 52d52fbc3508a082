#include "dmtree/uri.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace omadm {
namespace {

std::string parsed(std::string_view text, const UriLimits& limits = {}) {
  const Result<Uri> uri = Uri::parse(text, limits);
  return uri ? uri->str() : std::string(to_string(uri.error().code));
}

TEST(Uri, TND_020_TND_026_PrefixesNameTheSameNode) {
  EXPECT_EQ(parsed("./A/B"), "./A/B");
  EXPECT_EQ(parsed("A/B"), "./A/B");
  EXPECT_EQ(parsed("/A/B"), "./A/B");
  EXPECT_EQ(parsed("."), ".");
}

TEST(Uri, TND_021_NoUriEndsInASlash) {
  for (const char* text : {"./", "/", "./A/", "A//"}) EXPECT_EQ(parsed(text), "malformed") << text;
}

TEST(Uri, TND_022_NoRelativeSegments) {
  for (const char* text : {"..", "../A", "./A/../B", "././A", "A/./B", "A./B", "A//B", "./%2E/B", "./%2e%2E"}) {
    EXPECT_EQ(parsed(text), "malformed") << text;
  }
  EXPECT_EQ(parsed("./A."), "./A.");
  EXPECT_EQ(parsed("./.omadm/x"), "./.omadm/x");
}

TEST(Uri, TND_023_EscapedSlashIsPartOfAName) {
  const Result<Uri> uri = Uri::parse("./A%2fB");
  ASSERT_TRUE(uri);
  EXPECT_EQ(uri->str(), "./A%2FB");
  EXPECT_EQ(uri->depth(), 1U);
}

TEST(Uri, TND_024_NamesAreComparedUnescaped) {
  EXPECT_EQ(parsed("./%41%2b"), "./A+");
  EXPECT_EQ(parsed("./a b"), parsed("./a%20b"));
  EXPECT_EQ(parsed("./\xC3\xA9"), "./%C3%A9");
  EXPECT_EQ(parsed("./-_.!~*'():@&=+$,"), "./-_.!~*'():@&=+$,");
  for (const char* text :
       {"./%4", "./%", "./%GG", "./%FF", "./\xFF", "./A%00", "./A\nB", "./A%0aB", "./A?B", "./A#B"}) {
    EXPECT_EQ(parsed(text), "malformed") << text;
  }
}

TEST(Uri, TND_025_NamesAreCaseSensitive) { EXPECT_NE(parsed("./a"), parsed("./A")); }

TEST(Uri, TND_027_WholeLengthCountsCharacters) {
  const UriLimits limits{0, 8, 0};
  EXPECT_EQ(parsed("./A/BCDE", limits), "./A/BCDE");
  EXPECT_EQ(parsed("./A/BCDEF", limits), "uri_too_long");
  EXPECT_EQ(parsed("./\xC3\xA9", limits), "./%C3%A9");
  EXPECT_EQ(parsed("./\xC3\xA9x", limits), "uri_too_long") << "too long as it is sent back";
  EXPECT_EQ(Address::parse("./A?prop=ACL", UriLimits{0, 12, 0}).has_value(), true);
  EXPECT_EQ(Address::parse("./A?prop=ACL", UriLimits{0, 11, 0}).error().code, Errc::uri_too_long);
}

TEST(Uri, TND_028_SegmentLength) {
  EXPECT_EQ(parsed("./ABC/DEF", UriLimits{0, 0, 3}), "./ABC/DEF");
  EXPECT_EQ(parsed("./ABC/DEFG", UriLimits{0, 0, 3}), "uri_too_long");
}

TEST(Uri, TND_029_DepthDoesNotCountTheRoot) {
  EXPECT_EQ(parsed("./A/B", UriLimits{2, 0, 0}), "./A/B");
  EXPECT_EQ(parsed("./A/B/C", UriLimits{2, 0, 0}), "uri_too_long");
}

TEST(Uri, TND_030_ZeroIsUnlimited) {
  std::string deep = ".";
  for (std::size_t i = 0; i < kMaxSegments; ++i) deep += "/a";
  EXPECT_EQ(parsed(deep), deep);
  EXPECT_EQ(parsed(deep + "/a"), "uri_too_long") << "the bound that keeps every walk finite";
  const std::string wide = "./" + std::string(70000, 'a');
  EXPECT_EQ(parsed(wide), wide);
}

TEST(Uri, TND_031_CheckMeasuresTheWrittenForm) {
  const Uri uri = *Uri::parse("./ABC/DEF");
  EXPECT_TRUE(uri.check(UriLimits{2, 9, 3}));
  EXPECT_FALSE(uri.check(UriLimits{1, 9, 3}));
  EXPECT_FALSE(uri.check(UriLimits{2, 8, 3}));
  EXPECT_FALSE(uri.check(UriLimits{2, 9, 2}));
}

TEST(Uri, TND_032_EmptyIsNoAddress) {
  EXPECT_EQ(parsed(""), "malformed");
  EXPECT_EQ(Address::parse("?prop=ACL").error().code, Errc::malformed);
}

TEST(Uri, TND_033_NamesAreComparedWhole) {
  const Uri info = *Uri::parse("./DevInfo");
  EXPECT_FALSE(Uri::parse("./DevInfoX")->is_within(info));
  EXPECT_TRUE(Uri::parse("./DevInfo/X")->is_within(info));
  EXPECT_TRUE(info.is_within(info));
  EXPECT_TRUE(info.is_within(Uri()));
  EXPECT_FALSE(Uri().is_within(info));
}

TEST(Uri, TND_034_TND_040_Suffixes) {
  const auto parse = [](std::string_view text) { return Address::parse(text); };
  const Result<Address> property = parse("./A/B?prop=ACL");
  ASSERT_TRUE(property);
  EXPECT_EQ(property->suffix, Address::Suffix::property);
  EXPECT_EQ(property->argument, "ACL");
  EXPECT_EQ(property->node.str(), "./A/B");
  const Result<Address> list = parse(".?list=TNDS%2BValue+ACL");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->suffix, Address::Suffix::list);
  EXPECT_EQ(list->argument, "TNDS+Value+ACL");
  for (const char* text : {"./A?prop=ACL?list=Struct", "./A?prop=ACL&list=Struct", "./A?x=1", "./A?Prop=ACL", "./A?"}) {
    EXPECT_EQ(parse(text).error().code, Errc::unsupported) << text;
  }
}

TEST(Uri, PartsAndRelatives) {
  const Uri uri = *Uri::parse("./A/B/C");
  EXPECT_EQ(uri.name(), "C");
  EXPECT_EQ(uri.parent().str(), "./A/B");
  EXPECT_EQ(uri.depth(), 3U);
  EXPECT_EQ(Uri().name(), ".");
  EXPECT_EQ(Uri().parent().str(), ".");
  EXPECT_EQ(uri.parent().parent().parent().str(), ".");
  EXPECT_EQ(Uri().child("X").str(), "./X");
  EXPECT_EQ(uri.rebased(*Uri::parse("./A/B"), *Uri::parse("./Z")).str(), "./Z/C");
  EXPECT_EQ(uri.rebased(uri, *Uri::parse("./Z")).str(), "./Z");
  EXPECT_EQ(uri.rebased(Uri(), *Uri::parse("./Z")).str(), "./Z/A/B/C");
}

// Paths of letters and digits are looked at in steps of eight octets: whatever stands wherever, the outcome is that of
// the look at each octet, which a limit on segments asks for.
TEST(Uri, TND_024_EveryOctetCountsWhereverItStands) {
  UriLimits each;
  each.max_seg_len = 255;
  for (const std::string path : {"abcdefgh", "Vendor/Network", "a/b/c/d/e/f/g/h/i", "Profile0/Settings/Radio/Value3"}) {
    EXPECT_EQ(parsed(path), "./" + path);
    for (std::size_t at = 0; at < path.size(); ++at) {
      for (int octet = 1; octet < 256; ++octet) {
        std::string other = path;
        other[at] = static_cast<char>(octet);
        ASSERT_EQ(parsed(other), parsed(other, each)) << path << ", octet " << octet << " at " << at;
      }
    }
  }
}

}  // namespace
}  // namespace omadm
