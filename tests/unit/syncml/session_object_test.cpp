// The standard objects in a session. mo rules MO-002, MO-012, MO-041.
#include "tests/unit/syncml/session_auth_fixture.h"

namespace omadm {
namespace {

class SessionObjectTest : public SessionAuthTest, public ::testing::WithParamInterface<Encoding> {
 protected:
  SessionObjectTest() {
    options.encoding = GetParam();
    EXPECT_TRUE(ddf.add(read_source_file("mo/devdetail/devdetail.ddf.xml"), "devdetail"));
    EXPECT_TRUE(ddf.add(read_source_file("mo/dmacc/dmacc.ddf.xml"), "dmacc"));
    tree = *Tree::open(store, ddf, clock);
    set("./DevDetail/DevTyp", "gateway");
  }
  // What the last message tells of the device.
  Lines device_info() const {
    Lines lines;
    for (const Command& command : message.commands) {
      if (command.name != CommandName::replace) continue;
      for (const Item& item : command.items) {
        lines.push_back(std::string(item.source.value_or("?")) + " = " + std::string(item.data->octets));
      }
    }
    return lines;
  }
  const Lines kDeviceInfo{std::string("./DevInfo/DevId = ") + kDevice, "./DevInfo/DmV = 1.0", "./DevInfo/Lang = en-US",
                          "./DevInfo/Man = Example Works", "./DevInfo/Mod = GW-1"};
};

INSTANTIATE_TEST_SUITE_P(Encodings, SessionObjectTest, ::testing::Values(Encoding::xml, Encoding::wbxml),
                         [](const auto& test) { return test.param == Encoding::xml ? "Xml" : "Wbxml"; });

TEST_P(SessionObjectTest, MO_002_DevInfoUnaskedInEverySessionDevDetailOnGet) {
  trust_transport();
  for (const bool triggered : {false, true, false}) {
    options.answers_trigger = triggered;
    server_msg_id = 0;
    start();
    EXPECT_EQ(sent, (Lines{triggered ? "Alert 1200" : "Alert 1201", "Replace", "Final"}));
    EXPECT_EQ(device_info(), kDeviceInfo);
    receive(header_status(200) + get("4", "./DevDetail/DevTyp") + "<Final/>");
    EXPECT_EQ(results(), (Lines{"./DevDetail/DevTyp = gateway"}));
    EXPECT_TRUE(device_info().empty());
  }
}

TEST_P(SessionObjectTest, MO_041_AfterAChallengeEverythingOfPackage1Again) {
  for (const int code : {401, 407}) {
    account.client = {{AuthType::md5, "Bruce2", Secret("OhBehave"), std::nullopt}};
    server_msg_id = 0;
    start();
    const Lines first = sent;
    receive(header_status(code, chal("syncml:auth-md5", base64_encode("next"))) + "<Final/>");
    ASSERT_TRUE(out) << code;
    Lines repeated = sent;
    if (repeated.front().starts_with("Status 0")) repeated.erase(repeated.begin());
    EXPECT_EQ(repeated, first) << code;
    EXPECT_EQ(device_info(), kDeviceInfo) << code;
    ASSERT_TRUE(message.header.cred);
    EXPECT_EQ(message.header.cred->data, md5_credential("Bruce2", Secret("OhBehave"), "next"));
  }
}

TEST_P(SessionObjectTest, MO_012_NewCredentialsAreForTheNextSession) {
  const std::string auth = "./DMAcc/1/AppAuth/1/";
  interior("./DMAcc/1", "Get=*&Replace=*");
  set(auth + "AAuthName", "Bruce2");
  set(auth + "AAuthSecret", "OhBehave");
  use_mac();
  start();
  EXPECT_TRUE(is_signed("client-nonce-0"));
  receive_signed(header_status(200, chal("syncml:auth-MAC", base64_encode("n1"))) +
                     replace("4", auth + "AAuthName", "New") + replace("5", auth + "AAuthSecret", "Changed") +
                     "<Final/>",
                 "server-nonce-0");
  EXPECT_EQ(answer_to("4"), "200");
  EXPECT_EQ(answer_to("5"), "200");
  EXPECT_TRUE(is_signed("n1"));
  const std::string nonce = issued_nonce();
  ASSERT_FALSE(nonce.empty());
  receive_signed(header_status(200, chal("syncml:auth-MAC", base64_encode("n2"))) + get("6", "./V") + "<Final/>",
                 nonce);
  EXPECT_EQ(answer_to("6"), "200");
  EXPECT_TRUE(is_signed("n2"));
  account.client = {{AuthType::mac, value(auth + "AAuthName"), Secret(value(auth + "AAuthSecret")), Octets("n3")}};
  start();
  EXPECT_FALSE(is_signed("n3"));
  const auto hmac = parse_hmac_header(out->hmac_header.value_or(""));
  ASSERT_TRUE(hmac);
  EXPECT_EQ(hmac->username, "New");
  EXPECT_TRUE(mac_matches(hmac->mac, "New", Secret("Changed"), "n3", out->body));
}

}  // namespace
}  // namespace omadm
