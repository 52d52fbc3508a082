// Authentication of both sides within a session. security rules SEC-003 … SEC-104, worked traces SEC-V-T1 … T3.
#include "tests/unit/syncml/session_auth_fixture.h"

namespace omadm {
namespace {

// SEC-V-T1: first contact, md5 for the whole session.
TEST_F(SessionAuthTest, SEC_060_SEC_062_SEC_065_SEC_090_SEC_094_SEC_095_SEC_096_TraceOfMd5PerSession) {
  account.server->nonce = *hex_decode("a1b2c3d4e5f60718293a4b5c6d7e8f90");
  start();
  EXPECT_FALSE(message.header.cred);  // no nonce yet: the server is to ask (SEC-004)
  EXPECT_TRUE(message.header.source_name.empty());

  receive(header_status(407, chal("syncml:auth-md5", "ZG9iZWhhdmUNCg==")) +
              "<Status><CmdID>2</CmdID><MsgRef>1</MsgRef><CmdRef>1</CmdRef><Cmd>Alert</Cmd><Data>407</Data></Status>"
              "<Status><CmdID>3</CmdID><MsgRef>1</MsgRef><CmdRef>2</CmdRef><Cmd>Replace</Cmd><Data>407</Data></"
              "Status><Final/>",
          "<RespURI>https://dm.example.com/omadm?s=1A2B</RespURI>");
  ASSERT_EQ(sent, (Lines{"Status 0 SyncHdr 407", "Alert 1201", "Replace", "Final"}));
  EXPECT_EQ(message.header.msg_id, "2");
  EXPECT_EQ(message.header.session_id, "1A2B");
  EXPECT_EQ(message.header.source_name, "Bruce2");
  ASSERT_TRUE(message.header.cred);
  EXPECT_EQ(message.header.cred->meta.type, "syncml:auth-md5");
  EXPECT_EQ(message.header.cred->meta.format, "b64");
  EXPECT_EQ(message.header.cred->data, "kHLLLSPq49co1xndU6F2HQ==");
  EXPECT_EQ(out->url, "https://dm.example.com/omadm?s=1A2B");
  const Octets issued = issued_nonce();
  EXPECT_GE(issued.size(), 16u);
  EXPECT_TRUE(host.client_nonces.empty());  // SEC-094: the sender was not authenticated

  receive(header_status(212, chal("syncml:auth-md5", "LG3iZQhhdmKNHg==")) + get("4", "./V") + "<Final/>",
          server_md5(issued), kServerName);
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 212", "Status 4 Get 200", "Results 4", "Final"}));
  EXPECT_FALSE(message.header.cred);  // 212 was received
  EXPECT_EQ(host.client_nonces, (std::vector<Octets>{*base64_decode("LG3iZQhhdmKNHg==")}));
  EXPECT_EQ(host.server_nonces, (std::vector<Octets>{issued}));
  const Octets next = issued_nonce();
  EXPECT_NE(next, issued);

  receive(header_status(200) + get("4", "./V") + "<Final/>");  // accepted without Cred, delivers the nonce
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 200");
  EXPECT_EQ(host.server_nonces, (std::vector<Octets>{issued, next}));
  receive(header_status(200) + "<Final/>");
  EXPECT_EQ(result->end, SessionEnd::completed);
  EXPECT_EQ(result->client_auth, AuthType::md5);
  EXPECT_EQ(result->server_auth, AuthType::md5);
}

TEST_F(SessionAuthTest, SEC_004_SEC_091_MO_026_StoredNonceIsUsedInTheFirstMessage) {
  account.client.front().nonce = *base64_decode("LG3iZQhhdmKNHg==");
  start();
  ASSERT_TRUE(message.header.cred);
  EXPECT_EQ(message.header.cred->data, "LAK2i25Fh0nxxGGaAzRRpg==");  // SEC-V-M3
}

TEST_F(SessionAuthTest, SEC_017_PreferredDigestWithoutNonceUsesTheEmptyOne) {
  account.preferred = AuthType::md5;
  start();
  ASSERT_TRUE(message.header.cred);
  EXPECT_EQ(message.header.cred->data, "lEf25jyjHbCcTbj4p/1pUw==");  // SEC-V-M6
}

TEST_F(SessionAuthTest, SEC_061_SEC_064_SEC_083_PRO_178_PRO_214_UnauthenticatedCommandsAreAnsweredButNotExecuted) {
  account.client.clear();
  start();
  receive(header_status(200) + "<Sequence><CmdID>3</CmdID>" + add("4", "./V/n", "x") + "</Sequence>" + get("5", "./V") +
          "<Final/>");
  EXPECT_EQ(sent,
            (Lines{"Status 0 SyncHdr 407", "Status 3 Sequence 407", "Status 4 Add 407", "Status 5 Get 407", "Final"}));
  EXPECT_EQ(value("./V/n"), "(absent)");
  EXPECT_FALSE(issued_nonce().empty());
  EXPECT_TRUE(host.server_nonces.empty());
}

TEST_F(SessionAuthTest, SEC_065_SEC_066_WrongServerCredentialsAreChallengedThenTheSessionEnds) {
  account.client.clear();
  start();
  const std::string wrong = cred("syncml:auth-md5", "AAAAAAAAAAAAAAAAAAAAAA==");
  for (int attempt = 0; attempt < 2; ++attempt) {
    receive(header_status(200) + add("4", "./V/n", "x") + "<Final/>", wrong, kServerName);
    ASSERT_EQ(sent, (Lines{"Status 0 SyncHdr 401", "Status 4 Add 401", "Final"})) << attempt;
    ASSERT_FALSE(result);
  }
  receive(header_status(200) + add("4", "./V/n", "x") + "<Final/>", wrong, kServerName);
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::authentication);
  EXPECT_EQ(value("./V/n"), "(absent)");
  EXPECT_TRUE(host.server_nonces.empty());
}

TEST_F(SessionAuthTest, SEC_065_RightCredentialsAfterAChallengeAreAccepted) {
  account.client.clear();
  account.server->nonce = Octets("stored");
  start();
  receive(header_status(200) + add("4", "./V/n", "x") + "<Final/>", server_md5("stale"), kServerName);
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 401");
  receive(header_status(200) + add("4", "./V/n", "x") + "<Final/>", server_md5(issued_nonce()), kServerName);
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 212", "Status 4 Add 200", "Final"}));
  EXPECT_EQ(value("./V/n"), "x");
}

// The session before was cut short behind our challenge: the server may have the nonce in it or not, and with nothing
// but Statuses to send it must not be challenged (SEC-063).
TEST_F(SessionAuthTest, SEC_090_SEC_095_BothNoncesOfASessionThatWasCutShortAreGood) {
  for (const char* nonce : {"issued", "stored"}) {
    SCOPED_TRACE(nonce);
    account.server->nonce = Octets("stored");
    account.issued = Octets("issued");
    host.server_nonces.clear();
    start();
    receive(header_status(200) + "<Final/>", server_md5(nonce), kServerName);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->end, SessionEnd::completed) << result->detail;
    const bool arrived = std::string_view(nonce) == "issued";
    EXPECT_EQ(host.server_nonces, arrived ? std::vector<Octets>{"issued"} : std::vector<Octets>{});
  }
}

