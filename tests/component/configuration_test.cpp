// The client as a host sees it: opening, another configuration, bootstrap, and whose loop it is.
#include <poll.h>
#include <unistd.h>

#include <filesystem>

#include "base/crypto/digest.h"
#include "base/io/event_loop.h"
#include "base/text.h"
#include "dmtree/store/journal_store.h"
#include "dmtree/tnds/tnds.h"
#include "tests/support/device_client.h"

namespace omadm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class ConfigurationTest : public test::ClientTest {
 protected:
  // Everything a server could see of the tree, and how often the store was written.
  std::string picture() const {
    const auto document = write_tnds(client->tree().begin(Principal::device()), Uri(), Encoding::xml, TndsSelection{});
    EXPECT_TRUE(document);
    return document.value_or("") + std::to_string(store.appended());
  }
  std::unique_ptr<Store> journal_store;
  test::TestServerOptions tls = test::LoopbackTls::get().server();
};

TEST_F(ConfigurationTest, ASessionGoesOnAsItBeganWhenTheConfigurationChanges) {
  test::ScriptedServer plain;
  config.allow_http = true;
  open();
  account({plain.url()}, {server_auth("n-0")});
  plain.prove(kServerId, kServerSecret, "n-0");
  plain.then_hold(test::get_command("1", "./DevInfo/Man"));
  std::optional<SessionReport> report;
  ASSERT_TRUE(client->start_session(kServerId, SessionCause::client, [&](const SessionReport& r) { report = r; }));
  ASSERT_TRUE(run_until([&] { return plain.count() == 1; }));

  ClientConfig stricter = config;
  stricter.allow_http = false;
  DeviceIdentity device = platform.device;
  device.man = "Other Works";
  ASSERT_TRUE(client->reconfigure(stricter, device));
  plain.release();
  ASSERT_TRUE(run_until([&] { return report.has_value(); }));
  EXPECT_FALSE(report->error) << report->error->detail;
  EXPECT_EQ(plain.requests().at(1).results.at("./DevInfo/Man"), "Other Works");
  EXPECT_EQ(session().error->code, Errc::not_allowed);  // from now on
}

TEST_F(ConfigurationTest, MO_040_AnotherIdentityIsStoredAtOnce) {
  open();
  DeviceIdentity device = platform.device;
  device.dev_id = "urn:test:2";
  device.fwv = "2.0";
  ASSERT_TRUE(client->reconfigure(config, device));
  EXPECT_EQ(value("./DevInfo/DevId"), "urn:test:2");
  store.lose_unsynced();
  const std::size_t appended = store.appended();
  ASSERT_TRUE(client->reconfigure(config, device));
  EXPECT_EQ(store.appended(), appended);  // nothing new, nothing written
}

TEST_F(ConfigurationTest, TheNotificationPortMovesOrStays) {
  config.notification.udp = "127.0.0.1:0";
  open();
  const std::string first = client->notification_addresses().udp;
  ASSERT_TRUE(client->reconfigure(config, platform.device));
  EXPECT_EQ(client->notification_addresses().udp, first);

  ClientConfig impossible = config;
  impossible.notification.udp = "203.0.113.1:1";  // not an address of this machine
  impossible.max_msg_size = 1;
  EXPECT_FALSE(client->reconfigure(impossible, platform.device));
  EXPECT_EQ(client->notification_addresses().udp, first);

  config.notification.udp.clear();
  ASSERT_TRUE(client->reconfigure(config, platform.device));
  EXPECT_EQ(client->notification_addresses().udp, "");
}

TEST_F(ConfigurationTest, ABadDescriptionIsNamed) {
  config.extra_ddf = {"<MgmtTree"};
  const auto opened = Client::open(config, platform);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::malformed);
  EXPECT_NE(opened.error().detail.find("extra 1"), std::string::npos) << opened.error().detail;
  platform.store = nullptr;
  config.extra_ddf.clear();
  EXPECT_EQ(Client::open(config, platform).error().code, Errc::incomplete);
}

TEST_F(ConfigurationTest, BOOT_060_BOOT_063_TheSameDocumentTwiceIsOneAccount) {
  test::ScriptedServer server(tls);
  open();
  account({server.url()});
  account({server.url()});
  account({"https://other.example/"}, {}, "other.example.com", "Other");
  ASSERT_EQ(client->status().accounts.size(), 2u);
  restart_after_power_cut();
  EXPECT_EQ(client->status().accounts.size(), 2u);
  EXPECT_FALSE(session().error);
}

