// A whole client with a store that can lose power, a clock that can jump, and a server to talk to.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "client/client.h"
#include "syncml/notification/package0.h"
#include "tests/support/crash_store.h"
#include "tests/support/scripted_server.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_certificates.h"

namespace omadm::test {

// Runs like the system's clock, and may be set: libcurl goes by the system's whatever happens.
class JumpingClock final : public Clock {
 public:
  std::int64_t utc_seconds() const override {
    const auto runs = std::chrono::duration_cast<std::chrono::seconds>(steady() - start_);
    return 1706687942 + runs.count() + set_back_;  // 2024-01-31T07:59:02Z
  }
  Steady steady() const override { return std::chrono::steady_clock::now() + jumped_; }
  void advance(std::chrono::milliseconds time) { jumped_ += time; }
  void set_utc_back(std::chrono::seconds time) { set_back_ -= time.count(); }  // the steady time goes on

 private:
  Steady start_ = std::chrono::steady_clock::now();
  std::chrono::milliseconds jumped_{0};
  std::int64_t set_back_ = 0;
};

class RecordingLog final : public Log {
 public:
  void write(LogLevel, std::string_view line) override { lines.emplace_back(line); }
  bool contains(std::string_view text) const {
    for (const std::string& line : lines) {
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  }
  std::vector<std::string> lines;
};

// Certificates for 127.0.0.1 and localhost, made once a process.
class LoopbackTls {
 public:
  static const LoopbackTls& get() {
    static const LoopbackTls tls;
    return tls;
  }
  TestServerOptions server() const { return {identity_.cert_file, identity_.key_file, {}, 0}; }
  TlsOptions client() const {
    TlsOptions options;
    options.ca_file = authority_.ca_file();
    return options;
  }

 private:
  LoopbackTls() : authority_(directory_.path()), identity_(authority_.issue({"127.0.0.1", "localhost"})) {}

  TemporaryDirectory directory_;
  TestAuthority authority_;
  TestIdentity identity_;
};

// One AppAuth entry of an account.
struct AuthEntry {
  std::string level, type, name, secret;
  std::optional<Octets> data;
};

class ClientTest : public ::testing::Test {
 protected:
  static constexpr const char* kServerId = "srv.example.com";
  static constexpr const char* kServerSecret = "S3rv3r-Secret-0001";
  using Lines = std::vector<std::string>;

  ClientTest() {
    config.encoding = Encoding::xml;
    config.tls = LoopbackTls::get().client();
    config.retry.first = std::chrono::milliseconds(1);
    platform.store = &store;
    platform.clock = &clock;
    platform.log = &log;
    platform.device.dev_id = "urn:test:1";
    platform.device.man = "Example Works";
    platform.device.mod = "GW-1";
  }

  void open() {
    client.reset();
    auto opened = Client::open(config, platform);
    ASSERT_TRUE(opened) << opened.error().detail;
    client = *std::move(opened);
  }
  // As a device would come up again: only what was synced is there.
  void restart_after_power_cut() {
    client.reset();
    store.lose_unsynced();
    open();
  }

  // Runs the client until `ready`. What has to come by time comes by the test's clock.
  bool run_until(const std::function<bool()>& ready, std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!ready()) {
      if (std::chrono::steady_clock::now() > end) return false;
      client->run_once(std::chrono::milliseconds(20));
    }
    return true;
  }
  void run_until_idle() {
    ASSERT_TRUE(run_until([this] { return client->idle(); }));
  }
  // Sets the clock forward and runs what that makes due, sessions to their end.
  void advance(std::chrono::milliseconds time) {
    clock.advance(time);
    client->process();
    run_until_idle();
  }

  void put(std::string_view uri, std::string_view value, Format format = Format::chr) {
    Transaction transaction = client->tree().begin(Principal::device());
    const auto done = transaction.put(*Uri::parse(uri), {format, std::nullopt, Octets(value)});
    ASSERT_TRUE(done) << uri << ": " << done.error().detail;
    ASSERT_TRUE(std::move(transaction).commit());
    ASSERT_TRUE(client->tree().flush());
  }
  void acl(std::string_view uri, std::string_view text) {
    Transaction transaction = client->tree().begin(Principal::device());
    ASSERT_TRUE(transaction.set_property(*Uri::parse(uri), Property::acl, text));
    ASSERT_TRUE(std::move(transaction).commit());
    ASSERT_TRUE(client->tree().flush());
  }
  // The stored value; "(none)" where there is no such leaf.
  std::string value(std::string_view uri) const {
    const auto node = client->tree().begin(Principal::device()).peek(*Uri::parse(uri));
    return node && node->is_leaf() ? node->data : "(none)";
  }
  bool exists(std::string_view uri) const { return client->tree().begin(Principal::device()).exists(*Uri::parse(uri)); }

