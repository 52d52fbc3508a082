// FUMO: Exec, State, results and reports.
#include <filesystem>

#include "base/text.h"
#include "tests/unit/mo/fumo_fixture.h"

namespace omadm::test {
namespace {

using namespace std::chrono_literals;
using States = std::vector<std::string>;

TEST_F(FumoTest, FUMO_001_TheDeviceMakesACompleteInstance) {
  EXPECT_EQ(tree_->begin(Principal::device()).peek(uri("./FUMO/1"))->type, "urn:oma:mo:oma-fumo:1.0");
  for (const char* leaf : {"PkgName", "PkgVersion", "Download/PkgURL", "Update/PkgData", "DownloadAndUpdate/PkgURL"}) {
    EXPECT_EQ(value(std::string("./FUMO/1/") + leaf), "") << leaf;
  }
  EXPECT_EQ(state(), "10");
  EXPECT_TRUE(fumo_->idle());
  EXPECT_TRUE(fumo_->packages().empty());
}

TEST_F(FumoTest, FUMO_001_AnInstanceOfAServerIsCompleted) {
  Transaction transaction = tree_->begin(Principal::server("acme"));
  ASSERT_TRUE(transaction.add(uri("./FUMO/pkg1/DownloadAndUpdate/PkgURL"), {std::nullopt, std::nullopt, kUrl}));
  ASSERT_TRUE(std::move(transaction).commit());
  ASSERT_TRUE(tree_->flush());
  EXPECT_EQ(value("./FUMO/pkg1/State"), "10");
  EXPECT_EQ(value("./FUMO/pkg1/DownloadAndUpdate/PkgURL"), kUrl);
  EXPECT_EQ(value("./FUMO/pkg1/Download/PkgURL"), "");
  EXPECT_EQ(tree_->begin(Principal::device()).peek(uri("./FUMO/pkg1"))->type, "urn:oma:mo:oma-fumo:1.0");
}

TEST_F(FumoTest, FUMO_020_FUMO_043_DownloadAndUpdateRunsToItsEndUnasked) {
  const auto outcome = exec_with_url("DownloadAndUpdate");
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(*outcome, ExecOutcome::accepted);
  EXPECT_EQ(state(), "30");
  EXPECT_TRUE(http_.requests.empty());  // Exec returns at once
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(states_, (States{"10", "30", "40", "50", "60", "90"}));
  ASSERT_EQ(slot_.packages.size(), 1U);
  EXPECT_EQ(slot_.packages[0].size, firmware_.size());
  EXPECT_EQ(slot_.packages[0].sha256, hex_encode(sha256(firmware_)));
  EXPECT_TRUE(std::filesystem::exists(slot_.packages[0].path));
  ASSERT_EQ(reports_.size(), 1U);
  const GenericAlert& report = reports_[0];
  EXPECT_EQ(report.server_id, "acme");
  EXPECT_EQ(report.type, "org.openmobilealliance.dm.firmwareupdate.downloadandupdate");
  EXPECT_EQ(report.format, "int");
  EXPECT_EQ(report.mark, "");
  EXPECT_EQ(report.source, "./FUMO/1");
  EXPECT_EQ(report.correlator, "c-77");
  EXPECT_EQ(report.data, "200");
  EXPECT_EQ(fwv_at_report_, "2.0");  // FUMO-073
}

TEST_F(FumoTest, FUMO_013_TheEndStateStaysUntilTheReportIsAcknowledged) {
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(state(), "90");
  GenericAlert other = reports_[0];
  other.correlator = "another";
  fumo_->report_acknowledged(other);
  EXPECT_EQ(state(), "90");
  states_.clear();
  fumo_->report_acknowledged(reports_[0]);
  EXPECT_EQ(states_, (States{"100", "10"}));
  EXPECT_TRUE(std::filesystem::is_empty(settings_.work_dir));
  EXPECT_FALSE(fumo_->packages().size());
  fumo_->report_acknowledged(reports_[0]);
  EXPECT_EQ(state(), "10");
}

TEST_F(FumoTest, FUMO_020_DownloadStopsAtFiftyAndUpdateGoesOn) {
  ASSERT_TRUE(exec_with_url("Download"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(states_, (States{"10", "30", "40", "50"}));
  EXPECT_EQ(reports_[0].type, "org.openmobilealliance.dm.firmwareupdate.download");
  EXPECT_EQ(reports_[0].data, "200");
  EXPECT_TRUE(slot_.packages.empty());
  fumo_->report_acknowledged(reports_[0]);
  EXPECT_EQ(state(), "50");
  states_.clear();
  const auto outcome = exec("./FUMO/1/Update", "c-78");
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(*outcome, ExecOutcome::accepted);
  EXPECT_EQ(state(), "60");
  ASSERT_TRUE(run_until_reported(2));
  EXPECT_EQ(states_, (States{"60", "90"}));
  ASSERT_EQ(slot_.packages.size(), 1U);
  EXPECT_EQ(slot_.packages[0].sha256, hex_encode(sha256(firmware_)));
  EXPECT_EQ(reports_[1].type, "org.openmobilealliance.dm.firmwareupdate.update");
  EXPECT_EQ(reports_[1].correlator, "c-78");
}

TEST_F(FumoTest, FUMO_020_PkgDataIsInstalledByUpdate) {
  ASSERT_TRUE(replace("./FUMO/1/Update/PkgData", "delivered in the session"));
  EXPECT_EQ(state(), "50");
  ASSERT_TRUE(exec("./FUMO/1/Update"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(states_, (States{"10", "50", "60", "90"}));
  ASSERT_EQ(slot_.packages.size(), 1U);
  EXPECT_EQ(slot_.packages[0].size, 24U);
  EXPECT_EQ(slot_.packages[0].sha256, hex_encode(sha256("delivered in the session")));
  EXPECT_EQ(reports_[0].data, "200");
  fumo_->report_acknowledged(reports_[0]);
  EXPECT_EQ(package_data(), "");  // FUMO-004
  EXPECT_EQ(state(), "10");
}

TEST_F(FumoTest, FUMO_020_PkgDataIsInstalledByAnUpdateInTheSameMessage) {
  Transaction transaction = tree_->begin(Principal::server("acme"));
  ASSERT_TRUE(transaction.replace(uri("./FUMO/1/Update/PkgData"), {std::nullopt, std::nullopt, "delivered"}));
  ASSERT_TRUE(std::move(transaction).commit());
  const auto outcome = exec("./FUMO/1/Update");
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(*outcome, ExecOutcome::accepted);
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(states_, (States{"10", "50", "60", "90"}));
  EXPECT_EQ(reports_[0].data, "200");
}

TEST_F(FumoTest, FUMO_014_ANewPkgDataReplacesTheOldOne) {
  ASSERT_TRUE(replace("./FUMO/1/Update/PkgData", "one"));
  ASSERT_TRUE(replace("./FUMO/1/Update/PkgData", "two"));
  EXPECT_EQ(states_, (States{"10", "50", "10", "50"}));
  EXPECT_EQ(package_data(), "two");
  ASSERT_TRUE(replace("./FUMO/1/Update/PkgData", ""));
  EXPECT_EQ(state(), "10");
}

TEST_F(FumoTest, FUMO_005_PkgDataIsNeverRead) {
  ASSERT_TRUE(replace("./FUMO/1/Update/PkgData", "one"));
  const auto node = tree_->begin(Principal::server("acme")).get(uri("./FUMO/1/Update/PkgData"));
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().code, Errc::not_allowed);
}

TEST_F(FumoTest, FUMO_005_ExecElsewhereIsRefused) {
  for (const char* place : {"./FUMO/1", "./FUMO/1/State", "./FUMO/1/Download/PkgURL", "./FUMO"}) {
    const auto outcome = exec(place);
    ASSERT_FALSE(outcome) << place;
    EXPECT_EQ(outcome.error().code, Errc::not_allowed) << place;
  }
  const auto missing = exec("./FUMO/2/Update");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
}

TEST_F(FumoTest, FUMO_005_WithoutASlotThereIsNothingToUpdateWith) {
  store_ = MemoryStore();
  has_slot_ = false;
  restart();
  const auto outcome = exec("./FUMO/1/Update");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::not_found);
  EXPECT_TRUE(exec_with_url("Download"));
}

TEST_F(FumoTest, FUMO_015_ASecondExecIsRefusedWithoutAlert) {
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  slot_.result.reset();
  for (const char* node : {"Download", "Update", "DownloadAndUpdate"}) {
    const auto outcome = exec(std::string("./FUMO/1/") + node, "second");
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, Errc::unavailable);
  }
  EXPECT_EQ(state(), "30");
  ASSERT_TRUE(run_until_state("60"));
  EXPECT_FALSE(exec("./FUMO/1/Download", "third"));
  EXPECT_EQ(state(), "60");
  ASSERT_TRUE(run_until([this] { return slot_.pending != nullptr; }));
  slot_.end({InstallOutcome::installed, "2.0", ""});
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_.size(), 1U);
  EXPECT_EQ(reports_[0].correlator, "c-77");
}

TEST_F(FumoTest, FUMO_015_UpdateWithoutPackageIsRefused) {
  const auto outcome = exec("./FUMO/1/Update");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::unavailable);
  EXPECT_EQ(state(), "10");
  idle_for(20ms);
  EXPECT_TRUE(reports_.empty());
}

TEST_F(FumoTest, FUMO_016_NothingIsReplacedOrRemovedWhileInUse) {
  slot_.result.reset();
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  const auto refused = [](const Result<void>& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::unavailable) << result.error().detail;
  };
  const auto remove = [this]() -> Result<void> {  // FUMO-006
    Transaction transaction = tree_->begin(Principal::user());
    DM_TRY(transaction.remove(uri("./FUMO/1")));
    return std::move(transaction).commit();
  };
  for (const char* wanted : {"30", "60"}) {
    ASSERT_TRUE(run_until_state(wanted));
    refused(replace("./FUMO/1/DownloadAndUpdate/PkgURL", "https://other.example/"));
    refused(replace("./FUMO/1/Download/PkgURL", "https://other.example/"));
    refused(replace("./FUMO/1/Update/PkgData", "x"));
    refused(remove());
    EXPECT_EQ(state(), wanted);
  }
}