TEST_F(SessionAuthTest, SEC_095_OfSeveralMacsBothNoncesOfASessionThatWasCutShortAreGood) {
  use_mac();
  for (const char* nonce : {"issued", "server-nonce-0"}) {
    SCOPED_TRACE(nonce);
    account.issued = Octets("issued");
    server_msg_id = 0;
    start();
    receive_signed(header_status(200) + get("4", "./V") + "<Final/>", nonce);
    EXPECT_EQ(sent.front(), "Status 0 SyncHdr 200");
    receive_signed(header_status(200) + get("4", "./V") + "<Final/>", nonce);  // ours was lost on the way
    EXPECT_EQ(sent.front(), "Status 0 SyncHdr 200");
    receive_signed(header_status(200) + get("4", "./V") + "<Final/>", nonce);
    EXPECT_EQ(sent.front(), "Status 0 SyncHdr 401");  // … but not twice
  }
}

TEST_F(SessionAuthTest, SEC_090_ANonceIsStoredBeforeItLeavesAndGivenUpForNoStranger) {
  account.server->nonce = Octets("stored");
  start();
  receive(header_status(200) + get("4", "./V") + "<Final/>", server_md5("stored"), kServerName);
  EXPECT_EQ(host.issued_nonces, (std::vector<Octets>{issued_nonce()}));
  host.issued_nonces.clear();
  account.issued = Octets("issued");
  server_msg_id = 0;
  start();
  receive(header_status(200) + get("4", "./V") + "<Final/>", server_md5("of a stranger"), kServerName);
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 401");
  EXPECT_TRUE(host.issued_nonces.empty());
  receive(header_status(200) + get("4", "./V") + "<Final/>", server_md5(issued_nonce()), kServerName);
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 212");
  EXPECT_EQ(host.issued_nonces, (std::vector<Octets>{issued_nonce()}));
}

