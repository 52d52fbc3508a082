// A firmware update through the whole client: Exec, download, installation, and the report the server gets.
#include "base/crypto/digest.h"
#include "mo/fumo/package_update.h"
#include "tests/support/device_client.h"
#include "tests/support/scripted_user.h"

namespace omadm {
namespace {

// Installs when told to.
class WaitingSlot final : public FirmwareSlot {
 public:
  Result<void> install(const FirmwarePackage& package, std::function<void(int)>, Done done) override {
    packages.push_back(package);
    pending = std::move(done);
    return {};
  }
  void end() { std::exchange(pending, nullptr)({InstallOutcome::installed, "2.0", ""}); }

  std::vector<FirmwarePackage> packages;
  Done pending;
};

class FirmwareUpdateTest : public test::ClientTest {
 protected:
  FirmwareUpdateTest() {
    platform.firmware = &slot;
    config.fumo.work_dir = directory.file("work");
    config.fumo.trust.installer_checks = true;
    config.retry.count = config.fumo.retry.count = 0;
    open();
    trusting_account(server);
    acl("./FUMO/1", "Get=*&Replace=*&Exec=*");
  }
  ~FirmwareUpdateTest() override { client.reset(); }
  // A server that wants the user to agree first, in a Sequence with the Exec.
  std::string asking_commands() const {
    return "<Sequence><CmdID>9</CmdID><Alert><CmdID>8</CmdID><Data>1101</Data><Item><Data></Data></Item>"
           "<Item><Data>Install 2.0 now?</Data></Item></Alert>" +
           exec_commands() + "</Sequence>";
  }
  void power_cut() {
    client.reset();
    slot.pending = nullptr;
    store.lose_unsynced();
    open();
  }
  std::string exec_commands() const {
    return test::replace_command("1", "./FUMO/1/DownloadAndUpdate/PkgURL", host.url("/firmware")) +
           "<Exec><CmdID>2</CmdID><Correlator>c-77</Correlator><Item><Target><LocURI>./FUMO/1/DownloadAndUpdate"
           "</LocURI></Target></Item></Exec>";
  }
  std::string state() const { return value("./FUMO/1/State"); }
  bool installing() {
    return run_until([this] { return slot.pending != nullptr; });
  }
  static Lines reports_in(const test::DmRequest& request) {
    Lines lines;
    for (const auto& alert : request.alerts) {
      if (alert.code == "1226") lines.push_back(alert.type + " " + alert.data + " " + alert.correlator);
    }
    return lines;
  }
  const Lines kReport{"org.openmobilealliance.dm.firmwareupdate.downloadandupdate 200 c-77"};

