// MACs of provisioning documents, with keys and results worked out elsewhere.
#include "bootstrap/cp/provisioning_mac.h"

#include <vector>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "tests/unit/bootstrap/provisioning_fixture.h"

namespace omadm {
namespace {

constexpr const char* kI15 = "001010123456789";
constexpr const char* kI14 = "00101012345678";
constexpr const char* kPin = "1234";
constexpr const char* kPinMac = "3141526028";

class ProvisioningMac : public test::ProvisioningTest {
 protected:
  static Octets v0() { return hex_decode("030B6A004501").value_or(""); }
  static std::string typed(std::string_view sec, std::string_view mac = "") {
    return std::string(test::kCpWbxml) + "; SEC=" + std::string(sec) + (mac.empty() ? "" : "; MAC=" + std::string(mac));
  }
  static Result<BootstrapProof> check(const std::string& content_type, const Octets& octets,
                                      const BootstrapSecrets& with) {
    const auto type = parse_content_type(content_type);
    EXPECT_TRUE(type);
    return check_provisioning_mac(*type, octets, with);
  }
  static void expect_wrong(const std::string& content_type, const Octets& octets, const BootstrapSecrets& with) {
    const auto checked = check(content_type, octets, with);
    ASSERT_FALSE(checked) << content_type;
    EXPECT_EQ(checked.error().code, Errc::authentication) << content_type;
  }
};

struct Vector {
  const char* sec;
  const char* number;
  const char* imsi;
  const char* pin;
  const char* mac;
};
const std::vector<Vector> kV0{
    {"NETWPIN", "0", kI15, nullptr, "DC2F6C9FBEBC5610A87291727F52643251FDACC4"},
    {"NETWPIN", "0", kI14, nullptr, "5B354716B960CAEA0219BADA337195ECE5839C9B"},
    {"USERPIN", "1", nullptr, kPin, "6CD48BFD7FFC33183154734DF4434DA694E25E6A"},
};
const std::vector<Vector> kV1{
    {"NETWPIN", "0", kI15, nullptr, "6D0F2B98DC88640D7A54260134F7C7A726338353"},
    {"NETWPIN", "0", kI14, nullptr, "BDE888D23016ADA3E1A266CA3830E40F083157F3"},
    {"USERPIN", "1", nullptr, kPin, "4498A8C21789EEED24F639D6E4E991F287936F1F"},
    {"USERNETWPIN", "2", kI15, kPin, "2B4455C6B023D376EFB1BF3936316DA301643196"},
};

TEST_F(ProvisioningMac, SEC_168_BOOT_030_V0_V1_MacsFit) {
  for (const Vector& row : kV0)
    EXPECT_TRUE(check(typed(row.sec, row.mac), v0(), secrets(row.pin, row.imsi))) << row.mac;
  for (const Vector& row : kV1) {
    EXPECT_TRUE(check(typed(row.sec, row.mac), v1(), secrets(row.pin, row.imsi))) << row.mac;
    EXPECT_TRUE(check(typed(row.number, to_lower(row.mac)), v1(), secrets(row.pin, row.imsi))) << row.mac;
  }
}

TEST_F(ProvisioningMac, BOOT_031_V1_UserpinmacIsInWhatTheUserTypes) {
  for (const char* sec : {"USERPINMAC", "3", "userpinmac"}) {
    EXPECT_TRUE(check(typed(sec), v1(), secrets(kPinMac, nullptr))) << sec;
    for (const char* wrong : {"3141526029", "3141626028", "314152602", "31415260280", "31415260", "", "31415x6028",
                              "0000000000", "602831415"}) {
      expect_wrong(typed(sec), v1(), secrets(wrong, nullptr));
    }
    expect_wrong(typed(sec), v0(), secrets(kPinMac, nullptr));
    expect_wrong(typed(sec), v1(), secrets(nullptr, kI15));
  }
}

TEST_F(ProvisioningMac, BOOT_032_AnyBitOfBodyMacOrKeyIsEnoughToFail) {
  for (const Vector& row : kV1) {
    for (std::size_t i = 0; i < v1().size(); i += 7) {
      Octets body = v1();
      body[i] = static_cast<char>(body[i] ^ 1);
      expect_wrong(typed(row.sec, row.mac), body, secrets(row.pin, row.imsi));
    }
    std::string mac = row.mac;
    mac[39] = mac[39] == '0' ? '1' : '0';
    expect_wrong(typed(row.sec, mac), v1(), secrets(row.pin, row.imsi));
    mac.pop_back();
    expect_wrong(typed(row.sec, mac), v1(), secrets(row.pin, row.imsi));
    expect_wrong(typed(row.sec, "zz" + std::string(row.mac).substr(2)), v1(), secrets(row.pin, row.imsi));
    expect_wrong(typed(row.sec), v1(), secrets(row.pin, row.imsi));
    if (row.pin != nullptr) expect_wrong(typed(row.sec, row.mac), v1(), secrets("1235", row.imsi));
    if (row.imsi != nullptr) expect_wrong(typed(row.sec, row.mac), v1(), secrets(row.pin, "001010123456780"));
  }
}

TEST_F(ProvisioningMac, BOOT_034_NetwpinNeedsTheImsiAndNoPin) {
  const auto type = parse_content_type(typed("NETWPIN", kV1[0].mac));
  ASSERT_TRUE(type);
  const auto needs = provisioning_needs(*type);
  ASSERT_TRUE(needs);
  EXPECT_TRUE(needs->network && needs->mac);
  EXPECT_FALSE(needs->pin);
  expect_wrong(typed("NETWPIN", kV1[0].mac), v1(), secrets(kPin, nullptr));
  expect_wrong(typed("NETWPIN", kV1[0].mac), v1(), secrets(kPin, "no digits"));
}

TEST_F(ProvisioningMac, BOOT_037_UnknownSecAndDmWordsAreRefused) {
  for (const char* sec : {"4", "9", "NETWORKID", "USERPIN_NETWORKID", "", "PIN"}) {
    expect_wrong(typed(sec, kV1[0].mac), v1(), secrets(kPin, kI15));
  }
  expect_wrong(std::string(test::kCpWbxml) + "; MAC=" + kV1[2].mac, v1(), secrets(kPin, kI15));
}

// The same PIN and IMSI make different keys in the two profiles.
TEST_F(ProvisioningMac, BOOT_055_TheProfilesCombineTheirSecretsDifferently) {
  const Octets cp_key = hex_decode("091010103254769831323334").value_or("");
  EXPECT_TRUE(check(typed("2", hex_encode(hmac_sha1(cp_key, v1()))), v1(), secrets(kPin, kI15)));
  expect_wrong(typed("2", hex_encode(hmac_sha1("1234:001010123456789", v1()))), v1(), secrets(kPin, kI15));
}

TEST_F(ProvisioningMac, SEC_168_AGoodMacInstallsTheAccount) {
  const auto outcome = install(v1(), typed("USERNETWPIN", kV1[3].mac), secrets(kPin, kI15));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(device.value("./DMAcc/1/ServerID"), "dm.example.net");
}

TEST_F(ProvisioningMac, SEC_168_AForgedDocumentLeavesEverythingAsItWas) {
  ASSERT_TRUE(install(v1(), typed("NETWPIN", kV1[0].mac), secrets(nullptr, kI15)));
  Octets forged = v1();
  forged.replace(forged.find("dm.example.net/dm"), 14, "dm.example.org");
  expect_refused(Errc::authentication, forged, typed("NETWPIN", kV1[0].mac), secrets(nullptr, kI15));
  expect_refused(Errc::authentication, forged, typed("USERPINMAC"), secrets(kPinMac, nullptr));
  expect_refused(Errc::authentication, forged, typed("USERPIN"), secrets(kPin, nullptr));
}

}  // namespace
}  // namespace omadm
