// Package#0 to session: what is accepted, when it runs, and what a restart remembers.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/device_client.h"
#include "tests/support/scripted_user.h"

namespace omadm {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kNonce = "server-nonce-0001";

class NotificationTest : public test::ClientTest {
 protected:
  NotificationTest() {
    config.retry.count = 0;
    open();
    account({server.url()}, {server_auth(kNonce)});
    server.prove(kServerId, kServerSecret, kNonce);
  }
  NotifyVerdict notify(std::uint16_t session_id, Bytes nonce = kNonce, std::uint8_t ui_mode = 1) {
    return client->notify(notification(session_id, nonce, ui_mode), kNotificationType, false,
                          [this](const SessionReport& report) { reports.push_back(report); });
  }
  // Sends a datagram as any sender would; true when something came back within 50 ms.
  static bool answered(const std::string& address, Bytes octets, const std::function<void()>& meanwhile) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    EXPECT_EQ(::sendto(socket, octets.data(), octets.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to),
              static_cast<ssize_t>(octets.size()));
    meanwhile();
    timeval limit{0, 50000};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    char octet = 0;
    const bool came = ::recv(socket, &octet, 1, 0) >= 0;
    ::close(socket);
    return came;
  }

  test::ScriptedServer server{test::LoopbackTls::get().server()};
  std::vector<SessionReport> reports;
};

TEST_F(NotificationTest, NOT_042_NOT_056_PRO_031_LeadsToASessionWithItsIdAndAlert1200) {
  const auto verdict = notify(0x0ABC);
  EXPECT_TRUE(verdict.accepted) << verdict.reason;
  EXPECT_EQ(verdict.delay.count(), 0);
  ASSERT_TRUE(run_until([this] { return reports.size() == 1; }));
  EXPECT_FALSE(reports[0].error) << reports[0].error->detail;
  EXPECT_EQ(reports[0].session_id, "ABC");
  ASSERT_EQ(server.count(), 1u);
  EXPECT_EQ(server.requests()[0].session_id, "ABC");
  EXPECT_EQ(server.requests()[0].lines.front(), "Alert 1200");
}

TEST_F(NotificationTest, NOT_034_NOT_036_NOT_061_WhatIsRefusedStartsNothing) {
  Octets damaged = notification(1, kNonce);
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  EXPECT_EQ(client->notify(damaged, kNotificationType, false, nullptr).error, Errc::not_found);
  EXPECT_EQ(notify(1, "another nonce").error, Errc::authentication);
  EXPECT_EQ(notify(0).error, Errc::malformed);
  EXPECT_EQ(client->notify("x", kNotificationType, false, nullptr).error, Errc::malformed);
  EXPECT_EQ(client->notify(notification(1, kNonce), "text/plain", false, nullptr).error, Errc::unsupported);
  run_until_idle();
  EXPECT_EQ(server.count(), 0u);
}

TEST_F(NotificationTest, DryRunChecksAndChangesNothing) {
  const std::size_t appended = store.appended();
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(client->notify(notification(7, kNonce), kNotificationType, true, nullptr).accepted);
  }
  run_until_idle();
  EXPECT_EQ(server.count(), 0u);
  EXPECT_EQ(store.appended(), appended);
}

TEST_F(NotificationTest, NOT_038_NOT_041_NOT_045_WaitsForTheRunningSessionAndCountsOnce) {
  server.then_hold(test::get_command("1", "./DevInfo/Man"));
  ASSERT_TRUE(notify(0x10).accepted);
  ASSERT_TRUE(run_until([this] { return server.count() == 1; }));
  EXPECT_EQ(notify(0x10).error, Errc::already_exists);  // runs
  EXPECT_TRUE(notify(0x11).accepted);
  EXPECT_EQ(notify(0x11).error, Errc::already_exists);  // waits
  EXPECT_EQ(client->status().queue, Lines{kServerId});
  EXPECT_EQ(client->status().running_session, "10");
  server.release();
  ASSERT_TRUE(run_until([this] { return reports.size() == 2; }));
  Lines ids;
  for (const auto& request : server.requests()) ids.push_back(request.session_id);
  EXPECT_EQ(ids, (Lines{"10", "10", "11"}));
}

TEST_F(NotificationTest, NOT_043_ARepetitionIsKnownAfterARestart) {
  ASSERT_TRUE(notify(0x20).accepted);
  ASSERT_TRUE(run_until([this] { return reports.size() == 1; }));
  restart_after_power_cut();
  EXPECT_EQ(notify(0x20).error, Errc::already_exists);
  clock.advance(hours(24) + seconds(1));
  EXPECT_TRUE(notify(0x20).accepted);
}

