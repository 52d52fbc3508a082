#include <string>
#include <vector>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "bootstrap/content_type.h"
#include "bootstrap/imsi.h"
#include "bootstrap/message_mac.h"
#include "tests/unit/bootstrap/bootstrap_fixture.h"

namespace omadm {
namespace {

using test::kDmWbxml;

class MessageMac : public test::BootstrapTest {
 protected:
  static std::string typed(std::string_view sec, std::string_view mac) {
    return std::string(kDmWbxml) + "; SEC=" + std::string(sec) + "; MAC=" + std::string(mac);
  }
  static Result<BootstrapProof> check(const std::string& content_type, const Octets& octets,
                                      const BootstrapSecrets& secrets) {
    const auto type = parse_content_type(content_type);
    EXPECT_TRUE(type);
    return check_message_mac(*type, octets, secrets);
  }
  static void expect_wrong(const std::string& content_type, const Octets& octets, const BootstrapSecrets& secrets) {
    const auto checked = check(content_type, octets, secrets);
    ASSERT_FALSE(checked) << content_type;
    EXPECT_EQ(checked.error().code, Errc::authentication) << content_type;
  }
};

struct MacCase {
  const char* sec;
  const char* number;
  const char* v2;
  const char* v4;
};
constexpr const char* kImsi = "001010123456789";
const std::vector<MacCase> kCases{
    {"NETWORKID", "0", "6A7EF1AE5632B0E21392E2588D6824DADAFE8C12", "9C9D386C4822251AF2C01F9ED2937175C87B8E73"},
    {"NETWORKID", "0", "C3E790F2F28A13A0E45F29C8FC7F7A68778FD606", "E52C6E974329169C2C6501F80D8E5F2CD1222303"},
    {"USERPIN", "1", "1984D8C25EA15AE46A4C5D55D9FC200136836B84", "74DFAA5A9F4D816C109966611F5257796EBFA368"},
    {"USERPIN_NETWORKID", "2", "9BBD806AF72E12B39B844C72DFC12B5412C66B3B", "6F941AA82FC3B60F0CA858A3380C63C4E8CD2643"},
};

TEST_F(MessageMac, BOOT_053_BOOT_054_SEC_162_SEC_163_SEC_164_V2_V4_MacsFit) {
  for (const MacCase& row : kCases) {
    EXPECT_TRUE(check(typed(row.sec, row.v2), dm_message(), secrets("1234", kImsi))) << row.v2;
    EXPECT_TRUE(check(typed(row.sec, row.v4), dm_account(), secrets("1234", kImsi))) << row.v4;
  }
}

TEST_F(MessageMac, BOOT_056_NumbersAndCase) {
  for (const MacCase& row : kCases) {
    EXPECT_TRUE(check(typed(row.number, to_lower(row.v2)), dm_message(), secrets("1234", kImsi)));
    EXPECT_TRUE(check(std::string(kDmWbxml) + ";mac=\"" + row.v2 + "\" ; Sec=" + to_lower(row.sec), dm_message(),
                      secrets("1234", kImsi)));
  }
}

TEST_F(MessageMac, BOOT_053_OnlyTheSecretThatIsNeeded) {
  EXPECT_TRUE(check(typed("NETWORKID", kCases[0].v2), dm_message(), secrets(nullptr, kImsi)));
  EXPECT_TRUE(check(typed("USERPIN", kCases[2].v2), dm_message(), secrets("1234", nullptr)));
  expect_wrong(typed("NETWORKID", kCases[0].v2), dm_message(), secrets("1234", nullptr));
  expect_wrong(typed("USERPIN", kCases[2].v2), dm_message(), secrets(nullptr, kImsi));
  expect_wrong(typed("USERPIN_NETWORKID", kCases[3].v2), dm_message(), secrets(nullptr, kImsi));
  expect_wrong(typed("USERPIN_NETWORKID", kCases[3].v2), dm_message(), secrets("1234", nullptr));
  expect_wrong(typed("USERPIN", kCases[2].v2), dm_message(), secrets("", kImsi));
}

// The word of Client Provisioning for NETWORKID: no PIN is asked for, and none stands in for the network's secret.
TEST_F(MessageMac, BOOT_034_NetwpinNeedsTheImsiAndNothingElse) {
  for (const char* mac : {kCases[0].v2, kCases[1].v2}) {
    EXPECT_TRUE(check(typed("NETWPIN", mac), dm_message(), secrets(nullptr, kImsi))) << mac;
    expect_wrong(typed("NETWPIN", mac), dm_message(), secrets(nullptr, nullptr));
    expect_wrong(typed("NETWPIN", mac), dm_message(), secrets(kImsi, nullptr));
    expect_wrong(typed("NETWPIN", mac), dm_message(), secrets("1234", ""));
  }
}

// Documents that mean the same but differ in an octet.
TEST_F(MessageMac, BOOT_026_TheMacIsOfTheOctetsAsReceived) {
  const Octets text = dm_account();
  const auto with_header = [&](std::string_view header) { return Octets(header) + text.substr(5); };
  const std::vector<Octets> variants{text, with_header({"\x03\xA4\x01\x6A\x00", 5}),
                                     with_header({"\x02\xA4\x01\x00\x00", 5}),
                                     with_header({"\x02\xA4\x01\x6A\x01\x41", 6})};
  const BootstrapSecrets pin = secrets("1234", nullptr);
  const auto type_for = [](const Octets& document) {
    return std::string(kDmWbxml) + "; SEC=USERPIN; MAC=" + hex_encode(hmac_sha1("1234", document));
  };
  for (const std::string& mine : variants) {
    for (const std::string& other : variants) {
      if (mine != other) expect_refused(Errc::authentication, mine, type_for(other), pin);
    }
  }
  for (const std::string& mine : variants)
    EXPECT_TRUE(install(mine, type_for(mine), pin)) << hex_encode(mine.substr(0, 6));
}

TEST_F(MessageMac, SEC_161_BOOT_040_AMessageWithAMacIsNeverXml) {
  const BootstrapSecrets pin = secrets("1234", nullptr);
  const std::string object = tnds(account("Acme", "acme", "https://acme.example/dm"));
  const auto proof = [](const std::string& document) {
    return "; SEC=USERPIN; MAC=" + hex_encode(hmac_sha1("1234", document));
  };
  const std::string text = message(inbox_add(object));
  expect_refused(Errc::unsupported, text, std::string(test::kDmXml) + proof(text), pin);
  expect_refused(Errc::unsupported, text, proof(text), pin);  // recognised by content
  expect_refused(Errc::malformed, text, std::string(kDmWbxml) + proof(text), pin);
  expect_refused(Errc::unsupported, object, std::string(kTndsXmlType) + proof(object), pin);
  expect_refused(Errc::authentication, text, std::string(test::kDmXml) + "; SEC=USERPIN; MAC=" + kCases[2].v2, pin);
}

// Who pushes a message must prove who it is; whom the device itself asked, or a person, need not.
TEST_F(MessageMac, SEC_160_BOOT_035_BOOT_053_APushedMessageNeedsAMac) {
  const auto push = [this](const Octets& octets, std::string_view type, const BootstrapSecrets& with) {
    return install_bootstrap(device.tree(), {octets, std::string(type)}, with, {BootstrapSource::push, "", false, {}});
  };
  const std::string before = picture();
  const auto bare = push(dm_account(), kDmWbxml, {});
  ASSERT_FALSE(bare);
  EXPECT_EQ(bare.error().code, Errc::authentication);
  const std::string text = message(inbox_add(tnds(account("Acme", "acme", "https://acme.example/dm"))));
  EXPECT_FALSE(push(text, test::kDmXml, {}));
  EXPECT_EQ(picture(), before);
  EXPECT_TRUE(push(dm_account(), typed("USERPIN", kCases[2].v4), secrets("1234", nullptr)));
}

TEST_F(MessageMac, BOOT_055_CombinationIsPinColonSecret) {
  expect_wrong(typed("USERPIN_NETWORKID", kCases[3].v2), dm_message(), secrets(kImsi, "1234"));
}

TEST_F(MessageMac, BOOT_032_WrongMacsAreRefused) {
  const std::string mac = kCases[2].v2;
  const BootstrapSecrets with = secrets("1234", kImsi);
  expect_wrong(typed("USERPIN", mac.substr(1)), dm_message(), with);
  expect_wrong(typed("USERPIN", mac + "00"), dm_message(), with);
  expect_wrong(typed("USERPIN", ""), dm_message(), with);
  expect_wrong(typed("USERPIN", "x" + mac.substr(1)), dm_message(), with);
  expect_wrong(typed("USERPIN", mac), dm_message(), secrets("1235", kImsi));
  expect_wrong(typed("NETWORKID", mac), dm_message(), with);
  for (std::size_t bit = 0; bit < 160; ++bit) {
    Octets digest = hex_decode(mac).value();
    digest[bit / 8] = static_cast<char>(digest[bit / 8] ^ (1 << bit % 8));
    expect_wrong(typed("USERPIN", hex_encode(digest)), dm_message(), with);
  }
}

TEST_F(MessageMac, BOOT_032_AnyFlippedBitOfTheBodyIsNoticed) {
  const Octets original = dm_message();
  const BootstrapSecrets with = secrets("1234", kImsi);
  for (std::size_t at = 0; at < original.size(); ++at) {
    Octets octets = original;
    octets[at] = static_cast<char>(octets[at] ^ (1 << at % 8));
    expect_wrong(typed("USERPIN", kCases[2].v2), octets, with);
  }
}

TEST_F(MessageMac, BOOT_037_SEC_162_SecAndMacComeTogetherAndAreKnown) {
  const BootstrapSecrets with = secrets("1234", kImsi);
  expect_wrong(std::string(kDmWbxml) + "; SEC=USERPIN", dm_message(), with);
  expect_wrong(std::string(kDmWbxml) + "; MAC=" + kCases[2].v2, dm_message(), with);
  expect_wrong(typed("USERPINMAC", kCases[2].v2), dm_message(), with);
  expect_wrong(typed("3", kCases[2].v2), dm_message(), with);
  EXPECT_TRUE(check(std::string(kDmWbxml) + "; charset=utf-8", dm_message(), {}));
}

TEST_F(MessageMac, BOOT_053_SEC_160_SEC_165_InstallationNeedsTheMac) {
  const std::string right = typed("USERPIN", kCases[2].v4);
  const std::string wrong = typed("USERPIN", kCases[2].v2);
  expect_refused(Errc::authentication, dm_account(), wrong, secrets("1234", kImsi));
  expect_refused(Errc::authentication, dm_account(), right, secrets("4321", kImsi));
  expect_refused(Errc::authentication, dm_account(), right);
  expect_refused(Errc::authentication, "garbage", right, secrets("1234", kImsi));  // before it is read
  EXPECT_TRUE(install(dm_account(), right, secrets("1234", nullptr)));
}

TEST(ImsiSemiOctets, BOOT_030_OddAndEven) {
  EXPECT_EQ(hex_encode(imsi_semi_octets("001010123456789")), "0910101032547698");
  EXPECT_EQ(hex_encode(imsi_semi_octets("00101012345678")), "01101010325476f8");
}

TEST(ContentTypeText, Parameters) {
  const auto type = parse_content_type(" Application/X-Y ; A=1;b = \"2;\\\"3\" ;; c=");
  ASSERT_TRUE(type) << type.error().detail;
  EXPECT_EQ(type->media_type, "application/x-y");
  ASSERT_NE(type->parameter("a"), nullptr);
  EXPECT_EQ(*type->parameter("a"), "1");
  EXPECT_EQ(*type->parameter("b"), "2;\"3");
  EXPECT_EQ(*type->parameter("c"), "");
  EXPECT_EQ(type->parameter("d"), nullptr);
  EXPECT_EQ(parse_content_type("")->media_type, "");
  for (const char* bad : {"a/b; x", "a/b; x=1; X=2", "a/b; x=\"1", "a/b; x=\"1\"2", "a/b; =1", "a/b; x; y=1"}) {
    const auto refused = parse_content_type(bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().code, Errc::malformed) << bad;
  }
}

}  // namespace
}  // namespace omadm
