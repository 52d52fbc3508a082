// Generic alerts on their way to a server: kept until it has answered, whatever happens in between.
#include "tests/support/device_client.h"

namespace omadm {
namespace {

using std::chrono::minutes;

class AlertDeliveryTest : public test::ClientTest {
 protected:
  AlertDeliveryTest() {
    config.retry.count = 0;
    open();
    trusting_account(server);
  }
  // Data of the generic alerts of a message.
  static Lines alerts_in(const test::DmRequest& request) {
    Lines data;
    for (const auto& alert : request.alerts) {
      if (alert.code == "1226") data.push_back(alert.data);
    }
    return data;
  }

  test::ScriptedServer server{test::LoopbackTls::get().server()};
};

TEST_F(AlertDeliveryTest, PRO_106_PRO_304_StaysOverPowerCutsUntilTheServerAnswered) {
  ASSERT_TRUE(client->queue_alert(alert("first")));
  ASSERT_TRUE(client->queue_alert(alert("second")));
  restart_after_power_cut();
  ASSERT_EQ(client->status().owed_alerts, 2u);

  server.alert_status.clear();  // the server does not say what became of them
  EXPECT_FALSE(session().error);
  EXPECT_EQ(alerts_in(server.requests().back()), (Lines{"first", "second"}));
  restart_after_power_cut();
  EXPECT_EQ(client->status().owed_alerts, 2u);

  server.alert_status = "200";
  EXPECT_FALSE(session().error);
  EXPECT_EQ(alerts_in(server.requests().back()), (Lines{"first", "second"}));
  EXPECT_EQ(client->status().owed_alerts, 0u);
  restart_after_power_cut();
  EXPECT_EQ(client->status().owed_alerts, 0u);
}

TEST_F(AlertDeliveryTest, PRO_300_PRO_301_CarriesEverythingThatWasQueued) {
  ASSERT_TRUE(client->queue_alert(alert("<&\"data")));
  session();
  const auto request = server.requests().front();
  ASSERT_EQ(request.alerts.size(), 2u);
  EXPECT_EQ(request.alerts[0].code, "1201");
  EXPECT_EQ(request.alerts[1].type, "Reversed-Domain-Name: com.example.alert");
  EXPECT_EQ(request.alerts[1].data, "<&\"data");
  EXPECT_EQ(request.alerts[1].correlator, "c-1");
}

TEST_F(AlertDeliveryTest, PRO_304_ARefusalClosesItButA401DoesNot) {
  ASSERT_TRUE(client->queue_alert(alert("refused")));
  server.alert_status = "415";
  session();
  EXPECT_EQ(client->status().owed_alerts, 0u);

  ASSERT_TRUE(client->queue_alert(alert("unauthenticated")));
  for (const char* status : {"401", "407"}) {
    server.alert_status = status;
    session();
    EXPECT_EQ(client->status().owed_alerts, 1u) << status;
  }
}

TEST_F(AlertDeliveryTest, GoesToItsServerOnly) {
  test::ScriptedServer other(test::LoopbackTls::get().server());
  account({other.url()}, {}, "other.example.com", "Other");
  ASSERT_TRUE(client->queue_alert(alert("for the first")));
  session("other.example.com");
  EXPECT_EQ(alerts_in(other.requests().back()), Lines{});
  EXPECT_EQ(client->status().owed_alerts, 1u);
  session();
  EXPECT_EQ(client->status().owed_alerts, 0u);
}

TEST_F(AlertDeliveryTest, OneThatComesUpDuringASessionGoesOutWithTheNextPackage) {
  server.then_hold(test::get_command("1", "./DevInfo/Man"));
  ASSERT_TRUE(client->start_session(kServerId, SessionCause::client, nullptr));
  ASSERT_TRUE(run_until([this] { return server.count() == 1; }));
  ASSERT_TRUE(client->queue_alert(alert("late")));
  server.release();
  run_until_idle();
  ASSERT_EQ(server.count(), 2u);
  EXPECT_EQ(alerts_in(server.requests()[1]), Lines{"late"});
  EXPECT_EQ(client->status().owed_alerts, 0u);
}

TEST_F(AlertDeliveryTest, PRO_106_OneTooLateForTheSessionGetsAnotherAtOnce) {
  server.then_hold();
  ASSERT_TRUE(client->start_session(kServerId, SessionCause::client, nullptr));
  ASSERT_TRUE(run_until([this] { return server.count() == 1; }));
  ASSERT_TRUE(client->queue_alert(alert("too late")));
  server.release();
  run_until_idle();
  ASSERT_EQ(server.count(), 2u);
  EXPECT_EQ(server.requests()[1].msg_id, "1");
  EXPECT_EQ(alerts_in(server.requests()[1]), Lines{"too late"});
  EXPECT_EQ(client->status().owed_alerts, 0u);
}

TEST_F(AlertDeliveryTest, WhatIsOwedLeadsToASessionAfterARestart) {
  ASSERT_TRUE(client->queue_alert(alert("owed")));
  restart_after_power_cut();
  run_until_idle();
  ASSERT_EQ(server.count(), 1u);
  EXPECT_EQ(server.requests()[0].alerts[0].code, "1201");
  EXPECT_EQ(alerts_in(server.requests()[0]), Lines{"owed"});
}

TEST_F(AlertDeliveryTest, TriesAgainLaterAndLaterWhileTheServerIsAway) {
  ASSERT_TRUE(client->queue_alert(alert("owed")));
  for (int i = 0; i < 3; ++i) server.then_status(501);
  EXPECT_EQ(session().error->code, Errc::transport);
  // A minute, and then two, each up to a fifth shorter.
  advance(std::chrono::seconds(47));
  EXPECT_EQ(server.count(), 1u);
  advance(std::chrono::seconds(14));
  EXPECT_EQ(server.count(), 2u);
  advance(std::chrono::seconds(94));
  EXPECT_EQ(server.count(), 2u);
  advance(std::chrono::seconds(28));
  EXPECT_EQ(server.count(), 3u);
  EXPECT_EQ(client->status().owed_alerts, 1u);
  advance(minutes(5));
  EXPECT_EQ(server.count(), 4u);
  EXPECT_EQ(client->status().owed_alerts, 0u);
}

// However many sessions fail, there is one attempt pending for what is owed.
TEST_F(AlertDeliveryTest, FailedSessionsDoNotMultiplyTheAttempts) {
  ASSERT_TRUE(client->queue_alert(alert("owed")));
  for (int i = 0; i < 4; ++i) server.then_status(501);
  for (int i = 0; i < 3; ++i) session();
  ASSERT_EQ(server.count(), 3u);
  advance(minutes(60));
  EXPECT_EQ(server.count(), 4u);
}

TEST_F(AlertDeliveryTest, NoSessionIsHeldForAnAlertDeliveredMeanwhile) {
  ASSERT_TRUE(client->queue_alert(alert("owed")));
  server.then_status(501);
  session();
  session();
  ASSERT_EQ(client->status().owed_alerts, 0u);
  ASSERT_EQ(server.count(), 2u);
  advance(minutes(60));
  EXPECT_EQ(server.count(), 2u);
}

}  // namespace
}  // namespace omadm