TEST_F(SessionAuthTest, SEC_063_ServerThatOnlySendsStatusesUnauthenticatedEndsTheSession) {
  account.client.clear();
  start();
  receive(header_status(200) + "<Final/>");
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::authentication);
}

TEST_F(SessionAuthTest, SEC_018_ProvisionedNonceMayBeStoredAsBase64Text) {
  account.client.clear();
  account.server->nonce = Octets("Tm9uY2U=");
  start();
  receive(header_status(200) + get("4", "./V") + "<Final/>", server_md5("Nonce"), kServerName);
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 212");
}

TEST_F(SessionAuthTest, SEC_066_ClientCredentialsRefusedThreeTimesEndTheSession) {
  account.client.front().nonce = Octets("n");
  start();
  for (int attempt = 0; attempt < 2; ++attempt) {
    receive(header_status(401, chal("syncml:auth-md5", "Tm9uY2U=")) + "<Final/>");
    ASSERT_TRUE(out) << attempt;
    EXPECT_EQ(message.header.cred->data, "Zz6EivR3yeaaENcRN6lpAQ==");
  }
  receive(header_status(401, chal("syncml:auth-md5", "Tm9uY2U=")) + "<Final/>");
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::authentication);
  EXPECT_TRUE(host.client_nonces.empty());
}

TEST_F(SessionAuthTest, SEC_068_DowngradeToBasicIsNotFollowed) {
  account.client.front().nonce = Octets("n");
  start();
  receive(header_status(401, chal("syncml:auth-basic", "Tm9uY2U=")) + "<Final/>");
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::authentication);
}

TEST_F(SessionAuthTest, SEC_003_ChallengeOfAnUnknownTypeEndsTheSession) {
  start();
  receive(header_status(407, chal("syncml:auth-securid", "Tm9uY2U=")) + "<Final/>");
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::authentication);
}

TEST_F(SessionAuthTest, SEC_009_SEC_010_BasicOnlyWhenAllowed) {
  account.client = {{AuthType::basic, "Bruce2", Secret("OhBehave"), std::nullopt}};
  account.server->type = AuthType::basic;
  account.preferred = AuthType::basic;
  session = std::make_unique<Session>(*tree, account, options, host);
  EXPECT_EQ(session->start().error().code, Errc::not_allowed);

  options.allow_basic = true;
  start();
  EXPECT_EQ(message.header.cred->data, "QnJ1Y2UyOk9oQmVoYXZl");
  receive(header_status(212) + get("4", "./V") + "<Final/>",
          cred("syncml:auth-basic", basic_credential(kServerName, Secret("S3rv3r-Secret-0001"))), kServerName);
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 212", "Status 4 Get 200", "Results 4", "Final"}));
  EXPECT_FALSE(sent_status("0")->chal);
}

