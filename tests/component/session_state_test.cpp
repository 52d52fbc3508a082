// What a session leaves behind: nonces, its own account, commits; and how it is cut short.
#include <set>

#include "tests/support/device_client.h"

namespace omadm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::get_command;

constexpr const char* kClientData = "./DMAcc/Acc/AppAuth/1/AAuthData";
constexpr const char* kServerData = "./DMAcc/Acc/AppAuth/2/AAuthData";

class SessionStateTest : public test::ClientTest {
 protected:
  SessionStateTest() {
    open();
    account({server.url()}, {{"CLCRED", "DIGEST", "Bruce2", "OhBehave", Octets("client-nonce-0001")},
                             server_auth("server-nonce-0001")});
    server.prove(kServerId, kServerSecret, "server-nonce-0001");
  }
  void start(SessionCause cause = SessionCause::client) {
    ASSERT_TRUE(client->start_session(kServerId, cause, [this](const SessionReport& r) { reports.push_back(r); }));
  }
  bool asked(std::size_t count) {
    return run_until([this, count] { return server.count() == count; });
  }
  void stop() {
    client->stop([this] { stopped = true; });
  }
  static std::string client_cred(Bytes nonce) { return md5_credential("Bruce2", Secret("OhBehave"), nonce); }

  test::ScriptedServer server{test::LoopbackTls::get().server()};
  std::vector<SessionReport> reports;
  bool stopped = false;
};

TEST_F(SessionStateTest, SEC_090_SEC_091_SEC_096_NoncesAreDurableBeforeTheNextMessageLeaves) {
  server.header_chal = test::chal_element("syncml:auth-md5", "client-nonce-0002");
  server.then(get_command("1", "./DevInfo/Man"));
  server.then_hold();
  start();
  ASSERT_TRUE(asked(1));
  EXPECT_EQ(server.requests()[0].cred, client_cred("client-nonce-0001"));
  ASSERT_TRUE(asked(2));  // the second message is out, its answer is not in
  restart_after_power_cut();
  EXPECT_EQ(value(kClientData), "client-nonce-0002");
  EXPECT_EQ(value(kServerData), "server-nonce-0001");  // what message 2 offers may not have arrived
  server.release();

  session();
  EXPECT_EQ(server.requests().at(2).msg_id, "1");
  EXPECT_EQ(server.requests().at(2).cred, client_cred("client-nonce-0002"));
}

TEST_F(SessionStateTest, SEC_094_SEC_095_TheServersNonceIsStoredOnceItHasArrived) {
  server.then(get_command("1", "./DevInfo/Man"));
  server.then(get_command("2", "./DevInfo/Mod"));
  server.then_hold();
  start();
  ASSERT_TRUE(asked(3));
  const Octets issued = server.requests()[1].next_nonce;
  ASSERT_EQ(issued.size(), 16u);
  restart_after_power_cut();
  EXPECT_EQ(value(kServerData), issued);
}

// The server has nothing to say, so that it must not be challenged: it is known by either nonce.
TEST_F(SessionStateTest, SEC_063_SEC_090_SEC_095_TheSessionAfterOneThatWasCutWorks) {
  server.then(get_command("1", "./DevInfo/Man"));
  server.then_hold();
  start();
  ASSERT_TRUE(asked(2));
  const Octets issued = server.requests()[1].next_nonce;
  restart_after_power_cut();
  server.release();
  for (const Octets& nonce : {Octets("server-nonce-0001"), issued}) {
    server.prove(kServerId, kServerSecret, nonce);
    const auto report = session();
    EXPECT_FALSE(report.error) << report.error->detail;
  }
  EXPECT_EQ(value(kServerData), issued);
}

TEST_F(SessionStateTest, SEC_083_SEC_094_AnImpostorChangesNothing) {
  server.prove(kServerId, "not the secret", "server-nonce-0001");
  server.header_chal = test::chal_element("syncml:auth-md5", "nonce of the impostor");
  put("./V", "", Format::node);
  acl("./V", "Add=*&Get=*");
  for (int i = 0; i < 4; ++i) server.then(test::add_command("1", "./V/x", "1"));
  const auto report = session();
  EXPECT_EQ(report.error->code, Errc::authentication);
  EXPECT_FALSE(exists("./V/x"));
  EXPECT_EQ(value(kClientData), "client-nonce-0001");
  EXPECT_EQ(value(kServerData), "server-nonce-0001");
  EXPECT_EQ(client->status().accounts.at(0).last_result, "authentication failed");
}

TEST_F(SessionStateTest, PRO_072_TheServerAbortsWith1223) {
  server.then(test::alert_command("1", "1223"));
  const auto report = session();
  EXPECT_EQ(report.result.end, SessionEnd::aborted);
  EXPECT_TRUE(report.error);
  EXPECT_EQ(server.count(), 1u);
  EXPECT_EQ(client->status().accounts.at(0).last_result, "aborted");
}