TEST_F(ConfigurationTest, BOOT_002_BOOT_049_SEC_165_AWrongDocumentLeavesEverythingAsItWas) {
  open();
  account({"https://dm.example/"});
  const std::string before = picture();
  const std::string good = account_document("Acc", kServerId, {"https://evil.example/"});
  BootstrapSecrets pin;
  pin.pin = Secret("0000");
  EXPECT_FALSE(client->bootstrap("", kTnds));
  EXPECT_FALSE(client->bootstrap(good.substr(0, good.size() / 2), kTnds));
  EXPECT_FALSE(client->bootstrap(account_document("B", "a=b", {"https://b.example/"}), kTnds));
  EXPECT_FALSE(client->bootstrap(account_document("B", "b", {}), kTnds));
  EXPECT_FALSE(client->bootstrap("<wap-provisioningdoc/>", "text/vnd.wap.connectivity-xml"));
  EXPECT_FALSE(client->bootstrap(
      good, "application/vnd.syncml.dm+wbxml; SEC=USERPIN; MAC=0123456789012345678901234567890123456789", pin));
  EXPECT_EQ(picture(), before);
}

TEST_F(ConfigurationTest, BOOT_081_BOOT_085_BOOT_086_TheFirstUrlWithADocumentBootstraps) {
  test::ScriptedServer server(tls);
  server.then_status(404);
  test::TestResponse document;
  document.headers = {{"Content-Type", std::string(kTnds)}};
  document.body = account_document("Acc", kServerId, {server.url()});
  server.then_status(503);
  server.then_http(document);
  config.bootstrap.urls = {server.url("/first"), server.url("/second")};
  config.bootstrap.username = "user";
  config.bootstrap.passphrase = "passphrase-0001";
  open();
  std::optional<Result<std::vector<std::string>>> done;
  client->bootstrap_https("", [&](Result<std::vector<std::string>> result) { done = std::move(result); });
  EXPECT_FALSE(done);
  EXPECT_FALSE(client->idle());
  ASSERT_TRUE(run_until([&] { return done.has_value(); }));
  ASSERT_TRUE(*done) << done->error().detail;
  EXPECT_EQ(**done, Lines{kServerId});
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[0].http.target, "/first");
  EXPECT_EQ(requests[1].http.target, "/second");
  EXPECT_EQ(requests[2].http.target, "/second");
  EXPECT_EQ(requests[0].http.method, "POST");
  EXPECT_NE(requests[0].http.body.find("urn:test:1"), std::string::npos);
  EXPECT_FALSE(log.contains("passphrase-0001"));  // BOOT-091
  restart_after_power_cut();
  EXPECT_FALSE(session().error);
}

TEST_F(ConfigurationTest, BOOT_087_ThePassphraseGoesToNoOtherHost) {
  test::ScriptedServer server(tls);
  server.then_status(307, {{"Location", "https://localhost:" + std::to_string(server.port()) + "/"}});
  config.retry.count = 0;
  config.bootstrap.username = "user";
  config.bootstrap.passphrase = "passphrase-0001";
  open();
  std::optional<Result<std::vector<std::string>>> done;
  client->bootstrap_https(server.url(), [&](Result<std::vector<std::string>> result) { done = std::move(result); });
  ASSERT_TRUE(run_until([&] { return done.has_value(); }));
  EXPECT_EQ(done->error().code, Errc::not_allowed);
  EXPECT_EQ(server.count(), 1u);
}

TEST_F(ConfigurationTest, BOOT_089_ADocumentWithMacIsCheckedWithTheNetworksSecret) {
  test::ScriptedServer server(tls);
  open();
  // In WBXML: what is proved by SEC and MAC comes in no other encoding (SEC-161).
  ASSERT_TRUE(client->bootstrap(account_document("Acc", kServerId, {server.url()}), kTnds));
  Transaction change = client->tree().begin(Principal::device());
  const Uri account = *Uri::parse("./DMAcc/Acc");
  const std::string document = *write_tnds(change, account, Encoding::wbxml, TndsSelection{});
  ASSERT_TRUE(change.remove(account) && std::move(change).commit());
  const auto answer_signed_with = [&](const std::string& key) {
    test::TestResponse response;
    response.headers = {{"Content-Type", "application/vnd.syncml.dmtnds+wbxml; SEC=NETWORKID; MAC=" +
                                             hex_encode(hmac_sha1(key, document))}};
    response.body = document;
    server.then_http(response);
  };
  BootstrapSecrets secrets;
  secrets.network = Secret("001010123456789");
  const auto ask = [&]() -> Result<std::vector<std::string>> {
    std::optional<Result<std::vector<std::string>>> done;
    client->bootstrap_https(
        server.url(), [&](Result<std::vector<std::string>> result) { done = std::move(result); }, secrets);
    EXPECT_TRUE(run_until([&] { return done.has_value(); }));
    return *done;
  };
  answer_signed_with("another secret");
  const auto refused = ask();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::authentication);
  EXPECT_TRUE(client->status().accounts.empty());
  answer_signed_with("001010123456789");
  const auto installed = ask();
  ASSERT_TRUE(installed) << installed.error().detail;
  EXPECT_EQ(*installed, Lines{kServerId});
}

