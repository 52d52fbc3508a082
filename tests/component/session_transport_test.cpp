// How a session gets its messages through: repetitions, addresses, redirects, limits of time.
#include <set>

#include "tests/support/device_client.h"

namespace omadm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class SessionTransportTest : public test::ClientTest {
 protected:
  SessionTransportTest() {
    open();
    trusting_account(server);
  }
  // A session that begins, and its report when it ends.
  void start() {
    report.reset();
    ASSERT_TRUE(client->start_session(kServerId, SessionCause::client, [this](const SessionReport& r) { report = r; }));
  }
  bool ended() const { return report.has_value(); }
  bool asked(std::size_t count) {
    return run_until([this, count] { return server.count() == count; });
  }
  // Runs what is under way on the loop and the wire, without the clock moving on to what comes later.
  void settle() {
    for (int i = 0; i < 10; ++i) client->run_once(milliseconds(2));
  }
  std::size_t distinct_bodies() const {
    std::set<std::string> bodies;
    for (const auto& request : server.requests()) bodies.insert(request.http.body);
    return bodies.size();
  }

  test::ScriptedServer server{test::LoopbackTls::get().server()};
  std::optional<SessionReport> report;
};

TEST_F(SessionTransportTest, PRO_430_PRO_431_PRO_432_PRO_433_PRO_437_PRO_441_OneMessageOnePost) {
  EXPECT_FALSE(session().error);
  const auto http = server.requests().at(0).http;
  EXPECT_EQ(http.method, "POST");
  EXPECT_EQ(http.header("Content-Type"), "application/vnd.syncml.dm+xml");
  EXPECT_NE(http.header("Accept").find("application/vnd.syncml.dm+xml"), std::string::npos);
  EXPECT_EQ(http.header("Content-Length"), std::to_string(http.body.size()));
  EXPECT_EQ(http.header("Cache-Control"), "no-store");
  EXPECT_EQ(http.header("User-Agent").rfind("omadm/", 0), 0u);
  EXPECT_EQ(http.header("Accept-Charset"), "UTF-8");
  EXPECT_FALSE(http.has_header("Expect"));
  EXPECT_FALSE(http.has_header("Accept-Encoding"));
}

TEST_F(SessionTransportTest, PRO_438_A503IsRepeatedAfterRetryAfterWithTheSameOctets) {
  config.retry.first = config.retry.max = seconds(1000);
  open();
  server.then_status(503, {{"Retry-After", "120"}});
  server.then_status(429, {{"Retry-After", "Wed, 31 Jan 2024 09:00:00 GMT"}});
  start();
  ASSERT_TRUE(asked(1));
  settle();
  clock.advance(seconds(110));
  settle();
  EXPECT_EQ(server.count(), 1u);
  clock.advance(seconds(11));
  ASSERT_TRUE(asked(2));
  settle();
  clock.advance(std::chrono::minutes(57));  // it is 08:58 and some seconds
  settle();
  EXPECT_EQ(server.count(), 2u);
  clock.advance(std::chrono::minutes(2));
  ASSERT_TRUE(run_until([this] { return ended(); }));
  EXPECT_FALSE(report->error);
  EXPECT_EQ(server.count(), 3u);
  EXPECT_EQ(distinct_bodies(), 1u);
  EXPECT_EQ(report->result.messages_sent, 1u);
}

TEST_F(SessionTransportTest, PRO_438_ServerErrorsAreRepeatedThreeTimesWithBackOff) {
  config.retry = {3, seconds(10), 2.0, seconds(15)};
  open();
  for (int i = 0; i < 5; ++i) server.then_status(500);
  start();
  ASSERT_TRUE(asked(1));
  std::size_t count = 1;
  for (const auto wait : {seconds(10), seconds(15), seconds(15)}) {
    settle();
    clock.advance(wait - seconds(3));
    settle();
    EXPECT_EQ(server.count(), count);
    clock.advance(seconds(4));
    ASSERT_TRUE(asked(++count));
  }
  ASSERT_TRUE(run_until([this] { return ended(); }));
  EXPECT_EQ(report->error->code, Errc::transport);
  EXPECT_EQ(server.count(), 4u);
  EXPECT_EQ(distinct_bodies(), 1u);
}

TEST_F(SessionTransportTest, PRO_435_PRO_438_WhatARepetitionCannotHealEndsTheSession) {
  for (const auto& [status, code] : {std::pair{501, Errc::transport},
                                     {505, Errc::transport},
                                     {404, Errc::transport},
                                     {403, Errc::transport},
                                     {204, Errc::transport},
                                     {401, Errc::authentication}}) {
    const std::size_t before = server.count();
    server.then_status(status);
    EXPECT_EQ(session().error->code, code) << status;
    EXPECT_EQ(server.count(), before + 1) << status;
  }
}