TEST_F(SessionAuthTest, SEC_084_AccountWithoutAnyServerAuthenticationIsRefused) {
  account.server.reset();
  options.transport_authenticates_server = false;
  session = std::make_unique<Session>(*tree, account, options, host);
  EXPECT_EQ(session->start().error().code, Errc::unavailable);
}

// SEC-V-T2: every message of both sides under its own nonce.
TEST_F(SessionAuthTest, SEC_043_SEC_070_SEC_092_SEC_096_TraceOfMacPerMessage) {
  use_mac();
  start();
  EXPECT_FALSE(message.header.cred);
  EXPECT_EQ(message.header.source_name, "Bruce2");
  ASSERT_TRUE(out->hmac_header);
  auto hmac = parse_hmac_header(*out->hmac_header);
  EXPECT_TRUE(mac_matches(hmac->mac, "Bruce2", Secret("OhBehave"), "client-nonce-0", out->body));

  receive_signed(
      header_status(200, chal("syncml:auth-MAC", base64_encode("client-nonce-1"))) + get("4", "./V") + "<Final/>",
      "server-nonce-0");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 4 Get 200", "Results 4", "Final"}));
  hmac = parse_hmac_header(*out->hmac_header);
  EXPECT_TRUE(mac_matches(hmac->mac, "Bruce2", Secret("OhBehave"), "client-nonce-1", out->body));
  EXPECT_EQ(sent_status("0")->chal->type, "syncml:auth-MAC");
  const Octets server_nonce_1 = issued_nonce();
  EXPECT_EQ(host.client_nonces, (std::vector<Octets>{"client-nonce-1"}));
  EXPECT_TRUE(host.server_nonces.empty());  // not known to be delivered yet

  receive_signed(header_status(200, chal("syncml:auth-MAC", base64_encode("client-nonce-2"))) + "<Final/>",
                 server_nonce_1);
  EXPECT_EQ(result->end, SessionEnd::completed);
  EXPECT_EQ(host.client_nonces.back(), "client-nonce-2");
  EXPECT_EQ(host.server_nonces, (std::vector<Octets>{server_nonce_1}));
  EXPECT_EQ(result->client_auth, AuthType::mac);
  EXPECT_EQ(result->server_auth, AuthType::mac);
}

// SEC-V-T3: a wrong MAC is challenged once; right under the new nonce goes on, wrong again ends.
TEST_F(SessionAuthTest, SEC_042_SEC_070_SEC_093_WrongMacIsChallengedOnce) {
  use_mac();
  start();
  const std::string body = header_status(200, chal("syncml:auth-MAC", base64_encode("client-nonce-1"))) +
                           add("4", "./V/n", "x") + "<Final/>";
  receive_signed(body, "server-nonce-0", "wrong");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 401", "Status 4 Add 401", "Final"}));
  const auto hmac = parse_hmac_header(*out->hmac_header);
  EXPECT_TRUE(mac_matches(hmac->mac, "Bruce2", Secret("OhBehave"), "client-nonce-1", out->body));
  EXPECT_TRUE(host.client_nonces.empty());
  EXPECT_EQ(value("./V/n"), "(absent)");
  const Octets issued = issued_nonce();
  receive_signed(body, issued);
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 4 Add 200", "Final"}));
  EXPECT_EQ(value("./V/n"), "x");
  EXPECT_EQ(host.server_nonces, (std::vector<Octets>{issued}));
}

TEST_F(SessionAuthTest, SEC_070_AServerThatWantsNoMoreProofsEndsTheSession) {
  use_mac();
  start();
  const std::string next = chal("syncml:auth-MAC", base64_encode("client-nonce-1"));
  receive_signed(header_status(212, next) + add("4", "./V/n", "x") + "<Final/>", "server-nonce-0");
  EXPECT_EQ(result->end, SessionEnd::authentication);
  EXPECT_EQ(value("./V/n"), "(absent)");
}

