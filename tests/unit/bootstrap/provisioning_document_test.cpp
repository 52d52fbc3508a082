// Reading and writing provisioning documents.
#include "tests/unit/bootstrap/provisioning_fixture.h"

namespace omadm {
namespace {

class ProvisioningDocument : public test::ProvisioningTest {
 protected:
  static Octets hex(std::string_view digits) { return hex_decode(digits).value_or(""); }
  static void expect_error(Errc code, const Octets& octets) {
    const auto read = read_provisioning(octets);
    ASSERT_FALSE(read) << hex_encode(octets);
    EXPECT_EQ(read.error().code, code) << read.error().detail;
  }
  // The value of the only parm of the only characteristic.
  static std::string value_of(std::string_view attributes) {
    const auto read = read_provisioning(hex("030B6A0045C60001550187") + hex(attributes) + hex("010101"));
    EXPECT_TRUE(read) << read.error().detail;
    if (!read || read->children.size() != 1 || read->children[0].parms.size() != 1) return "(none)";
    EXPECT_EQ(read->children[0].type, "APPLICATION");
    return read->children[0].parms[0].name + '=' + read->children[0].parms[0].value;
  }
};

TEST_F(ProvisioningDocument, BOOT_010_V1_IsReadAndWrittenOctetForOctet) {
  const auto read = read_provisioning(v1());
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->all("APPLICATION").size(), 1U);
  const Characteristic& w7 = *read->all("APPLICATION").front();
  EXPECT_EQ(*w7.value("APPID"), "w7");
  EXPECT_EQ(*w7.value("NAME"), "Example DM");
  ASSERT_EQ(w7.all("APPADDR").size(), 1U);
  EXPECT_EQ(*w7.all("APPADDR")[0]->value("ADDR"), "https://dm.example.net/dm");
  EXPECT_EQ(*w7.all("APPADDR")[0]->all("PORT")[0]->value("PORTNBR"), "443");
  ASSERT_EQ(w7.all("APPAUTH").size(), 2U);
  EXPECT_EQ(*w7.all("APPAUTH")[0]->value("AAUTHLEVEL"), "APPSRV");
  EXPECT_EQ(*w7.all("APPAUTH")[0]->value("AAUTHTYPE"), "DIGEST");
  EXPECT_EQ(write_provisioning(*read, Encoding::wbxml), v1());
}

TEST_F(ProvisioningDocument, BOOT_010_XmlAndWbxmlSayTheSame) {
  const auto read = read_provisioning(v1());
  ASSERT_TRUE(read);
  const auto again = read_provisioning(write_provisioning(*read, Encoding::xml));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(write_provisioning(*again, Encoding::wbxml), v1());
}

TEST_F(ProvisioningDocument, BOOT_010_SpecialCharactersSurviveXml) {
  Characteristic odd;
  odd.children.push_back({"APPLICATION", {{"NAME", "a<b>&\"c\"'d'\n\té"}}, {}});
  const auto read = read_provisioning(write_provisioning(odd, Encoding::xml));
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(*read->children.at(0).value("NAME"), "a<b>&\"c\"'d'\n\té");
}

TEST_F(ProvisioningDocument, BOOT_010_UnknownPartsArePassedOver) {
  const auto read = read_provisioning(
      document("<other><parm name=\"APPID\" value=\"no\"/><characteristic type=\"APPLICATION\"/></other>" +
               characteristic("VENDORTHING", parm("X", "Y")) +
               characteristic("APPLICATION", "<parm value=\"nameless\"/>" + parm("APPID", "w7"))));
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->all("APPLICATION").size(), 1U);
  ASSERT_EQ(read->all("APPLICATION")[0]->parms.size(), 1U);
  EXPECT_EQ(*read->all("APPLICATION")[0]->value("APPID"), "w7");
}