TEST_F(NotificationTest, NOT_024_NOT_043_SEC_090_ANewNonceMakesOldNotificationsWorthless) {
  server.then(test::get_command("1", "./DevInfo/Man"));
  ASSERT_TRUE(notify(0x20).accepted);
  ASSERT_TRUE(run_until([this] { return reports.size() == 1; }));
  EXPECT_FALSE(reports[0].error) << reports[0].error->detail;
  const Octets issued = server.nonce();
  ASSERT_NE(issued, kNonce);
  restart_after_power_cut();
  EXPECT_EQ(value("./DMAcc/Acc/AppAuth/1/AAuthData"), issued);
  EXPECT_EQ(notify(0x21).error, Errc::authentication);
  EXPECT_TRUE(notify(0x21, issued).accepted);
}

TEST_F(NotificationTest, NOT_039_TheRateLimitDefersAndOutlivesARestart) {
  config.notification.max_per_hour = 2;
  open();
  ASSERT_EQ(notify(1).delay.count(), 0);
  ASSERT_EQ(notify(2).delay.count(), 0);
  run_until_idle();
  clock.advance(minutes(20));
  restart_after_power_cut();
  const auto verdict = notify(3);
  EXPECT_TRUE(verdict.accepted);
  EXPECT_GT(verdict.delay, minutes(39));
  EXPECT_LE(verdict.delay, minutes(40));
  run_until_idle();
  EXPECT_EQ(server.count(), 2u);
  advance(minutes(39));
  EXPECT_EQ(server.count(), 2u);
  advance(minutes(1) + seconds(1));
  ASSERT_EQ(server.count(), 3u);
  EXPECT_EQ(server.requests()[2].session_id, "3");
}

// A device without a battery for its clock begins in the past.
TEST_F(NotificationTest, NOT_039_AClockSetBackDefersByNoMoreThanAnHour) {
  config.notification.max_per_hour = 2;
  open();
  ASSERT_TRUE(notify(1).accepted);
  ASSERT_TRUE(notify(2).accepted);
  run_until_idle();
  clock.set_utc_back(hours(24 * 365));
  const auto verdict = notify(3);
  EXPECT_TRUE(verdict.accepted);
  EXPECT_LE(verdict.delay, hours(1));
}

// What was accepted is owed to the server, for it will not ask again.
TEST_F(NotificationTest, NOT_042_AcceptedButNotBegunGoesOnAfterAPowerCut) {
  ASSERT_TRUE(notify(0x30).accepted);
  restart_after_power_cut();
  EXPECT_EQ(notify(0x30).error, Errc::already_exists);
  ASSERT_TRUE(run_until([this] { return server.count() == 1; }));
  run_until_idle();
  EXPECT_EQ(server.requests()[0].session_id, "30");
  EXPECT_EQ(server.requests()[0].lines.front(), "Alert 1200");
  restart_after_power_cut();
  run_until_idle();
  EXPECT_EQ(server.count(), 1u);  // it is done
}

TEST_F(NotificationTest, NOT_037_NOT_060_NOT_062_TheDefaultNonceResynchronisesOnce) {
  server.prove(kServerId, kServerSecret, Octets(kDefaultNonce));
  server.then(test::get_command("1", "./DevInfo/Man"));
  const auto verdict = notify(0x40, kDefaultNonce);
  ASSERT_TRUE(verdict.accepted) << verdict.reason;
  EXPECT_TRUE(verdict.default_nonce);
  ASSERT_TRUE(run_until([this] { return reports.size() == 1; }));
  EXPECT_FALSE(reports[0].error) << reports[0].error->detail;
  EXPECT_EQ(value("./DMAcc/Acc/AppAuth/1/AAuthData"), server.nonce());
}

TEST_F(NotificationTest, SEC_101_ResynchronisationPausesTenMinutesOverARestart) {
  ASSERT_TRUE(notify(0x40, kDefaultNonce).accepted);
  run_until_idle();
  clock.advance(minutes(9));
  restart_after_power_cut();
  EXPECT_EQ(notify(0x41, kDefaultNonce).error, Errc::unavailable);
  clock.advance(minutes(1) + seconds(1));
  EXPECT_TRUE(notify(0x41, kDefaultNonce).accepted);
}

TEST_F(NotificationTest, SEC_101_ResynchronisationCanBeSwitchedOff) {
  config.notification.nonce_resync = false;
  open();
  EXPECT_EQ(notify(0x40, kDefaultNonce).error, Errc::authentication);
}

TEST_F(NotificationTest, SEC_102_OnlyThatSessionTakesTheDefaultNonceFromTheServer) {
  server.prove(kServerId, kServerSecret, Octets(kDefaultNonce));
  server.then(test::get_command("1", "./DevInfo/Man"));
  ASSERT_TRUE(notify(0x40).accepted);
  ASSERT_TRUE(run_until([this] { return reports.size() == 1; }));
  ASSERT_GE(server.count(), 2u);
  EXPECT_TRUE(server.requests()[1].has("Status 0 SyncHdr 401"));
  EXPECT_TRUE(server.requests()[1].has("Status 1 Get 401"));
}