TEST_F(SessionStateTest, PRO_032_SessionIdsGoOnAfterAPowerCut) {
  std::set<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    ids.insert(session().session_id);
    restart_after_power_cut();
  }
  EXPECT_EQ(ids, (std::set<std::string>{"1", "2", "3"}));
}

// Whoever only pretends to be the server leaves no trace: no nonce, no value, no settled alert.
TEST_F(SessionStateTest, SEC_083_SEC_085_SEC_093_SEC_094_AnImpostorChangesNothing) {
  GenericAlert owed;
  owed.server_id = kServerId;
  owed.type = "org.example.alert";
  owed.format = "chr";
  owed.data = "x";
  ASSERT_TRUE(client->queue_alert(owed));
  put("./V", "", Format::node);
  acl("./V", "Add=*&Get=*");
  const Octets client_nonce = value(kClientData);
  const Octets server_nonce = value(kServerData);
  server.prove(kServerId, "not the password", server_nonce);
  server.header_chal = test::chal_element("syncml:auth-md5", "nonce-of-an-impostor");
  for (int i = 0; i < 4; ++i) server.then(test::add_command("1", "./V/x", "1"));
  const auto report = session();
  EXPECT_EQ(report.error->code, Errc::authentication);
  EXPECT_GT(server.count(), 1u);
  restart_after_power_cut();
  EXPECT_EQ(value(kClientData), client_nonce);
  EXPECT_EQ(value(kServerData), server_nonce);
  EXPECT_FALSE(exists("./V/x"));
  EXPECT_EQ(client->status().owed_alerts, 1u);
}

TEST_F(SessionStateTest, PRO_070_StopAbortsAtTheEndOfThePackageUnderWay) {
  put("./V", "", Format::node);
  acl("./V", "Add=*&Get=*");
  server.then_hold(test::add_command("1", "./V/x", "1"));
  start();
  start();  // this one never begins
  ASSERT_TRUE(asked(1));
  stop();
  EXPECT_EQ(client->start_session(kServerId, SessionCause::client, nullptr).error().code, Errc::cancelled);
  for (int i = 0; i < 5; ++i) client->run_once(milliseconds(2));
  EXPECT_FALSE(stopped);
  server.release();
  ASSERT_TRUE(run_until([this] { return stopped; }));
  ASSERT_EQ(server.count(), 2u);
  EXPECT_TRUE(server.requests()[1].has("Alert 1223"));
  EXPECT_FALSE(exists("./V/x"));
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0].error->code, Errc::cancelled);
  EXPECT_EQ(reports[0].session_id, "");
  EXPECT_EQ(reports[1].result.end, SessionEnd::aborted);
}

TEST_F(SessionStateTest, StopDoesNotWaitForARepetition) {
  server.then_status(503, {{"Retry-After", "1800"}});
  start();
  ASSERT_TRUE(asked(1));
  ASSERT_TRUE(run_until([this] { return log.contains("trying again"); }));
  stop();
  ASSERT_TRUE(run_until([this] { return stopped; }, seconds(2)));
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].result.end, SessionEnd::aborted);
  EXPECT_EQ(server.count(), 1u);
}

TEST_F(SessionStateTest, StopBeforeTheFirstMessageTellsWhoeverWaits) {
  start();
  EXPECT_FALSE(client->idle());
  EXPECT_EQ(client->status().queue, Lines{kServerId});
  stop();
  ASSERT_TRUE(run_until([this] { return stopped; }));
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].error->code, Errc::cancelled);
  EXPECT_EQ(server.count(), 0u);
}

TEST_F(SessionStateTest, StopNeedsNobodyToTell) {
  client->stop({});
  for (int i = 0; i < 3; ++i) client->run_once(milliseconds(1));
  EXPECT_TRUE(client->idle());
  stop();  // also of one that was stopped
  EXPECT_TRUE(run_until([this] { return stopped; }));
}

TEST_F(SessionStateTest, StopTellsThoseWhoWaitForADeferredSession) {
  config.notification.max_per_hour = 1;
  open();
  const auto notify = [this](std::uint16_t id) {
    return client->notify(notification(id, "server-nonce-0001"), kNotificationType, false,
                          [this](const SessionReport& r) { reports.push_back(r); });
  };
  ASSERT_TRUE(notify(1).accepted);
  run_until_idle();
  const auto deferred = notify(2);
  ASSERT_TRUE(deferred.accepted);
  ASSERT_GT(deferred.delay.count(), 0);
  stop();
  EXPECT_EQ(notify(3).error, Errc::cancelled);
  ASSERT_TRUE(run_until([this] { return stopped; }));
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[1].session_id, "2");
  EXPECT_EQ(reports[1].error->code, Errc::cancelled);

  // After the restart the deferred one still comes, and the one refused can be sent again.
  restart_after_power_cut();
  run_until_idle();
  EXPECT_EQ(server.count(), 1u);
  advance(std::chrono::hours(1));
  ASSERT_EQ(server.count(), 2u);
  EXPECT_EQ(server.requests()[1].session_id, "2");
  stopped = false;
  EXPECT_TRUE(notify(3).accepted);
}

