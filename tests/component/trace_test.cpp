// UI-006: a trace of every message, and no secret in it.
#include "tests/support/device_client.h"

namespace omadm {
namespace {

class TraceTest : public test::ClientTest {
 protected:
  struct Entry {
    bool outgoing;
    std::string content_type, body;
  };

  void begin(Encoding encoding, const std::string& type = "DIGEST") {
    config.encoding = encoding;
    config.allow_basic = true;
    config.min_client_auth = AuthType::basic;
    server.encoding = encoding;
    open();
    client->set_trace([this](bool outgoing, std::string_view content_type, Bytes body) {
      trace.push_back({outgoing, std::string(content_type), Octets(body)});
    });
    account({server.url()}, {{"CLCRED", type, "Bruce2", "Oh<Behave>&Co", Octets("client-nonce-0001")},
                             server_auth("server-nonce-0001")});
    server.prove(kServerId, kServerSecret, "server-nonce-0001");
    put("./DMAcc/Acc/AAuthPref", type);
    acl("./DMAcc", std::string("Add=*&Get=*&Delete=*&Replace=*"));
  }
  // All that was traced, to look for secrets in.
  std::string traced() const {
    std::string all;
    for (const Entry& entry : trace) all += entry.body + "\n";
    return all;
  }
  void expect_hidden(std::string_view secret) const {
    EXPECT_EQ(traced().find(secret), std::string::npos) << secret;
    EXPECT_EQ(traced().find(base64_encode(secret)), std::string::npos) << "Base64 of " << secret;
    EXPECT_FALSE(log.contains(secret)) << secret;
  }

  test::ScriptedServer server{test::LoopbackTls::get().server()};
  std::vector<Entry> trace;
};

TEST_F(TraceTest, EveryMessageOnceWithItsLength) {
  begin(Encoding::xml);
  server.then_status(500);  // a repetition is the same message
  server.then(test::get_command("1", "./DevInfo/Man"));
  EXPECT_FALSE(session().error);
  ASSERT_EQ(trace.size(), 4u);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3u);
  for (const std::size_t i : {0u, 2u}) {
    EXPECT_TRUE(trace[i].outgoing);
    EXPECT_EQ(trace[i].content_type, "application/vnd.syncml.dm+xml");
    EXPECT_EQ(trace[i].body.size(), requests[i == 0 ? 1 : 2].http.body.size());
  }
  EXPECT_FALSE(trace[1].outgoing);
  EXPECT_NE(trace[2].body.find("Example Works"), std::string::npos);
}

TEST_F(TraceTest, SEC_146_ProofsAndNoncesAreMasked) {
  for (const Encoding encoding : {Encoding::xml, Encoding::wbxml}) {
    trace.clear();
    begin(encoding);
    server.header_chal = test::chal_element("syncml:auth-md5", "client-nonce-0002");
    server.then(test::get_command("1", "./DevInfo/Man"));
    server.then(test::get_command("2", "./DevInfo/Mod"));
    EXPECT_FALSE(session().error);
    ASSERT_EQ(trace.size(), 6u);
    for (const auto& request : server.requests()) {
      if (request.cred) expect_hidden(*request.cred);
      if (!request.next_nonce.empty()) expect_hidden(request.next_nonce);
    }
    expect_hidden("client-nonce-0001");
    expect_hidden("client-nonce-0002");
    expect_hidden("server-nonce-0001");
    expect_hidden(md5_credential(kServerId, Secret(kServerSecret), "server-nonce-0001"));
    EXPECT_NE(traced().find("****"), std::string::npos);
    server.header_chal.clear();
  }
}

TEST_F(TraceTest, SEC_146_SecretsAServerSetsAreMasked) {
  for (const Encoding encoding : {Encoding::xml, Encoding::wbxml}) {
    trace.clear();
    begin(encoding);
    const std::string node = "./DMAcc/New/AppAuth/1/";
    server.then(test::replace_command("1", "./DMAcc/Acc/AppAuth/1/AAuthSecret", "re&amp;placed-pass") +
                test::add_command("2", node + "AAuthSecret", "incomplete-account") +
                test::add_command("3", node + "AAuthData", base64_encode("nonce-of-the-new"), "b64") +
                test::add_command("4", "./Nowhere/At/All/AAuthSecret", "refused-secret"));
    EXPECT_FALSE(session().error);
    EXPECT_TRUE(server.requests().at(server.count() - 1).has("Status 2 Add 200"));
    EXPECT_EQ(value("./DMAcc/Acc/AppAuth/1/AAuthSecret"), "re&placed-pass");
    for (const char* secret :
         {"re&placed-pass", "re&amp;placed-pass", "incomplete-account", "nonce-of-the-new", "refused-secret"}) {
      expect_hidden(secret);
    }
    EXPECT_NE(traced().find("AAuthSecret"), std::string::npos);
    Transaction undo = client->tree().begin(Principal::device());
    ASSERT_TRUE(undo.remove(*Uri::parse("./DMAcc/New")));
    ASSERT_TRUE(std::move(undo).commit());
  }
}

TEST_F(TraceTest, SEC_146_SecretsInsideATreeAreMasked) {
  begin(Encoding::xml);
  acl("./Inbox", "Add=*&Get=*");
  const std::string document = account_document("Fresh", "other.example.com", {"https://other.example.com/"},
                                                {{"CLCRED", "BASIC", "me", "ta&ke", std::nullopt}});
  std::string command = test::add_command("1", "./Inbox", test::xml_text(document), "xml");
  command.insert(command.find("</Meta>"), "<Type xmlns=\"syncml:metinf\">application/vnd.syncml.dmtnds+xml</Type>");
  server.then(command);
  EXPECT_FALSE(session().error);
  EXPECT_TRUE(server.requests().back().has("Status 1 Add 200")) << server.requests().back().lines.at(1);
  EXPECT_EQ(value("./DMAcc/Fresh/AppAuth/1/AAuthSecret"), "ta&ke");
  EXPECT_NE(traced().find("Fresh"), std::string::npos);
  expect_hidden("ta&amp;amp;ke");
}

// The session goes on with what it began with, even when the tree has forgotten it (SEC-072).
TEST_F(TraceTest, SEC_072_BasicCredentialsStayMaskedWhenTheServerChangedThem) {
  begin(Encoding::xml, "BASIC");
  server.then(test::replace_command("1", "./DMAcc/Acc/AppAuth/1/AAuthSecret", "another-secret") +
              test::replace_command("2", "./DMAcc/Acc/AppAuth/1/AAuthName", "another-name"));
  EXPECT_FALSE(session().error);
  ASSERT_EQ(server.requests().at(1).cred, base64_encode("Bruce2:Oh<Behave>&Co"));
  expect_hidden("Bruce2:Oh<Behave>&Co");
  expect_hidden("another-secret");
}

TEST_F(TraceTest, CanBeSwitchedOff) {
  begin(Encoding::xml);
  client->set_trace({});
  EXPECT_FALSE(session().error);
  EXPECT_TRUE(trace.empty());
}

}  // namespace
}  // namespace omadm