TEST_F(SessionTransportTest, PRO_435_OnlyADmMessageIsAnAnswer) {
  test::TestResponse page;
  page.headers = {{"Content-Type", "text/html"}};
  page.body = "<html>Please log in to the hotel's network</html>";
  server.then_http(page);
  EXPECT_EQ(session().error->code, Errc::transport);
  page.headers = {{"Content-Type", "application/vnd.syncml.dm+xml"}};
  page.body.clear();
  server.then_http(page);
  EXPECT_EQ(session().error->code, Errc::transport);
  EXPECT_EQ(server.count(), 2u);
}

TEST_F(SessionTransportTest, ABrokenConnectionIsRepeatedWithTheSameOctets) {
  test::TestResponse cut;
  cut.cut_after = 40;
  server.then(test::get_command("1", "./DevInfo/Man"));
  server.then_http(cut);
  server.then_http(cut);
  EXPECT_FALSE(session().error);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(requests[1].http.body, requests[2].http.body);
  EXPECT_EQ(requests[1].http.body, requests[3].http.body);
  EXPECT_EQ(requests[3].results.at("./DevInfo/Man"), "Example Works");
}

TEST_F(SessionTransportTest, ASilentServerIsGivenUpAfterTheTimeout) {
  config.retry.count = 1;
  config.timeout = seconds(30);
  open();
  test::TestResponse late;
  late.delay = std::chrono::hours(1);
  server.then_http(late);
  server.then_http(late);
  start();
  ASSERT_TRUE(asked(1));
  settle();
  clock.advance(seconds(28));
  settle();
  EXPECT_EQ(server.count(), 1u);
  clock.advance(seconds(3));
  ASSERT_TRUE(asked(2));  // the one repetition
  settle();
  clock.advance(seconds(31));
  ASSERT_TRUE(run_until([this] { return ended(); }));
  EXPECT_EQ(report->error->code, Errc::timed_out);
  EXPECT_EQ(distinct_bodies(), 1u);
}

TEST_F(SessionTransportTest, MO_022_TheNextAddressIsTriedWhileNoneHasAnswered) {
  config.retry.count = 0;
  open();
  test::ScriptedServer second(test::LoopbackTls::get().server());
  account({server.url(), second.url()});
  server.then_status(500);
  EXPECT_FALSE(session().error);
  EXPECT_EQ(server.count(), 1u);
  ASSERT_EQ(second.count(), 1u);
  EXPECT_EQ(second.requests()[0].target, second.url());
  EXPECT_EQ(second.requests()[0].msg_id, "1");

  server.then(test::get_command("1", "./DevInfo/Man"));
  server.then_status(500);
  EXPECT_EQ(session().error->code, Errc::transport);  // it had answered: the session is its own
  EXPECT_EQ(second.count(), 1u);
}

TEST_F(SessionTransportTest, PRO_436_ARedirectRepeatsTheBodyAndIsForThisRequestOnly) {
  test::ScriptedServer other(test::LoopbackTls::get().server());
  other.then(test::get_command("1", "./DevInfo/Man"));
  server.then_status(307, {{"Location", other.url("/elsewhere")}});
  EXPECT_FALSE(session().error);
  ASSERT_EQ(server.count(), 2u);
  ASSERT_EQ(other.count(), 1u);
  EXPECT_EQ(other.requests()[0].http.method, "POST");
  EXPECT_EQ(other.requests()[0].http.body, server.requests()[0].http.body);
  EXPECT_EQ(other.requests()[0].http.target, "/elsewhere");
  EXPECT_EQ(server.requests()[1].msg_id, "2");
}

TEST_F(SessionTransportTest, PRO_436_NoRedirectLeadsOutOfTls) {
  config.allow_http = true;
  open();
  test::ScriptedServer plain;
  server.then_status(307, {{"Location", plain.url()}});
  EXPECT_EQ(session().error->code, Errc::not_allowed);
  EXPECT_EQ(plain.count(), 0u);
}

TEST_F(SessionTransportTest, PRO_039_PRO_439_RespUriStaysAndTargetKeepsTheServersAddress) {
  const std::string uri = server.url("/dm?session=1");
  server.then(test::get_command("1", "./DevInfo/Man"), "<RespURI>" + uri + "</RespURI>");
  server.then(test::get_command("2", "./DevInfo/Mod"));
  EXPECT_FALSE(session().error);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].http.target, "/dm");
  EXPECT_EQ(requests[1].http.target, "/dm?session=1");
  EXPECT_EQ(requests[2].http.target, "/dm?session=1");
  EXPECT_EQ(requests[1].target, server.url());
  EXPECT_EQ(requests[2].target, server.url());
  session();
  EXPECT_EQ(server.requests().back().http.target, "/dm");  // the next session begins at the account's address
}

TEST_F(SessionTransportTest, PRO_040_RespUriCannotLeadOutOfTls) {
  config.allow_http = true;
  open();
  test::ScriptedServer plain;
  server.then(test::get_command("1", "./DevInfo/Man"), "<RespURI>" + plain.url() + "</RespURI>");
  EXPECT_EQ(session().error->code, Errc::failed);
  EXPECT_EQ(plain.count(), 0u);
  EXPECT_EQ(server.count(), 1u);
}