TEST_F(ConfigurationTest, BOOT_086_NowhereADocumentIsNotFound) {
  test::ScriptedServer server(tls);
  open();
  std::vector<Errc> codes;
  const auto ask = [&](const std::string& url) {
    const std::size_t before = codes.size();
    client->bootstrap_https(url, [&](Result<std::vector<std::string>> result) {
      codes.push_back(result ? Errc::failed : result.error().code);
    });
    EXPECT_TRUE(run_until([&] { return codes.size() > before; }));
  };
  ask("");  // none is configured: the smart card's own server is the last resort, and no card is here (BOOT-088)
  server.then_status(404);
  ask(server.url());
  ask("http://127.0.0.1:1/");
  test::TestResponse page;
  page.headers = {{"Content-Type", "text/html"}};
  page.body = "<html/>";
  server.then_http(page);
  ask(server.url());
  page.headers = {{"Content-Type", std::string(kTnds)}};
  server.then_http(page);
  ask(server.url());
  EXPECT_EQ(codes, (std::vector<Errc>{Errc::transport, Errc::not_found, Errc::not_allowed, Errc::transport,
                                      Errc::bad_format}));
  EXPECT_TRUE(client->status().accounts.empty());
}

// A host with a loop of its own: it polls one descriptor, and never waits inside the client.
TEST_F(ConfigurationTest, AHostMayOwnTheLoop) {
  test::ScriptedServer server(tls);
  open();
  trusting_account(server);
  int turns = 0;
  std::optional<SessionReport> report;
  server.then_status(503);  // a repetition comes by time alone
  server.then(test::get_command("1", "./DevInfo/Man"));
  ASSERT_TRUE(client->start_session(kServerId, SessionCause::client, [&](const SessionReport& r) { report = r; }));
  EXPECT_FALSE(report);  // never inside the call
  while (!report && ++turns < 10000) {
    pollfd ready{client->fd(), POLLIN, 0};
    ASSERT_EQ(::poll(&ready, 1, 5000), 1);
    client->process();
  }
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->error);
  EXPECT_TRUE(client->idle());
  pollfd quiet{client->fd(), POLLIN, 0};
  for (int i = 0; i < 20 && ::poll(&quiet, 1, 0) == 1; ++i) client->process();
  EXPECT_EQ(::poll(&quiet, 1, 20), 0);  // an idle client does not spin
}

TEST_F(ConfigurationTest, RunOnceWaitsNoLongerThanItMay) {
  open();
  run_until_idle();
  for (int i = 0; i < 20 && client->run_once(milliseconds(0)); ++i) continue;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(client->run_once(milliseconds(20)));
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(took, milliseconds(19));
  EXPECT_LT(took, seconds(5));
}

TEST_F(ConfigurationTest, AHostMayWatchDescriptorsOfItsOwn) {
  open();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::string read;
  client->watch(ends[0], kReadable, [&](unsigned) {
    char octet = 0;
    ASSERT_EQ(::read(ends[0], &octet, 1), 1);
    read += octet;
  });
  ASSERT_EQ(::write(ends[1], "ab", 2), 2);
  ASSERT_TRUE(run_until([&] { return read == "ab"; }));  // more than once
  client->unwatch(ends[0]);
  ASSERT_EQ(::write(ends[1], "c", 1), 1);
  client->run_once(milliseconds(5));
  EXPECT_EQ(read, "ab");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(ConfigurationTest, UI_010_TheDirectoryOfAStoppedClientIsTheDevice) {
  test::ScriptedServer server(tls);
  const test::TemporaryDirectory directory;
  PosixFileSystem files;
  const auto reopen = [&](const std::string& path) {
    client.reset();
    auto journal = JournalStore::open(files, path);
    ASSERT_TRUE(journal);
    journal_store = *std::move(journal);
    platform.store = journal_store.get();
    open();
  };
  ASSERT_NO_FATAL_FAILURE(reopen(directory.path()));
  trusting_account(server);
  ASSERT_TRUE(client->queue_alert(alert("owed")));
  client.reset();
  const test::TemporaryDirectory copy;
  std::filesystem::copy(directory.path(), copy.path(), std::filesystem::copy_options::recursive);
  ASSERT_NO_FATAL_FAILURE(reopen(copy.path()));
  EXPECT_EQ(client->status().owed_alerts, 1u);
  EXPECT_FALSE(session().error);
  EXPECT_EQ(client->status().owed_alerts, 0u);
  EXPECT_EQ(client->status().accounts.at(0).last_result, "completed");
  client.reset();
}

}  // namespace
}  // namespace omadm