TEST_F(FumoTest, FUMO_006_ARemovedPackageLeavesNothingBehind) {
  ASSERT_TRUE(exec_with_url("Download"));
  ASSERT_TRUE(run_until_reported());
  Transaction transaction = tree_->begin(Principal::user());
  ASSERT_TRUE(transaction.remove(uri("./FUMO/1")));
  ASSERT_TRUE(std::move(transaction).commit());
  ASSERT_TRUE(tree_->flush());
  EXPECT_FALSE(tree_->begin(Principal::device()).exists(uri("./.omadm/fumo/1")));
  EXPECT_TRUE(std::filesystem::is_empty(settings_.work_dir));
  EXPECT_TRUE(fumo_->packages().empty());
}

TEST_F(FumoTest, FUMO_010_AServerCannotSetTheState) {
  EXPECT_FALSE(replace("./FUMO/1/State", "50"));
  Transaction transaction = tree_->begin(Principal::server("acme"));
  ASSERT_TRUE(transaction.add(uri("./FUMO/2"), {Format::node, std::nullopt, {}}));
  ASSERT_TRUE(transaction.add(uri("./FUMO/2/State"), {std::nullopt, std::nullopt, "50"}));
  const auto committed = std::move(transaction).commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().code, Errc::veto);
}

TEST_F(FumoTest, FUMO_022_AnEmptyOrBadUrlIsAcceptedAndReported) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "411"}, {"nonsense", "411"}, {"ftp://h/x", "408"}, {"http://h/x", "408"}};
  for (const auto& [url, code] : rows) {
    reports_.clear();
    const auto outcome = exec_with_url("Download", url);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(*outcome, ExecOutcome::accepted);
    ASSERT_TRUE(run_until_reported());
    EXPECT_EQ(state(), "20");
    EXPECT_EQ(reports_[0].data, code) << url;
    EXPECT_EQ(reports_[0].mark, "critical");
  }
}

