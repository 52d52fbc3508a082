// FUMO-063: descriptors of downloads.
#include "mo/common/download_descriptor.h"

#include <gtest/gtest.h>

namespace omadm {
namespace {

std::string media(const std::string& content) {
  return "<?xml version=\"1.0\"?><media xmlns=\"http://www.openmobilealliance.org/xmlns/dd\">" + content + "</media>";
}
const std::string kNeeded =
    "<type>application/octet-stream</type><size>1048576</size><objectURI>https://fw.example.net/p1.bin</objectURI>";

TEST(DownloadDescriptor, FUMO_063_WhatADescriptorSays) {
  const auto read = parse_download_descriptor(media(
      "<DDVersion>1.0</DDVersion>" + kNeeded +
      "<type> Application/X-Firmware </type><name>Blue</name><vendor>Acme</vendor><description>a &amp; "
      "b</description><installNotifyURI>n?x=1</installNotifyURI><installParam>-f</installParam><nextURL>x</nextURL>"
      "<vendorThing><size>7</size></vendorThing>"));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->object_uri, "https://fw.example.net/p1.bin");
  EXPECT_EQ(read->size, 1048576U);
  EXPECT_EQ(read->types, (std::vector<std::string>{"application/octet-stream", "application/x-firmware"}));
  EXPECT_EQ(read->name, "Blue");
  EXPECT_EQ(read->vendor, "Acme");
  EXPECT_EQ(read->description, "a & b");
  EXPECT_EQ(read->install_notify_uri, "n?x=1");
  EXPECT_EQ(read->install_param, "-f");
}

TEST(DownloadDescriptor, FUMO_063_WhatIsNone) {
  std::string bomb = "<!DOCTYPE media [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
  const std::string rows[] = {
      "",
      "not XML",
      media(""),
      media("<size>1</size><objectURI>u</objectURI>"),
      media("<type>t</type><objectURI>u</objectURI>"),
      media("<type>t</type><size>1</size>"),
      media("<type>t</type><size>0</size><objectURI>u</objectURI>"),
      media("<type>t</type><size>-1</size><objectURI>u</objectURI>"),
      media("<type>t</type><size>99999999999999999999</size><objectURI>u</objectURI>"),
      media(kNeeded + "<objectURI>https://other.example/</objectURI>"),
      "<medium>" + kNeeded + "</medium>",
      media(kNeeded).substr(0, 100),
      bomb + media("<type>&b;</type><size>1</size><objectURI>u</objectURI>"),
      media(kNeeded + "<name>" + std::string(70000, 'n') + "</name>"),
      media(std::string(2000, ' ') +
            [] {
              std::string deep;
              for (int i = 0; i < 100; ++i) deep += "<d>";
              return deep;
            }()),
  };
  for (const std::string& text : rows) {
    const auto read = parse_download_descriptor(text);
    ASSERT_FALSE(read) << text.substr(0, 200);
    EXPECT_EQ(read.error().code, Errc::bad_format) << text.substr(0, 200);
  }
}

TEST(DownloadDescriptor, FUMO_063_OtherVersionsAreNotUnderstood) {
  const auto two = parse_download_descriptor(media("<DDVersion>2.0</DDVersion>" + kNeeded));
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().code, Errc::unsupported);
  EXPECT_TRUE(parse_download_descriptor(media("<DDVersion>1.1</DDVersion>" + kNeeded)));
}

TEST(DownloadDescriptor, FUMO_064_TheCodesOfTheStatusReport) {
  EXPECT_EQ(install_success().code, 900);
  const std::pair<Errc, int> rows[] = {
      {Errc::storage_full, 901}, {Errc::too_large, 901}, {Errc::permission_denied, 902}, {Errc::transport, 903},
      {Errc::timed_out, 903},    {Errc::corrupt, 905},   {Errc::bad_format, 906},        {Errc::unsupported, 951},
      {Errc::cancelled, 952},    {Errc::veto, 953},      {Errc::not_found, 954},         {Errc::failed, 954}};
  for (const auto& [error, code] : rows) EXPECT_EQ(install_status_of(error).code, code) << to_string(error);
}

}  // namespace
}  // namespace omadm