TEST_F(NotificationTest, NOT_044_AFailedConnectionIsTriedFiveTimesWithTheSameId) {
  for (int i = 0; i < 6; ++i) server.then_status(501);
  ASSERT_TRUE(notify(0x50).accepted);
  ASSERT_TRUE(run_until([this] { return reports.size() == 1; }));
  for (const auto wait : {minutes(1), minutes(4), minutes(16), minutes(64), minutes(256), minutes(1440)}) {
    advance(wait + seconds(1));
  }
  ASSERT_EQ(server.count(), 5u);
  for (const auto& request : server.requests()) EXPECT_EQ(request.session_id, "50");
  EXPECT_EQ(reports.size(), 1u);
}

TEST_F(NotificationTest, NOT_053_NOT_057_WithoutAUserThePolicyDecides) {
  EXPECT_EQ(notify(0x60, kNonce, 3).error, Errc::cancelled);
  EXPECT_EQ(notify(0x60, kNonce, 3).error, Errc::already_exists);  // it is spent
  EXPECT_TRUE(notify(0x61, kNonce, 2).accepted);
  EXPECT_TRUE(notify(0x62, kNonce, 0).accepted);
  config.notification.ui = NotificationConfig::Ui::allow;
  ASSERT_TRUE(client->reconfigure(config, platform.device));
  EXPECT_TRUE(notify(0x63, kNonce, 3).accepted);
}

TEST_F(NotificationTest, NOT_053_TheUserIsAskedAndHeard) {
  test::ScriptedUser user;
  platform.user = &user;
  config.notification.ui = NotificationConfig::Ui::ask;
  open();
  EXPECT_TRUE(notify(0x60, kNonce, 3).asks_user);
  ASSERT_TRUE(run_until([&] { return user.asking() == 1; }));
  EXPECT_EQ(user.prompts.back().kind, PromptKind::session);
  EXPECT_EQ(user.prompts.back().server_id, kServerId);
  EXPECT_EQ(notify(0x60, kNonce, 3).error, Errc::already_exists);
  user.say({UserAnswer::Kind::rejected, {}, {}});
  ASSERT_TRUE(run_until([&] { return reports.size() == 1; }));
  EXPECT_EQ(reports[0].error->code, Errc::cancelled);
  EXPECT_EQ(server.count(), 0u);

  EXPECT_TRUE(notify(0x61, kNonce, 3).accepted);
  ASSERT_TRUE(run_until([&] { return user.asking() == 1; }));
  user.say({UserAnswer::Kind::accepted, {}, {}});
  ASSERT_TRUE(run_until([&] { return reports.size() == 2; }));
  EXPECT_FALSE(reports[1].error);
  ASSERT_EQ(server.count(), 1u);
  EXPECT_EQ(server.requests()[0].session_id, "61");
  client.reset();
}

TEST_F(NotificationTest, NOT_053_WhoDoesNotAnswerDoesNotAgree) {
  test::ScriptedUser user;
  platform.user = &user;
  config.notification.ui = NotificationConfig::Ui::ask;
  config.user_timeout = seconds(30);
  open();
  EXPECT_TRUE(notify(0x60, kNonce, 3).accepted);
  ASSERT_TRUE(run_until([&] { return user.asking() == 1; }));
  advance(seconds(31));
  ASSERT_TRUE(run_until([&] { return reports.size() == 1; }));
  EXPECT_EQ(user.asking(), 0u);  // withdrawn
  EXPECT_EQ(server.count(), 0u);
  restart_after_power_cut();
  run_until_idle();
  EXPECT_EQ(server.count(), 0u);
  client.reset();
}

TEST_F(NotificationTest, NOT_023_AnAccountWithoutSecretTakesNone) {
  account({server.url()}, {{"SRVCRED", "DIGEST", kServerId, "", Octets(kNonce)}});
  Package0 message;
  message.session_id = 1;
  message.server_id = kServerId;
  EXPECT_EQ(client->notify(write_package0(message, Secret(), kNonce), kNotificationType, false, nullptr).error,
            Errc::authentication);
}

TEST_F(NotificationTest, NOT_040_NothingIsAnsweredOverUdp) {
  config.notification.udp = "127.0.0.1:0";
  open();
  const std::string address = client->notification_addresses().udp;
  ASSERT_FALSE(address.empty());
  EXPECT_FALSE(answered(address, "garbage", [this] { client->run_once(seconds(1)); }));
  EXPECT_EQ(server.count(), 0u);
  EXPECT_FALSE(answered(address, notification(0x70, kNonce),
                        [this] { ASSERT_TRUE(run_until([this] { return server.count() == 1; })); }));
  EXPECT_EQ(server.requests()[0].session_id, "70");
}

}  // namespace
}  // namespace omadm