TEST_F(FumoTest, FUMO_034_HttpFailuresHaveTheirCodes) {
  const std::pair<int, const char*> rows[] = {{401, "406"}, {403, "406"}, {404, "411"}, {410, "411"},
                                              {400, "409"}, {500, "500"}, {503, "412"}};
  for (const auto& [status, code] : rows) {
    reports_.clear();
    http_.answer_with([status = status](const HttpRequest&) {
      FakeAnswer answer;
      answer.status = status;
      return answer;
    });
    ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
    ASSERT_TRUE(run_until_reported());
    EXPECT_EQ(reports_[0].data, code);
    EXPECT_EQ(reports_[0].type, "org.openmobilealliance.dm.firmwareupdate.downloadandupdate");
    EXPECT_EQ(state(), "20");
    fumo_->report_acknowledged(reports_[0]);
    EXPECT_EQ(state(), "10");
  }
  EXPECT_TRUE(slot_.packages.empty());
  EXPECT_EQ(value("./DevDetail/FwV"), "");
}

TEST_F(FumoTest, FUMO_034_OtherFailuresOfTheDownload) {
  struct Row {
    FakeAnswer answer;
    const char* code;
  };
  std::vector<Row> rows(5);
  rows[0].answer.error = Error{Errc::transport, "connect to fw.example.net port 443: connection refused"};
  rows[0].code = "503";
  rows[1].answer.error = Error{Errc::timed_out, "no octet for 60 s"};
  rows[1].code = "407";
  rows[2].answer.headers = {{"Content-Type", "application/vnd.oma.dd+xml"}};
  rows[2].answer.body = "<media/>";
  rows[2].code = "405";
  rows[3].answer.body = "";  // an empty package
  rows[3].code = "402";
  rows[4].answer.body = Octets(3000, 'x');
  rows[4].code = "501";
  settings_.max_size = 2000;
  restart();
  for (const Row& row : rows) {
    reports_.clear();
    http_.answer_with([&row](const HttpRequest&) { return row.answer; });
    ASSERT_TRUE(exec_with_url("Download"));
    ASSERT_TRUE(run_until_reported());
    EXPECT_EQ(reports_[0].data, row.code);
    EXPECT_EQ(state(), "20");
  }
}