TEST_F(SessionStateTest, D13_085_TND_073_AServerMayRemoveItsOwnAccount) {
  put("./DevDetail/Ext/shared", "1");
  acl("./DevDetail/Ext/shared", std::string("Get=") + kServerId + "+other.example.com");
  ASSERT_TRUE(client->queue_alert(alert("nobody takes this")));
  server.alert_status.clear();
  server.header_chal = test::chal_element("syncml:auth-md5", "client-nonce-0002");
  server.then(test::delete_command("1", "./DMAcc/Acc"));
  server.then(test::get_command("2", "./DevInfo/Man"));
  const auto report = session();
  EXPECT_FALSE(report.error) << report.error->detail;
  ASSERT_EQ(server.count(), 3u);
  EXPECT_TRUE(server.requests()[1].has("Status 1 Delete 200"));
  run_until_idle();
  EXPECT_FALSE(exists("./DMAcc/Acc"));  // no nonce brings a part of it back
  EXPECT_EQ(client->status().accounts.size(), 0u);
  EXPECT_EQ(client->status().owed_alerts, 0u);
  EXPECT_EQ(client->tree().begin(Principal::device()).own_acl(*Uri::parse("./DevDetail/Ext/shared"))->str(),
            "Get=other.example.com");
  EXPECT_EQ(client->start_session(kServerId, SessionCause::client, nullptr).error().code, Errc::not_found);
  restart_after_power_cut();
  EXPECT_FALSE(exists("./DMAcc/Acc"));
}

TEST_F(SessionStateTest, BOOT_015_SEC_090_NoncesFollowAnAccountTheServerRenames) {
  acl("./DMAcc", std::string("Get=*&Add=*&Replace=") + kServerId);
  server.header_chal = test::chal_element("syncml:auth-md5", "client-nonce-0002");
  server.then(test::replace_command("1", "./DMAcc/Acc?prop=Name", "Mine"));
  server.header_chal.clear();
  server.then([this](const test::DmRequest& request) {
    server.header_chal = test::chal_element("syncml:auth-md5", "client-nonce-0003");
    return server.package(request, get_command("2", "./DevInfo/Man"));
  });
  EXPECT_FALSE(session().error);
  EXPECT_TRUE(server.requests().at(1).has("Status 1 Replace 200"));
  EXPECT_FALSE(exists("./DMAcc/Acc"));
  EXPECT_EQ(value("./DMAcc/Mine/AppAuth/1/AAuthData"), "client-nonce-0003");
}

TEST_F(SessionStateTest, D13_004_PRO_471_OneMoreSessionWithTheVersionTheServerLists) {
  config.version = DmVersion::dm13;
  open();
  server.then([this](const test::DmRequest& request) {
    auto answer = server.package(request, {});
    answer.body =
        "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>" +
        request.session_id +
        "</SessionID><MsgID>1</MsgID><Target><LocURI>urn:test:1</LocURI></Target><Source><LocURI>s</LocURI>"
        "</Source></SyncHdr><SyncBody><Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef>"
        "<Cmd>SyncHdr</Cmd><Data>513</Data><Item><Data>DM/1.2</Data></Item></Status><Final/></SyncBody>"
        "</SyncML>";
    return answer;
  });
  EXPECT_FALSE(session().error);
  ASSERT_EQ(server.count(), 2u);
  EXPECT_NE(server.requests()[0].http.body.find("DM/1.3"), std::string::npos);
  EXPECT_NE(server.requests()[1].http.body.find("DM/1.2"), std::string::npos);
  EXPECT_NE(server.requests()[0].session_id, server.requests()[1].session_id);
  restart_after_power_cut();
  EXPECT_FALSE(session().error);
  EXPECT_NE(server.requests()[2].http.body.find("DM/1.2"), std::string::npos);  // remembered
  EXPECT_EQ(server.count(), 3u);
}

TEST_F(SessionStateTest, CommitsOfAServerAreObservedWithTheirOrigin) {
  put("./V", "", Format::node);
  acl("./V", "Add=*&Get=*");
  std::vector<CommitRecord> commits;
  client->tree().observe([&](const CommitRecord& commit) {
    if (commit.origin.who == std::string("server:") + kServerId) commits.push_back(commit);
  });
  server.then(test::add_command("7", "./V/a", "1") + test::add_command("8", "./V/b", "2"));
  const auto report = session();
  EXPECT_FALSE(report.error);
  ASSERT_EQ(commits.size(), 2u);
  EXPECT_EQ(commits[0].origin.session, report.session_id);
  EXPECT_EQ(commits[0].origin.msg, "1");
  EXPECT_EQ(commits[0].origin.cmd, "7");
  EXPECT_EQ(commits[1].origin.cmd, "8");
  EXPECT_EQ(commits[1].origin.command, "Add");
  ASSERT_EQ(report.commands.size(), 2u);
  EXPECT_EQ(report.commands[1].uri, "./V/b");
  EXPECT_EQ(report.commands[1].status, "200");
}

}  // namespace
}  // namespace omadm
