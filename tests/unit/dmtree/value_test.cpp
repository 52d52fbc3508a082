#include "dmtree/value.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dmtree/node_content.h"

namespace omadm {
namespace {

struct Sample {
  Format format;
  std::string data;
};

TEST(Value, TND_058_FormatsHaveOneName) {
  for (const char* name : {"b64", "bin", "bool", "chr", "int", "node", "null", "xml", "date", "time", "float"}) {
    const std::optional<Format> format = format_from(name);
    ASSERT_TRUE(format) << name;
    EXPECT_EQ(to_string(*format), name);
  }
  EXPECT_FALSE(format_from("Chr"));
  EXPECT_FALSE(format_from(""));
}

TEST(Value, TND_058_GoodValues) {
  const std::vector<Sample> good{
      {Format::int_, "0"},
      {Format::int_, "-2147483648"},
      {Format::int_, "2147483647"},
      {Format::bool_, "true"},
      {Format::bool_, "false"},
      {Format::float_, "-1.5E+10"},
      {Format::float_, "INF"},
      {Format::float_, ".5"},
      {Format::float_, "NaN"},
      {Format::date, "2024-02-29"},
      {Format::date, "20240229"},
      {Format::time, "07:59:02"},
      {Format::time, "075902Z"},
      {Format::time, "07:59"},
      {Format::time, "0759"},
      {Format::time, "23:59:60.5"},
      {Format::time, "12:00+01:00"},
      {Format::time, "24:00:00"},
      {Format::null, ""},
      {Format::chr, ""},
      {Format::chr, "\xC3\xA9"},
      {Format::b64, "TWFu"},
      {Format::bin, "\xFF"},
      {Format::xml, "<a/>"},
  };
  for (const Sample& sample : good) {
    EXPECT_TRUE(check_value(sample.format, sample.data)) << to_string(sample.format) << ' ' << sample.data;
  }
}

TEST(Value, TND_058_TND_141_BadValuesAreVetoed) {
  const std::vector<Sample> bad{
      {Format::int_, "2147483648"}, {Format::int_, "-2147483649"}, {Format::int_, "1.0"},
      {Format::int_, "0x10"},       {Format::bool_, "True"},       {Format::bool_, "1"},
      {Format::float_, "1e"},       {Format::float_, "."},         {Format::float_, "inf"},
      {Format::date, "2023-02-29"}, {Format::date, "24-02-29"},    {Format::date, "2024-0229"},
      {Format::date, "2024-13-01"}, {Format::time, "25:00"},       {Format::time, "07:60"},
      {Format::time, "07:59:"},     {Format::time, "24:00:01"},    {Format::time, "12:00+1"},
      {Format::null, "x"},          {Format::chr, "\xFF"},         {Format::b64, "TW*u"},
      {Format::node, "x"},          {Format::xml, "\xC3"},
  };
  for (const Sample& sample : bad) {
    const Result<void> checked = check_value(sample.format, sample.data);
    ASSERT_FALSE(checked) << to_string(sample.format) << ' ' << sample.data;
    EXPECT_EQ(checked.error().code, Errc::veto);
  }
}

TEST(Value, TND_108_ALeafOfAnyFormatCanBeEmpty) {
  for (const Format format : {Format::b64, Format::bin, Format::bool_, Format::chr, Format::int_, Format::null,
                              Format::xml, Format::date, Format::time, Format::float_}) {
    EXPECT_TRUE(check_value(format, "")) << to_string(format);
  }
}

TEST(Value, TND_132_ManagementObjectIdentifiers) {
  for (const char* id : {"urn:oma:mo:oma-dm-dmacc:1.0", "org.openmobilealliance/1.0/w7", "net.example/10.12/A/B2"}) {
    EXPECT_TRUE(is_mo_id(id)) << id;
  }
  for (const char* id : {"", "text/plain", "net.example/0.1/A", "net.example/1.01/A", "net.example/1.0",
                         "urn:", "net.example/1/A", "net.example/1.0/", "urn:a b", "net.example/1.0/A-B"}) {
    EXPECT_FALSE(is_mo_id(id)) << id;
  }
}

}  // namespace
}  // namespace omadm