TEST_F(FumoTest, FUMO_035_AFailedInstallationKeepsThePackageUntilCleanUp) {
  slot_.result = InstallResult{InstallOutcome::not_validated, "", "signature"};
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "404");
  EXPECT_EQ(reports_[0].mark, "critical");
  EXPECT_EQ(state(), "70");
  EXPECT_EQ(value("./DevDetail/FwV"), "");
  // The package is still there: FUMO-015.
  slot_.result = InstallResult{InstallOutcome::installed, "3.0", ""};
  ASSERT_TRUE(exec("./FUMO/1/Update", "again"));
  ASSERT_TRUE(run_until_reported(2));
  EXPECT_EQ(reports_[1].data, "200");
  EXPECT_EQ(slot_.packages.size(), 2U);
  EXPECT_EQ(value("./DevDetail/FwV"), "3.0");
  slot_.result = InstallResult{InstallOutcome::failed, "", ""};
  ASSERT_TRUE(exec("./FUMO/1/Update", "worse"));
  ASSERT_TRUE(run_until_reported(3));
  EXPECT_EQ(reports_[2].data, "410");
  states_.clear();
  fumo_->report_acknowledged(reports_[2]);
  EXPECT_EQ(states_, (States{"80", "10"}));
}

TEST_F(FumoTest, FUMO_035_ASlotThatRefusesFailsTheUpdate) {
  slot_.refusal = Error{Errc::not_found, "no installer"};
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "410");
  EXPECT_EQ(state(), "70");
}

TEST_F(FumoTest, FUMO_073_WithoutAVersionOfTheSlotPkgVersionCounts) {
  slot_.result = InstallResult{InstallOutcome::installed, "", ""};
  ASSERT_TRUE(replace("./FUMO/1/PkgVersion", "7.1"));
  ASSERT_TRUE(replace("./FUMO/1/PkgName", "Blue"));
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(slot_.packages.at(0).name, "Blue");
  EXPECT_EQ(slot_.packages.at(0).version, "7.1");
  EXPECT_EQ(fwv_at_report_, "7.1");
}