  test::TemporaryDirectory directory;
  WaitingSlot slot;
  test::ScriptedServer server{test::LoopbackTls::get().server()};
  test::TestHttpServer host{[](const test::TestRequest&) {
                              test::TestResponse response;
                              response.headers = {{"Content-Type", "application/octet-stream"}};
                              response.body = std::string(100000, 'f');
                              return response;
                            },
                            test::LoopbackTls::get().server()};
};

TEST_F(FirmwareUpdateTest, FUMO_020_FUMO_024_FUMO_031_TheReportGetsASessionOfItsOwn) {
  server.then(exec_commands());
  const auto report = session();
  EXPECT_FALSE(report.error);
  EXPECT_TRUE(server.requests().at(1).has("Status 2 Exec 202"));
  EXPECT_FALSE(client->idle());
  ASSERT_EQ(client->status().downloads.size(), 1u);
  ASSERT_TRUE(installing());
  EXPECT_EQ(state(), "60");
  EXPECT_EQ(slot.packages.at(0).size, 100000u);
  slot.end();
  run_until_idle();
  ASSERT_EQ(server.count(), 3u);
  EXPECT_EQ(server.requests()[2].alerts.at(0).code, "1201");
  EXPECT_EQ(reports_in(server.requests()[2]), kReport);
  EXPECT_EQ(client->status().owed_alerts, 0u);
  EXPECT_EQ(value("./DevDetail/FwV"), "2.0");
}

TEST_F(FirmwareUpdateTest, FUMO_025_FUMO_032_AnUnansweredReportIsSentAgainAfterAPowerCut) {
  server.then(exec_commands());
  session();
  ASSERT_TRUE(installing());
  server.alert_status.clear();
  slot.end();
  run_until_idle();
  ASSERT_EQ(server.count(), 3u);
  EXPECT_EQ(client->status().owed_alerts, 1u);
  server.alert_status = "200";
  power_cut();
  run_until_idle();
  ASSERT_EQ(server.count(), 4u);
  EXPECT_EQ(reports_in(server.requests()[3]), kReport);
  power_cut();
  run_until_idle();
  EXPECT_EQ(server.count(), 4u);  // it is closed
  EXPECT_EQ(slot.packages.size(), 1u);
}

TEST_F(FirmwareUpdateTest, FUMO_070_APowerCutWhileInstallingInstallsAgainAndReportsOnce) {
  server.then(exec_commands());
  session();
  ASSERT_TRUE(installing());
  power_cut();
  ASSERT_TRUE(installing());
  EXPECT_EQ(slot.packages.size(), 2u);
  slot.end();
  run_until_idle();
  ASSERT_EQ(server.count(), 3u);
  EXPECT_EQ(reports_in(server.requests()[2]), kReport);
  EXPECT_EQ(host.requests().size(), 1u);  // what was downloaded stays downloaded
}

TEST_F(FirmwareUpdateTest, FUMO_031_TheReportIsSentInTheRunningSessionIfThereIsOne) {
  server.then(exec_commands());
  session();
  ASSERT_TRUE(installing());
  server.then_hold(test::get_command("1", "./DevInfo/Man"));
  ASSERT_TRUE(client->start_session(kServerId, SessionCause::client, nullptr));
  ASSERT_TRUE(run_until([this] { return server.count() == 3; }));
  slot.end();
  ASSERT_TRUE(run_until([this] { return client->status().owed_alerts == 1; }));
  server.release();
  run_until_idle();
  ASSERT_EQ(server.count(), 4u);
  EXPECT_EQ(server.requests()[3].msg_id, "2");
  EXPECT_EQ(reports_in(server.requests()[3]), kReport);
}

// What the server gets for Alert and Exec, and what becomes of the package, for each answer of the user.
TEST_F(FirmwareUpdateTest, FUMO_040_TheServerAsksTheUserBeforeTheExec) {
  test::ScriptedUser user;
  platform.user = &user;
  config.user_timeout = std::chrono::seconds(60);
  open();
  using Kind = UserAnswer::Kind;
  struct Answer {
    std::optional<Kind> kind;  // nullopt: none in time
    const char* alert;
  };
  for (const Answer& answer : {Answer{Kind::rejected, "304"}, Answer{Kind::cancelled, "214"}, Answer{{}, "408"}}) {
    server.then(asking_commands());
    const std::size_t before = server.count();
    ASSERT_TRUE(client->start_session(kServerId, SessionCause::client, nullptr));
    ASSERT_TRUE(run_until([&user] { return user.asking() == 1; })) << answer.alert;
    EXPECT_EQ(user.prompts.back().text, "Install 2.0 now?");
    if (answer.kind) {
      user.say({*answer.kind, {}, {}});
    } else {
      clock.advance(std::chrono::seconds(61));
    }
    run_until_idle();
    ASSERT_EQ(server.count(), before + 2) << "no session for a report";
    const test::DmRequest reply = server.requests().back();
    EXPECT_TRUE(reply.has("Status 8 Alert " + std::string(answer.alert)));
    EXPECT_TRUE(reply.has("Status 2 Exec 215")) << answer.alert;
    EXPECT_TRUE(reports_in(reply).empty());
    EXPECT_EQ(state(), "10");
    EXPECT_EQ(client->status().owed_alerts, 0u);
  }
  EXPECT_TRUE(host.requests().empty());

  server.then(asking_commands());
  ASSERT_TRUE(client->start_session(kServerId, SessionCause::client, nullptr));
  ASSERT_TRUE(run_until([&user] { return user.asking() == 1; }));
  EXPECT_EQ(state(), "10");  // nothing begins while the user thinks
  user.say({Kind::accepted, {}, {}});
  ASSERT_TRUE(installing());
  EXPECT_TRUE(server.requests().back().has("Status 8 Alert 200"));
  EXPECT_TRUE(server.requests().back().has("Status 2 Exec 202"));
  slot.end();
  run_until_idle();
  EXPECT_EQ(reports_in(server.requests().back()), kReport);
  client.reset();  // before the user
}

// DMAcc's HTTP credentials, where the host of the package asks for them and is the server's own.
TEST_F(FirmwareUpdateTest, FUMO_061_TheHostIsToldWhoAsksWhenItIsTheServersOwn) {
  test::TestHttpServer asking{[](const test::TestRequest& request) {
                                test::TestResponse response;
                                response.body = "package";
                                if (request.header("Authorization").empty()) {
                                  response.status = 401;
                                  response.headers = {{"WWW-Authenticate", "Basic realm=\"fw\""}};
                                }
                                return response;
                              },
                              test::LoopbackTls::get().server()};
  account({server.url()}, {{"HTTP", "BASIC", "device", "http-secret", {}}}, kServerId, "Acc");
  put("./FUMO/1/Download/PkgURL", asking.url("/firmware"));
  server.then("<Exec><CmdID>2</CmdID><Item><Target><LocURI>./FUMO/1/Download</LocURI></Target></Item></Exec>");
  session();
  run_until_idle();
  ASSERT_FALSE(asking.requests().empty());
  EXPECT_EQ(asking.requests().back().header("Authorization"), "Basic " + base64_encode("device:http-secret"));
  EXPECT_EQ(state(), "50");
  // Another host hears nothing.
  std::string elsewhere = asking.url("/firmware");
  elsewhere.replace(elsewhere.find("127.0.0.1"), 9, "localhost");
  const std::size_t before = asking.requests().size();
  put("./FUMO/1/Download/PkgURL", elsewhere);
  server.then("<Exec><CmdID>2</CmdID><Item><Target><LocURI>./FUMO/1/Download</LocURI></Target></Item></Exec>");
  session();
  run_until_idle();
  EXPECT_GT(asking.requests().size(), before);
  for (std::size_t i = before; i < asking.requests().size(); ++i) {
    EXPECT_EQ(asking.requests()[i].header("Authorization"), "");
  }
}

class ChunkedPackageTest : public FirmwareUpdateTest {
 protected:
  // One chunk of a package whose Base64 has 32 octets.
  static std::string chunk(const std::string& data, bool first, bool more) {
    return "<Replace><CmdID>1</CmdID><Item><Target><LocURI>./FUMO/1/Update/PkgData</LocURI></Target><Meta>"
           "<Format xmlns=\"syncml:metinf\">bin</Format>" +
           std::string(first ? "<Size xmlns=\"syncml:metinf\">32</Size>" : "") + "</Meta><Data>" + data + "</Data>" +
           (more ? "<MoreData/>" : "") + "</Item></Replace>";
  }
  // 22 octets, and their Base64 in three pieces.
  const std::string kText = base64_encode("the package of 22 octe");
  const std::string kFirst = kText.substr(0, 12), kSecond = kText.substr(12, 12), kThird = kText.substr(24);
};

TEST_F(ChunkedPackageTest, FUMO_017_TheStateStaysTenUntilTheLastChunk) {
  Lines states;
  client->tree().observe([&](const CommitRecord& commit) {
    for (const EditRecord& edit : commit.edits) {
      if (edit.node.uri.str() == "./FUMO/1/State") states.push_back(edit.node.data);
    }
  });
  server.then(chunk(kFirst, true, true));
  server.then([&](const test::DmRequest& request) {
    EXPECT_TRUE(request.has("Status 1 Replace 213"));
    return server.package(request, chunk(kSecond, false, true));
  });
  server.then_hold(chunk(kThird, false, false));
  ASSERT_TRUE(client->start_session(kServerId, SessionCause::client, nullptr));
  ASSERT_TRUE(run_until([this] { return server.count() == 3; }));
  EXPECT_EQ(state(), "10");
  EXPECT_TRUE(states.empty());
  server.release();
  run_until_idle();
  EXPECT_TRUE(server.requests().at(3).has("Status 1 Replace 200"));
  EXPECT_EQ(states, Lines{"50"});
  const auto data = KeptValue::parse(value("./FUMO/1/Update/PkgData"));
  ASSERT_TRUE(data);
  EXPECT_EQ(data->sha256, hex_encode(sha256("the package of 22 octe")));
  EXPECT_EQ(*PosixFileSystem().read(package_data_path(config.fumo.work_dir, "1"), 100), "the package of 22 octe");
}

TEST_F(ChunkedPackageTest, FUMO_017_ATransferThatIsNotCompletedLeavesNothing) {
  const std::string some = chunk(kFirst, true, true);
  // Another size than was said; the transfer given up for another command; the session lost; power lost.
  for (int row = 0; row < 4; ++row) {
    SCOPED_TRACE(row);
    server.then(some);
    if (row == 0) server.then(chunk(kThird, false, false));
    if (row == 1) server.then(test::get_command("1", "./DevInfo/Man"));
    if (row == 2) server.then_status(500);
    if (row == 3) server.then_hold();
    ASSERT_TRUE(client->start_session(kServerId, SessionCause::client, nullptr));
    const std::size_t before = server.count();
    ASSERT_TRUE(run_until([this, before] { return server.count() >= before + 2; }));
    if (row == 3) {
      power_cut();
      server.release();
    }
    run_until_idle();
    EXPECT_EQ(state(), "10");
    EXPECT_EQ(value("./FUMO/1/Update/PkgData"), "");
    EXPECT_EQ(PosixFileSystem().list(config.fumo.work_dir)->size(), 0U);
    server.then("<Exec><CmdID>2</CmdID><Item><Target><LocURI>./FUMO/1/Update</LocURI></Target></Item></Exec>");
    session();
    EXPECT_TRUE(server.requests().back().has("Status 2 Exec 403"));
    EXPECT_EQ(state(), "10");
  }
  EXPECT_TRUE(slot.packages.empty());
}

}  // namespace
}  // namespace omadm