TEST_F(SessionTransportTest, SEC_125_PlainHttpNeedsThePermission) {
  test::ScriptedServer plain;
  plain.prove(kServerId, kServerSecret, "n-0");
  account({plain.url()}, {server_auth("n-0")});
  EXPECT_EQ(session().error->code, Errc::not_allowed);
  EXPECT_EQ(plain.count(), 0u);
  config.allow_http = true;
  ASSERT_TRUE(client->reconfigure(config, platform.device));
  EXPECT_FALSE(session().error);
  EXPECT_EQ(plain.count(), 1u);
}

TEST_F(SessionTransportTest, SEC_122_AServerWithoutAKnownCertificateHearsNothing) {
  config.tls = {};
  config.retry.count = 0;
  open();
  EXPECT_EQ(session().error->code, Errc::transport);
  EXPECT_EQ(server.count(), 0u);
}

TEST_F(SessionTransportTest, MO_033_PRO_435_HttpAuthenticationIsThatOfTheHttpEntry) {
  for (const char* type : {"HTTP-BASIC", "BASIC"}) {
    account({server.url()}, {{"HTTP", type, "web-user", "web-pass", std::nullopt}});
    EXPECT_FALSE(session().error);
    const auto requests = server.requests();
    EXPECT_EQ(requests.back().http.header("Authorization"), "Basic " + base64_encode("web-user:web-pass")) << type;
  }
}

// What the account does not name is not given away, however the server asks.
TEST_F(SessionTransportTest, SEC_068_MO_033_HttpDigestDoesNotBecomeBasic) {
  account({server.url()}, {{"HTTP", "HTTP-DIGEST", "web-user", "web-pass", std::nullopt}});
  server.then_status(401, {{"WWW-Authenticate", "Basic realm=\"dm\""}});
  EXPECT_EQ(session().error->code, Errc::authentication);
  for (const auto& request : server.requests()) {
    EXPECT_EQ(request.http.header("Authorization").find(base64_encode("web-user:web-pass")), std::string::npos);
  }
}

TEST_F(SessionTransportTest, SEC_009_MO_033_HttpBasicWithoutTlsNeedsThePermission) {
  test::ScriptedServer plain;
  config.allow_http = true;
  open();
  const std::vector<test::AuthEntry> auths = {{"HTTP", "HTTP-BASIC", "web-user", "web-pass", std::nullopt},
                                              server_auth("server-nonce-0001")};
  plain.prove(kServerId, kServerSecret, "server-nonce-0001");
  account({plain.url()}, auths);
  EXPECT_EQ(session().error->code, Errc::not_allowed);
  EXPECT_EQ(plain.count(), 0u);
  config.allow_basic = true;
  open();
  EXPECT_FALSE(session().error);
  EXPECT_EQ(plain.requests().at(0).http.header("Authorization"), "Basic " + base64_encode("web-user:web-pass"));
}

TEST_F(SessionTransportTest, SEC_001_MO_027_TransportNeedsACertificateOfTheClient) {
  account({server.url()}, {{"CLCRED", "TRANSPORT", "", "", std::nullopt}});
  EXPECT_EQ(session().error->code, Errc::authentication);
  EXPECT_EQ(server.count(), 0u);
}

TEST_F(SessionTransportTest, PRO_100_EveryServerIsMetAtLeastOnceAnInterval) {
  config.poll_interval = std::chrono::hours(1);
  open();
  ASSERT_TRUE(asked(1));  // never met: at once
  run_until_idle();
  advance(std::chrono::minutes(59));
  EXPECT_EQ(server.count(), 1u);
  restart_after_power_cut();
  run_until_idle();
  EXPECT_EQ(server.count(), 1u);
  advance(std::chrono::minutes(2));
  ASSERT_TRUE(asked(2));
  EXPECT_EQ(server.requests()[1].lines.front(), "Alert 1201");
}

TEST_F(SessionTransportTest, PRO_061_AnAnswerOverTheAnnouncedSizeIsRefused) {
  config.max_msg_size = 4096;
  open();
  server.then(test::replace_command("1", "./DevDetail/Ext/x", std::string(8192, 'x')));
  EXPECT_TRUE(session().error);
  ASSERT_EQ(server.count(), 2u);
  EXPECT_TRUE(server.requests()[1].has("Status 0 SyncHdr 413"));
}

// An alert for a device whose session could not be: asked for by hand, it is not repeated by itself.
TEST_F(SessionTransportTest, PRO_100_ASessionAskedForAsIfByTheServerIsNoNotification) {
  server.then_status(501);
  EXPECT_EQ(session(kServerId, SessionCause::server).error->code, Errc::transport);
  EXPECT_EQ(server.requests()[0].lines.front(), "Alert 1200");
  advance(std::chrono::hours(2));
  EXPECT_EQ(server.count(), 1u);
}

}  // namespace
}  // namespace omadm