TEST_F(FumoTest, FUMO_014_ANewExecCleansUpAnEndState) {
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported());
  states_.clear();
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported(2));
  EXPECT_EQ(states_, (States{"100", "10", "30", "40", "50", "60", "90"}));
  EXPECT_EQ(http_.requests.size(), 2U);  // the package of before is not taken for the new one
}

TEST_F(FumoTest, FUMO_024_TheReportGoesToTheServerOfTheExec) {
  ASSERT_TRUE(replace("./FUMO/1/Download/PkgURL", kUrl));
  ASSERT_TRUE(exec("./FUMO/1/Download", "", "other"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].server_id, "other");
  EXPECT_EQ(reports_[0].correlator, "");
}

TEST_F(FumoTest, FUMO_024_WhatTheDeviceAskedForIsReportedToNobody) {
  ASSERT_TRUE(replace("./FUMO/1/DownloadAndUpdate/PkgURL", kUrl));
  ASSERT_TRUE(exec("./FUMO/1/DownloadAndUpdate", "", ""));
  ASSERT_TRUE(run_until([this] { return !slot_.packages.empty() && fumo_->idle(); }));
  EXPECT_EQ(states_, (States{"10", "30", "40", "50", "60", "90", "100", "10"}));
  EXPECT_TRUE(reports_.empty());
}

TEST_F(FumoTest, FUMO_030_ThePrefixOfTheTypeIsAMatterOfConfiguration) {
  settings_.report_prefix = true;
  restart();
  ASSERT_TRUE(exec_with_url("Download"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].type, "Reversed-Domain-Name: org.openmobilealliance.dm.firmwareupdate.download");
}

TEST_F(FumoTest, FUMO_042_ProgressIsShown) {
  slot_.result.reset();
  http_.answer_with([this](const HttpRequest& request) {
    FakeAnswer answer = serve_range(request, firmware_, "\"v1\"");
    answer.error = Error{Errc::transport, "later"};
    answer.error_after = 100000;
    return answer;
  });
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  EXPECT_FALSE(fumo_->idle());
  ASSERT_TRUE(run_until([this] { return fumo_->packages().at(0).received > 0; }));
  PackageStatus status = fumo_->packages().at(0);
  EXPECT_EQ(status.uri, "./FUMO/1");
  EXPECT_EQ(status.size, firmware_.size());
  EXPECT_EQ(status.state, "downloading");
  http_.answer_with([this](const HttpRequest& request) { return serve_range(request, firmware_, "\"v1\""); });
  ASSERT_TRUE(run_until([this] { return slot_.pending != nullptr; }));
  slot_.tell_progress(40);
  EXPECT_EQ(fumo_->packages().at(0).state, "updating 40%");
  EXPECT_EQ(fumo_->packages().at(0).received, firmware_.size());
}

TEST_F(FumoTest, FUMO_070_TwoPackagesAreInstalledOneAfterTheOther) {
  slot_.result.reset();
  Transaction transaction = tree_->begin(Principal::device());
  ASSERT_TRUE(transaction.put(uri("./FUMO/2"), {Format::node, std::nullopt, {}}));
  ASSERT_TRUE(transaction.put(uri("./FUMO/2/DownloadAndUpdate/PkgURL"), {std::nullopt, std::nullopt, kUrl}));
  ASSERT_TRUE(std::move(transaction).commit());
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_state("60"));
  ASSERT_TRUE(tree_->exec(Principal::device(), {uri("./FUMO/2/DownloadAndUpdate"), {}, "two", "acme"}));
  ASSERT_TRUE(run_until([this] { return value("./FUMO/2/State") == "50"; }));
  idle_for(50ms);
  EXPECT_EQ(slot_.packages.size(), 1U);
  slot_.end({InstallOutcome::installed, "2.0", ""});
  ASSERT_TRUE(run_until([this] { return slot_.pending != nullptr; }));
  EXPECT_EQ(value("./FUMO/2/State"), "60");
  slot_.end({InstallOutcome::installed, "2.1", ""});
  EXPECT_TRUE(run_until_reported(2));
}

}  // namespace
}  // namespace omadm::test