  // An account as TNDS, installed the way a bootstrap does it.
  static std::string account_document(std::string_view name, const std::string& server_id,
                                      const std::vector<std::string>& addresses,
                                      const std::vector<AuthEntry>& auths = {}) {
    std::string text = leaf("AppID", "w7") + leaf("ServerID", server_id);
    std::string list;
    unsigned number = 0;
    for (const std::string& address : addresses) {
      list += interior(std::to_string(++number), leaf("Addr", address) + leaf("AddrType", "URI"));
    }
    text += interior("AppAddr", list);
    list.clear();
    number = 0;
    for (const AuthEntry& auth : auths) {
      list += interior(std::to_string(++number),
                       leaf("AAuthLevel", auth.level) + leaf("AAuthType", auth.type) + leaf("AAuthName", auth.name) +
                           leaf("AAuthSecret", auth.secret) +
                           (auth.data ? leaf("AAuthData", base64_encode(*auth.data), "bin") : ""));
    }
    if (!auths.empty()) text += interior("AppAuth", list);
    return "<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD><Node><NodeName>" + std::string(name) +
           "</NodeName><RTProperties><Format><node/></Format><Type><DDFName>urn:oma:mo:oma-dm-dmacc:1.0</DDFName>"
           "</Type></RTProperties>" +
           text + "</Node></MgmtTree>";
  }
  void account(const std::vector<std::string>& addresses, const std::vector<AuthEntry>& auths = {},
               const std::string& server_id = kServerId, std::string_view name = "Acc") {
    const auto installed = client->bootstrap(account_document(name, server_id, addresses, auths), kTnds);
    ASSERT_TRUE(installed) << installed.error().detail;
  }
  // Whoever has the certificate is the server, and whoever asks is a client; notifications are signed.
  void trusting_account(const ScriptedServer& server) { account({server.url()}); }
  static AuthEntry server_auth(std::optional<Octets> nonce = Octets("server-nonce-0001")) {
    return {"SRVCRED", "DIGEST", kServerId, kServerSecret, std::move(nonce)};
  }
  // The server's proof by md5 in its header.
  static std::string server_cred(Bytes nonce) {
    return cred_element("syncml:auth-md5", md5_credential(kServerId, Secret(kServerSecret), nonce));
  }

  Octets notification(std::uint16_t session_id, Bytes nonce, std::uint8_t ui_mode = 1) const {
    Package0 message;
    message.ui_mode = ui_mode;
    message.session_id = session_id;
    message.server_id = kServerId;
    return write_package0(message, Secret(kServerSecret), nonce);
  }

  // Asks for a session and runs it to its end.
  SessionReport session(const std::string& server_id = kServerId, SessionCause cause = SessionCause::client) {
    std::optional<SessionReport> report;
    const auto started = client->start_session(server_id, cause, [&](const SessionReport& r) { report = r; });
    EXPECT_TRUE(started) << started.error().detail;
    if (started) {
      EXPECT_TRUE(run_until([&] { return report.has_value(); }));
    }
    return report.value_or(SessionReport{});
  }
  GenericAlert alert(const std::string& data, const std::string& server_id = kServerId) const {
    return {server_id, "Reversed-Domain-Name: com.example.alert", "chr", "informational", "./DevInfo", "c-1", data};
  }

  static std::string leaf(std::string_view name, std::string_view value, std::string_view format = "chr") {
    return "<Node><NodeName>" + std::string(name) + "</NodeName><RTProperties><Format><" + std::string(format) +
           "/></Format></RTProperties><Value>" + xml_text(value) + "</Value></Node>";
  }
  static std::string interior(std::string_view name, std::string_view below) {
    return "<Node><NodeName>" + std::string(name) + "</NodeName>" + std::string(below) + "</Node>";
  }
  static constexpr std::string_view kTnds = "application/vnd.syncml.dmtnds+xml";

  JumpingClock clock;
  RecordingLog log;
  CrashStore store;
  ClientConfig config;
  Platform platform;
  std::unique_ptr<Client> client;
};

}  // namespace omadm::test
