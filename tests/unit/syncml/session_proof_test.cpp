// Proofs over a whole session, in XML and in WBXML. security rules SEC-001 … SEC-124.
#include "tests/unit/syncml/session_auth_fixture.h"

namespace omadm {
namespace {

class SessionProofTest : public SessionAuthTest, public ::testing::WithParamInterface<Encoding> {
 protected:
  SessionProofTest() {
    options.encoding = GetParam();
    set("./V/a", "1");
  }
  static std::string chal_md5(const std::string& nonce) { return chal("syncml:auth-md5", base64_encode(nonce)); }
  static std::string chal_mac(const std::string& nonce) { return chal("syncml:auth-MAC", base64_encode(nonce)); }
  std::string client_md5(Bytes nonce) const { return md5_credential("Bruce2", Secret("OhBehave"), nonce); }
  std::string sent_cred() const { return std::string(message.header.cred ? message.header.cred->data : "none"); }
};

INSTANTIATE_TEST_SUITE_P(Encodings, SessionProofTest, ::testing::Values(Encoding::xml, Encoding::wbxml),
                         [](const auto& test) { return test.param == Encoding::xml ? "Xml" : "Wbxml"; });

TEST_P(SessionProofTest, SEC_001_SEC_002_SEC_080_WithoutTlsBothSidesProveThemselvesByMd5) {
  options.transport_authenticates_server = false;
  account.server->nonce = Octets("stored");
  start();
  receive(header_status(407, chal_md5("c1")) + get("4", "./V/a") + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 407", "Status 4 Get 407", "Alert 1201", "Replace", "Final"}));
  EXPECT_EQ(sent_cred(), client_md5("c1"));
  receive(header_status(212) + get("4", "./V/a") + "<Final/>", server_md5(issued_nonce()), kServerName);
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 212", "Status 4 Get 200", "Results 4", "Final"}));
  receive(header_status(200) + "<Final/>");
  EXPECT_EQ(result->end, SessionEnd::completed);
  EXPECT_EQ(result->client_auth, AuthType::md5);
  EXPECT_EQ(result->server_auth, AuthType::md5);
}

TEST_P(SessionProofTest, SEC_080_TheCertificateMayProveTheServer) {
  trust_transport();
  start();
  receive(header_status(200) + get("4", "./V/a") + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 4 Get 200", "Results 4", "Final"}));
  EXPECT_FALSE(sent_status("0")->chal);
  receive(header_status(200) + "<Final/>");
  EXPECT_EQ(result->server_auth, AuthType::transport);
}

TEST_P(SessionProofTest, SEC_005_TheTypeStaysWhatItWas) {
  account.server.reset();
  account.client = {{AuthType::md5, "Bruce2", Secret("OhBehave"), Octets("n")},
                    {AuthType::mac, "Bruce2", Secret("OhBehave"), Octets("n")}};
  start();
  receive(header_status(200, chal_md5("c1")) + get("4", "./V/a") + "<Final/>");
  EXPECT_EQ(sent_cred(), client_md5("c1"));
  receive(header_status(401, chal_mac("c2")) + "<Final/>");
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::authentication);
}

TEST_P(SessionProofTest, SEC_069_SEC_091_SEC_096_EveryMessageProvenByMd5WhenTheServerSays200) {
  account.server.reset();
  account.client.front().nonce = Octets("c0");
  start();
  EXPECT_EQ(sent_cred(), client_md5("c0"));
  receive(header_status(200, chal_md5("c1")) + get("4", "./V/a") + "<Final/>");
  EXPECT_EQ(sent_cred(), client_md5("c1"));
  EXPECT_EQ(message.header.source_name, "Bruce2");
  receive(header_status(200, chal_md5("c2")) + get("4", "./V/a") + "<Final/>");
  EXPECT_EQ(sent_cred(), client_md5("c2"));
  receive(header_status(200) + get("4", "./V/a") + "<Final/>");  // no new nonce: the same credentials again
  EXPECT_EQ(sent_cred(), client_md5("c2"));
  receive(header_status(212, chal_md5("c3")) + get("4", "./V/a") + "<Final/>");
  EXPECT_EQ(sent_cred(), "none");
  EXPECT_EQ(host.client_nonces, (std::vector<Octets>{"c1", "c2", "c3"}));
}

TEST_P(SessionProofTest, SEC_073_SEC_096_TheNonceOfTheLastMessageIsKept) {
  account.server.reset();
  account.client.front().nonce = Octets("c0");
  start();
  receive(header_status(212, chal_md5("next")) + "<Final/>");
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::completed);
  EXPECT_EQ(host.client_nonces, (std::vector<Octets>{"next"}));
}

TEST_P(SessionProofTest, SEC_074_SEC_043_NoMacUnlessTheServerAsks) {
  account.server.reset();
  account.client = {{AuthType::md5, "Bruce2", Secret("OhBehave"), std::nullopt},
                    {AuthType::mac, "Bruce2", Secret("OhBehave"), std::nullopt}};
  start();
  EXPECT_FALSE(out->hmac_header);
  receive(header_status(407, chal_mac("m1")) + "<Final/>");
  EXPECT_TRUE(is_signed("m1"));
  receive(header_status(200, chal_mac("m2")) + get("4", "./V/a") + "<Final/>");
  EXPECT_TRUE(is_signed("m2"));
}

TEST_P(SessionProofTest, PRO_434_SEC_044_SEC_070_EveryMessageIsSignedAndEveryAnswerChecked) {
  use_mac();
  start();
  EXPECT_TRUE(is_signed("client-nonce-0"));
  receive_signed(header_status(200, chal_mac("c1")) + get("4", "./V/a") + "<Final/>", "server-nonce-0");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 4 Get 200", "Results 4", "Final"}));
  EXPECT_TRUE(is_signed("c1"));
  const Octets second = issued_nonce();
  receive_signed(header_status(200, chal_mac("c2")) + get("4", "./V/a") + "<Final/>", second);
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 200");
  EXPECT_TRUE(is_signed("c2"));
  const Octets third = issued_nonce();
  EXPECT_NE(third, second);
  receive(header_status(200, chal_mac("c3")) + add("4", "./V/n", "x") + "<Final/>");  // without x-syncml-hmac
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 401", "Status 4 Add 401", "Final"}));
  EXPECT_TRUE(is_signed("c3"));
  EXPECT_EQ(value("./V/n"), "(absent)");
  EXPECT_EQ(host.client_nonces.back(), "c2");
}

TEST_P(SessionProofTest, SEC_042_AMissingMacIsAWrongOneOnceItWasAskedFor) {
  use_mac();
  start();
  receive(header_status(200) + get("4", "./V/a") + "<Final/>");
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 407");
  receive(header_status(200) + get("4", "./V/a") + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 401", "Status 4 Get 401", "Final"}));
  receive(header_status(200) + get("4", "./V/a") + "<Final/>");
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::authentication);
}

// What is owed from before goes to nobody until the server has proven itself again.
TEST_P(SessionProofTest, SEC_061_SEC_070_AnImpostorGetsNothingOfAnUnfinishedPackage) {
  use_mac();
  const std::string big(3000, 'b');
  set("./V/a", big);
  start();
  receive_signed(header_status(200, chal_mac("c1")) + get("4", "./V/a") + "<Final/>", "server-nonce-0",
                 "S3rv3r-Secret-0001", "<Meta><MaxMsgSize xmlns=\"syncml:metinf\">2000</MaxMsgSize></Meta>");
  ASSERT_FALSE(message.final_message);
  std::string joined;
  const std::string next = "<Alert><CmdID>5</CmdID><Data>1222</Data></Alert>";
  receive_signed(header_status(200, chal_mac("c2")) + next, issued_nonce(), "wrong");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 401", "Status 5 Alert 401"}));
  for (int guard = 0; guard < 10 && !message.final_message; ++guard) {
    receive_signed(header_status(200, chal_mac("c3")) + next, issued_nonce());
    ASSERT_TRUE(out);
    const Command& last = message.commands.back();
    if (last.name == CommandName::results) joined += last.items.at(0).data->octets;
  }
  EXPECT_TRUE(message.final_message);
  EXPECT_EQ(joined, big);
}

TEST_P(SessionProofTest, SEC_081_TheServersNameIsAAuthNameElseItsServerId) {
  account.client.clear();
  account.server->nonce = Octets("s0");
  account.server->name = "operator";
  start();
  receive(header_status(200) + get("4", "./V/a") + "<Final/>", server_md5("s0"), kServerName);
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 401");
  receive(header_status(200) + get("4", "./V/a") + "<Final/>",
          cred("syncml:auth-md5", md5_credential("operator", Secret("S3rv3r-Secret-0001"), issued_nonce())),
          "operator");
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 212");

  server_msg_id = 0;
  account.server->name.clear();
  start();
  receive(header_status(200) + get("4", "./V/a") + "<Final/>", server_md5("s0"), kServerName);
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 212");
}

TEST_P(SessionProofTest, SEC_097_NoncesOf1To255OctetsAreTaken) {
  account.server.reset();
  for (const std::size_t length : {1U, 2U, 16U, 255U}) {
    SCOPED_TRACE(length);
    std::string nonce(length, '\0');
    nonce.back() = '\x3A';
    server_msg_id = 0;
    start();
    receive(header_status(407, chal_md5(nonce)) + "<Final/>");
    ASSERT_TRUE(out);
    EXPECT_EQ(sent_cred(), client_md5(nonce));
  }
  for (const std::string& text : {std::string(), base64_encode(std::string(256, 'n')), std::string("!!")}) {
    SCOPED_TRACE(text);
    server_msg_id = 0;
    start();
    receive(header_status(407, chal("syncml:auth-md5", text)) + "<Final/>");
    EXPECT_FALSE(out);
    EXPECT_EQ(result->end, SessionEnd::authentication);
  }
}

TEST_P(SessionProofTest, SEC_097_SEC_060_OurChallengesHaveFreshNoncesOf16Octets) {
  account.client.clear();
  start();
  receive(header_status(200) + get("4", "./V/a") + "<Final/>");
  const Octets first = issued_nonce();
  EXPECT_GE(first.size(), 16u);
  EXPECT_EQ(sent_status("0")->chal->type, "syncml:auth-md5");
  EXPECT_EQ(sent_status("0")->chal->format, "b64");
  receive(header_status(200) + get("4", "./V/a") + "<Final/>");
  EXPECT_NE(issued_nonce(), first);
}

TEST_P(SessionProofTest, SEC_103_TheServerFailsWithTheDefaultNonce) {
  account.client.front().nonce = Octets("c0");
  account.server->nonce = Octets("s0");
  options.default_nonce = true;
  start();
  receive(header_status(212, chal_md5("fresh")) + add("4", "./V/n", "x") + "<Final/>", server_md5("s0"), kServerName);
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 401", "Status 4 Add 401", "Final"}));
  receive(header_status(200) + add("4", "./V/n", "x") + "<Final/>", server_md5("s0"), kServerName);
  receive(header_status(200) + add("4", "./V/n", "x") + "<Final/>", server_md5("s0"), kServerName);
  EXPECT_EQ(result->end, SessionEnd::authentication);
  EXPECT_EQ(value("./V/n"), "(absent)");
  EXPECT_TRUE(host.client_nonces.empty());
  EXPECT_TRUE(host.server_nonces.empty());
}

TEST_P(SessionProofTest, SEC_003_SEC_124_AChallengeOverTlsIsAnsweredOrTheSessionEnds) {
  account.server.reset();
  start();
  receive(header_status(200) + get("4", "./V/a") + "<Final/>");
  receive(header_status(407, chal_md5("c1")) + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Alert 1201", "Replace", "Final"}));
  EXPECT_EQ(sent_cred(), client_md5("c1"));

  server_msg_id = 0;
  trust_transport();
  start();
  receive(header_status(407, chal_md5("c1")) + "<Final/>");
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::authentication);
}

TEST_P(SessionProofTest, PRO_105_PRO_304_TheRepeatOfPackage1SaysEverythingAgain) {
  account.server.reset();
  options.answers_trigger = true;
  GenericAlert alert;
  alert.server_id = account.server_id;
  alert.type = "org.example.alert";
  alert.format = "chr";
  host.owed.emplace_back(5, alert);
  start();
  ASSERT_EQ(sent, (Lines{"Alert 1200", "Replace", "Alert 1226", "Final"}));
  const auto status_of_alert = [this](int code) {
    return "<Status><CmdID>91</CmdID><MsgRef>" + sent_msg_id + "</MsgRef><CmdRef>" +
           std::string(message.commands.back().cmd_id) + "</CmdRef><Cmd>Alert</Cmd><Data>" + std::to_string(code) +
           "</Data></Status>";
  };
  receive(header_status(407, chal_md5("c1")) + status_of_alert(407) + "<Final/>");
  ASSERT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Alert 1200", "Replace", "Alert 1226", "Final"}));
  EXPECT_EQ(message.header.msg_id, "2");
  EXPECT_EQ(message.commands.at(2).items.size(), 5u);  // DevInfo as a whole
  receive(header_status(212) + status_of_alert(202) + "<Final/>");
  EXPECT_EQ(host.answered, (std::vector<std::pair<std::uint64_t, int>>{{5, 407}, {5, 202}}));
}

TEST_P(SessionProofTest, PRO_105_PRO_106_AnAlertWithoutStatusIsInTheRepeatToo) {
  account.server.reset();
  GenericAlert alert;
  alert.server_id = account.server_id;
  alert.type = "org.example.alert";
  alert.format = "chr";
  host.owed.emplace_back(5, alert);
  start();
  receive(header_status(407, chal_md5("c1")) + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Alert 1201", "Replace", "Alert 1226", "Final"}));
}

TEST_P(SessionProofTest, SEC_006_SEC_072_ANewSecretIsNotReadAndCountsFromTheNextSession) {
  use_mac();
  ASSERT_TRUE(ddf.add(read_source_file("mo/dmacc/dmacc.ddf.xml"), "dmacc"));
  tree = *Tree::open(store, ddf, clock);
  const std::string set_of_client = "./DMAcc/acme/AppAuth/c";
  interior("./DMAcc/acme", "Get=*&Replace=*&Add=*");
  set(set_of_client + "/AAuthSecret", "OhBehave");
  set(set_of_client + "/AAuthData", "client-nonce-0", Format::bin);
  start();
  receive_signed(header_status(200, chal_mac("c1")) + replace("4", set_of_client + "/AAuthSecret", "changed") +
                     get("5", set_of_client + "/AAuthSecret") + get("6", set_of_client + "/AAuthData") +
                     get("7", "./DMAcc?list=StructData") + get("8", "./DMAcc?list=TNDS") +
                     "<Copy><CmdID>9</CmdID><Item><Target><LocURI>./V/loot</LocURI></Target><Source><LocURI>" +
                     set_of_client + "/AAuthSecret</LocURI></Source></Item></Copy><Final/>",
                 "server-nonce-0");
  EXPECT_EQ(sent_status("4")->data, "200");
  EXPECT_EQ(sent_status("5")->data, "405");
  EXPECT_EQ(sent_status("6")->data, "405");
  EXPECT_EQ(sent_status("9")->data, "405");
  EXPECT_EQ(sent_status("7")->data, "200");
  EXPECT_EQ(sent_status("8")->data, "200");
  for (const char* secret : {"OhBehave", "changed", "client-nonce-0"}) {
    EXPECT_EQ(out->body.find(secret), std::string::npos) << secret;
  }
  EXPECT_TRUE(is_signed("c1"));  // under the secret the session began with
  EXPECT_EQ(value(set_of_client + "/AAuthSecret"), "changed");
}

TEST_P(SessionProofTest, SEC_143_AnotherServersNodesAreOutOfReach) {
  trust_transport();
  account.server_id = "other.example.net";
  interior("./Mine", "Get=srv.example.com&Replace=srv.example.com&Add=srv.example.com&Delete=srv.example.com");
  set("./Mine/a", "1");
  const auto commits = store.appended();
  start();
  receive(header_status(200) + get("4", "./Mine/a") + get("5", "./Mine") + get("6", "./Mine?list=StructData") +
          replace("7", "./Mine/a", "2") + add("8", "./Mine/b", "2") +
          "<Delete><CmdID>9</CmdID><Item><Target><LocURI>./Mine/a</LocURI></Target></Item></Delete>" +
          replace("10", "./Mine?prop=ACL", "Get=*") + "<Final/>");
  for (const char* cmd : {"4", "5", "6", "7", "8", "9", "10"}) EXPECT_EQ(sent_status(cmd)->data, "425") << cmd;
  EXPECT_TRUE(results().empty());
  EXPECT_EQ(store.appended(), commits);
}

}  // namespace
}  // namespace omadm