TEST_F(SessionAuthTest, SEC_070_SecondWrongMacEndsTheSession) {
  use_mac();
  start();
  receive_signed(header_status(200) + add("4", "./V/n", "x") + "<Final/>", "server-nonce-0", "wrong");
  receive_signed(header_status(200) + add("4", "./V/n", "x") + "<Final/>", issued_nonce(), "wrong");
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::authentication);
  EXPECT_EQ(value("./V/n"), "(absent)");
}

TEST_F(SessionAuthTest, SEC_003_SEC_070_AMacInBothDirectionsIsTakenForTheDigestsOfTheAccount) {
  account.server->nonce = "server-nonce-0";
  start();
  receive_signed(header_status(407, chal("syncml:auth-MAC", base64_encode("client-nonce-1"))) + "<Final/>",
                 "server-nonce-0");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Alert 1201", "Replace", "Final"}));
  EXPECT_TRUE(is_signed("client-nonce-1"));
  EXPECT_EQ(sent_status("0")->chal->type, "syncml:auth-MAC");
  receive_signed(header_status(200, chal("syncml:auth-MAC", base64_encode("client-nonce-2"))) + add("4", "./V/n", "x") +
                     "<Final/>",
                 issued_nonce());
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 4 Add 200", "Final"}));
  // From then on every message is signed.
  receive(header_status(200) + add("5", "./V/m", "x") + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 401", "Status 5 Add 401", "Final"}));
  EXPECT_EQ(value("./V/m"), "(absent)");
}

TEST_F(SessionAuthTest, SEC_083_AWrongMacInsteadOfTheDigestIsChallenged) {
  account.server->nonce = "server-nonce-0";
  start();
  receive_signed(header_status(212) + add("4", "./V/n", "x") + "<Final/>", "server-nonce-0", "wrong");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 401", "Status 4 Add 401", "Final"}));
  EXPECT_EQ(value("./V/n"), "(absent)");
}

TEST_F(SessionAuthTest, SEC_044_MacCoversTheBodyAsSent) {
  use_mac();
  start();
  const std::string document =
      header("1", {}, kServerName) + "<SyncBody>" + add("4", "./V/n", "x") + "<Final/></SyncBody></SyncML>";
  receive_raw(document + "\n",
              format_hmac_header({kServerName, mac_credential(kServerName, Secret("S3rv3r-Secret-0001"),
                                                              "server-nonce-0", document)}));
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 401");
  EXPECT_EQ(value("./V/n"), "(absent)");
}

TEST_F(SessionAuthTest, SEC_041_UsernameMustBeTheLocName) {
  use_mac();
  start();
  const std::string document =
      header("1", {}, "somebody") + "<SyncBody>" + add("4", "./V/n", "x") + "<Final/></SyncBody></SyncML>";
  receive_raw(document, format_hmac_header({kServerName, mac_credential(kServerName, Secret("S3rv3r-Secret-0001"),
                                                                        "server-nonce-0", document)}));
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 401");
}

// Steps 2 to 5 of the resynchronisation (SEC 6.1).
TEST_F(SessionAuthTest, SEC_100_SEC_102_NOT_060_DefaultNonceServesBothSidesForOneSession) {
  account.client.front().nonce = Octets("former");
  account.server->nonce = Octets("former too");
  options.default_nonce = true;
  start();
  EXPECT_EQ(message.header.cred->data, "cnPI6nO9RgujiHU0y58kNA==");  // SEC-V-M4
  receive(header_status(212, chal("syncml:auth-md5", base64_encode("fresh"))) + get("4", "./V") + "<Final/>",
          server_md5(kDefaultNonce), kServerName);
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 212");
  EXPECT_EQ(host.client_nonces, (std::vector<Octets>{"fresh"}));
}

TEST_F(SessionAuthTest, SEC_102_DefaultNonceIsRefusedOtherwise) {
  account.client.clear();
  account.server->nonce = Octets("stored");
  start();
  receive(header_status(200) + add("4", "./V/n", "x") + "<Final/>", server_md5(kDefaultNonce), kServerName);
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 401");
  EXPECT_EQ(value("./V/n"), "(absent)");
}

}  // namespace
}  // namespace omadm