TEST_F(ProvisioningDocument, BOOT_010_VersionsAndRoots) {
  EXPECT_TRUE(read_provisioning(document("", "1.0")));
  EXPECT_TRUE(read_provisioning(document("", "1.1")));
  EXPECT_TRUE(read_provisioning("<wap-provisioningdoc/>"));
  expect_error(Errc::unsupported, document("", "2.0"));
  expect_error(Errc::unsupported, "<SyncML/>");
  EXPECT_TRUE(read_provisioning(hex("030B6A004501")));
  EXPECT_TRUE(read_provisioning(hex("030B6A00C546010101")).error().code == Errc::malformed);
  // Its public id as text, and that of another document.
  EXPECT_TRUE(read_provisioning(hex("0300006A1E") + "-//WAPFORUM//DTD PROV 1.0//EN" + hex("004501")));
  expect_error(Errc::unsupported, hex("02A4016A004501"));
}

TEST_F(ProvisioningDocument, BOOT_020_PagesTokensTablesAndEntities) {
  EXPECT_EQ(value_of("360603773700"), "APPID=w7");
  EXPECT_EQ(value_of("33069193"), "AAUTHTYPE=HTTP-DIGEST");  // concatenated
  EXPECT_EQ(value_of("330681"), "AAUTHTYPE=HTTP-");          // older encoders
  EXPECT_EQ(value_of("33068183"), "AAUTHTYPE=HTTP-DIGEST");  // the same, where there is no string table
  EXPECT_EQ(value_of("00003306"), "TRAFFIC-CLASS=");         // the same token on page 0
  EXPECT_EQ(value_of("00000706034100"
                     "85"),
            "NAME=AIPV4");                                        // text and token
  EXPECT_EQ(value_of("0503414200060342000241034300"), "AB=BAC");  // bare names, and ENTITY between
  EXPECT_EQ(value_of("3606C3027737"), "APPID=w7");                // OPAQUE
  EXPECT_EQ(value_of("360603773700"
                     "7F03787900"),
            "APPID=w7");  // an attribute nobody knows
}

TEST_F(ProvisioningDocument, BOOT_010_BrokenDocuments) {
  const Octets good = v1();
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(read_provisioning(good.substr(0, length))) << length;
    expect_refused(length == 0 ? Errc::malformed : install(good.substr(0, length)).error().code,
                   good.substr(0, length));
  }
  expect_error(Errc::malformed, good + "x");
  expect_error(Errc::malformed, hex("030B6A00C501") + hex("870301"));                  // a value of no attribute
  expect_error(Errc::malformed, hex("030B6A0045C600015501873606C37F7737010101"));      // OPAQUE beyond the end
  expect_error(Errc::malformed, hex("030B6A0045C600015501870000060341013401010101"));  // a list that ends twice
  expect_error(Errc::malformed, hex("030B6A014145C600015501873606830501010101"));      // no such string in the table
  expect_error(Errc::malformed, hex("030B6A0045C60001550187360603FF00010101"));        // not UTF-8
  expect_error(Errc::malformed, hex("030B6A0045C6000155018736060200010101"));          // the character NUL
  expect_error(Errc::malformed, hex("030B6A0045C600015501873606C30141000101"));        // an octet too few
  expect_error(Errc::malformed, hex("030B6A0045C600015501873606C3024100010101"));      // NUL in OPAQUE
  expect_error(Errc::malformed, "<wap-provisioningdoc>");
  expect_error(Errc::malformed, "<!DOCTYPE a [<!ENTITY x \"y\">]><wap-provisioningdoc a=\"&x;\"/>");
  std::string deep;
  for (int i = 0; i < 20; ++i) deep += "<characteristic type=\"A\">";
  for (int i = 0; i < 20; ++i) deep += "</characteristic>";
  expect_error(Errc::too_large, document(deep));
  std::string many;
  for (int i = 0; i < 9000; ++i) many += "<parm name=\"A\"/>";
  expect_error(Errc::too_large, document(many));
}

}  // namespace
}  // namespace omadm
