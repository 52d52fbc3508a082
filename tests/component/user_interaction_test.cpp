// A server's questions to the user through a whole client: the session waits, nothing else does. PRO-320 … PRO-342.
#include "tests/support/device_client.h"
#include "tests/support/scripted_user.h"

namespace omadm {
namespace {

using std::chrono::seconds;

std::string ask(const std::string& cmd_id, const std::string& code, const std::string& options = {}) {
  return "<Alert><CmdID>" + cmd_id + "</CmdID><Data>" + code + "</Data><Item><Data>" + options +
         "</Data></Item><Item><Data>Install now?</Data></Item></Alert>";
}

class UserInteractionTest : public test::ClientTest {
 protected:
  UserInteractionTest() {
    platform.user = &user;
    config.user_timeout = seconds(60);
    open();
    trusting_account(server);
    put("./V", "", Format::node);
    acl("./V", "Add=*&Get=*");
  }
  ~UserInteractionTest() override { client.reset(); }  // before the user
  void start() {
    ASSERT_TRUE(client->start_session(kServerId, SessionCause::client,
                                      [this](const SessionReport& report) { reports.push_back(report); }));
  }
  bool asked() {
    return run_until([this] { return user.asking() == 1; });
  }
  bool over() {
    return run_until([this] { return !reports.empty(); });
  }

  test::ScriptedUser user;
  test::ScriptedServer server{test::LoopbackTls::get().server()};
  std::vector<SessionReport> reports;
};

TEST_F(UserInteractionTest, PRO_323_TheSessionWaitsAndGoesOnWithTheAnswer) {
  server.then(ask("1", "1101") + test::add_command("2", "./V/x", "1"));
  start();
  ASSERT_TRUE(asked());
  EXPECT_EQ(user.prompts.back().text, "Install now?");
  EXPECT_EQ(server.count(), 1u);
  // Whatever else the client does goes on meanwhile.
  put("./V/local", "1");
  EXPECT_EQ(client->status().running_server, kServerId);
  EXPECT_FALSE(client->idle());
  user.say({UserAnswer::Kind::accepted, {}, {}});
  ASSERT_TRUE(over());
  EXPECT_FALSE(reports[0].error);
  EXPECT_TRUE(server.requests().at(1).has("Status 1 Alert 200"));
  EXPECT_TRUE(server.requests().at(1).has("Status 2 Add 200"));
  EXPECT_TRUE(exists("./V/x"));
}

TEST_F(UserInteractionTest, PRO_320_WithoutAUserItIs406) {
  user.here = false;
  server.then(ask("1", "1100"));
  start();
  ASSERT_TRUE(over());
  EXPECT_TRUE(user.prompts.empty());
  EXPECT_TRUE(server.requests().at(1).has("Status 1 Alert 406"));
}

TEST_F(UserInteractionTest, PRO_328_PRO_342_TheTimeIsThatOfTheServerOrOurs) {
  for (const auto& [options, time] : {std::pair("MAXDT=5", 5), std::pair("MAXDT=3600", 60), std::pair("", 60)}) {
    reports.clear();
    server.then(ask("1", "1101", options) + test::get_command("2", "./DevInfo/Man"));
    start();
    ASSERT_TRUE(asked()) << options;
    clock.advance(seconds(time) - std::chrono::milliseconds(900));
    client->process();
    EXPECT_EQ(user.asking(), 1u) << options;
    clock.advance(seconds(1));
    ASSERT_TRUE(over());
    EXPECT_EQ(user.asking(), 0u) << options;  // withdrawn
    EXPECT_TRUE(server.requests().back().has("Status 1 Alert 408")) << options;
    EXPECT_TRUE(server.requests().back().has("Status 2 Get 215")) << options;
  }
}

TEST_F(UserInteractionTest, PRO_071_PRO_075_AClientThatStopsWithdrawsTheQuestion) {
  server.then(test::add_command("1", "./V/x", "1") + ask("2", "1102") + test::add_command("3", "./V/y", "1"));
  start();
  ASSERT_TRUE(asked());
  bool stopped = false;
  client->stop([&] { stopped = true; });
  EXPECT_EQ(user.asking(), 0u);
  ASSERT_TRUE(run_until([&] { return stopped; }));
  const auto last = server.requests().back();
  EXPECT_TRUE(last.has("Alert 1223"));
  EXPECT_TRUE(last.has("Status 1 Add 200"));
  EXPECT_TRUE(last.has("Status 2 Alert 214"));
  EXPECT_TRUE(last.has("Status 3 Add 215"));
  EXPECT_FALSE(exists("./V/y"));
}

// The tree moved on while the user thought: the Atomic does not overwrite what others did since.
TEST_F(UserInteractionTest, PRO_221_AnAtomicWhoseNodesChangedMeanwhileFails) {
  put("./V/a", "1");
  acl("./V/a", "Replace=*");
  server.then("<Atomic><CmdID>1</CmdID>" + test::replace_command("2", "./V/a", "server") + ask("3", "1101") +
              "</Atomic>");
  start();
  ASSERT_TRUE(asked());
  put("./V/a", "local");
  user.say({UserAnswer::Kind::accepted, {}, {}});
  ASSERT_TRUE(over());
  EXPECT_TRUE(server.requests().at(1).has("Status 1 Atomic 507"));
  EXPECT_EQ(value("./V/a"), "local");
}

}  // namespace
}  // namespace omadm
