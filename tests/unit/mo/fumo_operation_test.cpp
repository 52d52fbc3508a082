// FUMO: what may be executed, by whom, and what never happens again by itself.
#include <filesystem>

#include "base/text.h"
#include "tests/unit/mo/fumo_fixture.h"

namespace omadm::test {
namespace {

using namespace std::chrono_literals;
class FumoOperation : public FumoTest {
 protected:
  void set_acl(std::string_view address, std::string_view acl) {
    Transaction transaction = tree_->begin(Principal::device());
    ASSERT_TRUE(transaction.set_property(uri(address), Property::acl, acl));
    ASSERT_TRUE(std::move(transaction).commit());
  }
  Errc refusal(const std::string& address, const std::string& server = "acme") {
    const auto outcome = exec(address, "c", server);
    EXPECT_FALSE(outcome) << address;
    return outcome ? Errc::failed : outcome.error().code;
  }
  void make_second_package() {
    Transaction transaction = tree_->begin(Principal::device());
    ASSERT_TRUE(transaction.put(uri("./FUMO/2"), {Format::node, std::nullopt, {}}));
    ASSERT_TRUE(transaction.put(uri("./FUMO/2/Download/PkgURL"), {std::nullopt, std::nullopt, kUrl}));
    ASSERT_TRUE(std::move(transaction).commit());
    ASSERT_TRUE(tree_->flush());
  }
};

TEST_F(FumoOperation, FUMO_002_FUMO_003_EveryExecOfTheObjectIsThere) {
  for (const char* node : {"Download", "DownloadAndUpdate"}) {
    const auto outcome = exec_with_url(node);
    ASSERT_TRUE(outcome) << node << ": " << outcome.error().detail;
    EXPECT_EQ(*outcome, ExecOutcome::accepted) << node;
    ASSERT_TRUE(run_until([this] { return fumo_->idle(); }));
  }
  const auto updated = exec("./FUMO/1/Update");  // the package of before is still there
  ASSERT_TRUE(updated) << updated.error().detail;
  EXPECT_EQ(*updated, ExecOutcome::accepted);
  ASSERT_TRUE(run_until_reported(3));
  EXPECT_EQ(slot_.packages.size(), 2U);
}

TEST_F(FumoOperation, FUMO_004_OneWayToThePackageIsEnough) {
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "200");
  EXPECT_EQ(package_data(), "");
  EXPECT_FALSE(std::filesystem::is_empty(settings_.work_dir));
  fumo_->report_acknowledged(reports_[0]);
  EXPECT_TRUE(std::filesystem::is_empty(settings_.work_dir));

  ASSERT_TRUE(replace("./FUMO/1/DownloadAndUpdate/PkgURL", ""));
  ASSERT_TRUE(replace("./FUMO/1/Update/PkgData", "in the session"));
  ASSERT_TRUE(exec("./FUMO/1/Update"));
  ASSERT_TRUE(run_until_reported(2));
  EXPECT_EQ(reports_[1].data, "200");
  EXPECT_EQ(slot_.packages.back().size, 14U);
  EXPECT_EQ(http_.requests.size(), 1U);
  EXPECT_EQ(package_data(), "in the session");
  fumo_->report_acknowledged(reports_[1]);
  EXPECT_EQ(package_data(), "");
  EXPECT_TRUE(std::filesystem::is_empty(settings_.work_dir));
}

TEST_F(FumoOperation, FUMO_021_RightsComeBeforeTheStateOfThePackage) {
  set_acl("./FUMO/1", "Exec=acme&Get=*&Replace=*");
  states_.clear();
  const auto check = [this] {
    for (const char* node : {"./FUMO/1/Download", "./FUMO/1/Update", "./FUMO/1/DownloadAndUpdate"}) {
      EXPECT_EQ(refusal(node, "other"), Errc::permission_denied) << node;
    }
    EXPECT_EQ(refusal("./FUMO/1/Download/PkgURL", "other"), Errc::not_allowed);
    EXPECT_EQ(refusal("./FUMO/1", "other"), Errc::not_allowed);
    EXPECT_EQ(refusal("./FUMO/1/Elsewhere", "other"), Errc::not_found);
    EXPECT_EQ(refusal("./FUMO/9/Update", "other"), Errc::not_found);
  };
  check();
  EXPECT_TRUE(states_.empty());
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  check();  // 425 and not 403 while it is busy
  EXPECT_EQ(refusal("./FUMO/1/Download", "acme"), Errc::unavailable);
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_.size(), 1U);
  EXPECT_EQ(reports_[0].server_id, "acme");
}

TEST_F(FumoOperation, FUMO_023_NothingIsRepeatedAfterItsReport) {
  struct Row {
    const char* node;
    int http_status;
    InstallOutcome outcome;
    const char* state;
    const char* code;
  };
  for (const Row& row : {Row{"DownloadAndUpdate", 200, InstallOutcome::installed, "90", "200"},
                         Row{"DownloadAndUpdate", 200, InstallOutcome::failed, "70", "410"},
                         Row{"DownloadAndUpdate", 404, InstallOutcome::installed, "20", "411"},
                         Row{"Download", 200, InstallOutcome::installed, "50", "200"}}) {
    SCOPED_TRACE(row.state);
    reports_.clear();
    slot_.result = InstallResult{row.outcome, "2.0", ""};
    http_.answer_with([this, &row](const HttpRequest& request) {
      FakeAnswer answer = serve_range(request, firmware_, "\"v1\"");
      answer.status = row.http_status;
      return answer;
    });
    ASSERT_TRUE(exec_with_url(row.node));
    ASSERT_TRUE(run_until_reported());
    EXPECT_EQ(reports_[0].data, row.code);
    const std::size_t installations = slot_.packages.size();
    const std::size_t requests = http_.requests.size();
    for (int i = 0; i < 3; ++i) {  // not acknowledged yet
      restart();
      idle_for(20ms);
    }
    EXPECT_EQ(slot_.packages.size(), installations);
    EXPECT_EQ(http_.requests.size(), requests);
    EXPECT_EQ(reports_.size(), 1U);
    EXPECT_EQ(state(), row.state);
  }
}

TEST_F(FumoOperation, FUMO_033_ReportsInTheOrderOfCompletion) {
  make_second_package();
  set_acl("./FUMO/2", "Exec=acme");
  slot_.result.reset();
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until([this] { return slot_.pending != nullptr; }));
  ASSERT_TRUE(exec("./FUMO/2/Download", "second"));
  ASSERT_TRUE(run_until([this] { return !reports_.empty(); }));
  slot_.end({InstallOutcome::installed, "2.0", ""});
  ASSERT_TRUE(run_until_reported(2));
  ASSERT_EQ(reports_.size(), 2U);
  EXPECT_EQ(reports_[0].source, "./FUMO/2");
  EXPECT_EQ(reports_[0].correlator, "second");
  EXPECT_EQ(reports_[1].source, "./FUMO/1");
  EXPECT_EQ(reports_[1].correlator, "c-77");
}

TEST_F(FumoOperation, FUMO_033_ReportsThatWereHeldUpKeepTheirOrderOverARestart) {
  make_second_package();
  set_acl("./FUMO/2", "Exec=acme");
  refuse_reports_ = true;
  slot_.result.reset();
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until([this] { return slot_.pending != nullptr; }));
  ASSERT_TRUE(exec("./FUMO/2/Download", "second"));
  ASSERT_TRUE(run_until([this] { return value("./FUMO/2/State") == "50"; }));
  slot_.end({InstallOutcome::installed, "2.0", ""});
  EXPECT_EQ(state(), "90");
  switch_off();
  refuse_reports_ = false;
  switch_on();
  ASSERT_TRUE(run_until_reported(2));
  EXPECT_EQ(reports_[0].source, "./FUMO/2");
  EXPECT_EQ(reports_[1].source, "./FUMO/1");
  EXPECT_EQ(reports_.size(), 2U);
}

TEST_F(FumoOperation, FUMO_020_FUMO_073_AVersionThatIsNoTextDoesNotCostTheReport) {
  const std::string before = value("./DevDetail/FwV");
  slot_.result = InstallResult{InstallOutcome::installed, "2.0\xff", ""};
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "200");
  EXPECT_EQ(state(), "90");
  EXPECT_EQ(value("./DevDetail/FwV"), before);
}

// Size before digest before signature: the slot, which knows the latter two, gets no file of another size.
TEST_F(FumoOperation, FUMO_068_SizeThenDigestThenSignature) {
  http_.answer_with([this](const HttpRequest&) {
    FakeAnswer answer;
    answer.body = firmware_;
    answer.headers = {{"Content-Length", std::to_string(firmware_.size() - 1)}};
    answer.announce = false;
    return answer;
  });
  slot_.result = InstallResult{InstallOutcome::not_validated, "", "signature"};
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "402");
  EXPECT_EQ(state(), "20");
  EXPECT_TRUE(slot_.packages.empty());

  http_.answer_with([this](const HttpRequest& request) { return serve_range(request, firmware_, "\"v1\""); });
  for (const auto& [outcome, code] :
       {std::pair(InstallOutcome::corrupted, "402"), std::pair(InstallOutcome::not_validated, "404")}) {
    reports_.clear();
    slot_.result = InstallResult{outcome, "", ""};
    ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
    ASSERT_TRUE(run_until_reported());
    EXPECT_EQ(slot_.packages.back().sha256, hex_encode(sha256(firmware_)));
    EXPECT_EQ(reports_[0].data, code);
    EXPECT_EQ(state(), "70");
  }
  reports_.clear();
  ASSERT_TRUE(exec_with_url("Download"));
  ASSERT_TRUE(run_until_reported());
  const std::size_t installations = slot_.packages.size();
  for (const auto& file : std::filesystem::directory_iterator(settings_.work_dir)) {
    std::filesystem::resize_file(file.path(), 1000);
  }
  ASSERT_TRUE(exec("./FUMO/1/Update"));
  ASSERT_TRUE(run_until_reported(2));
  EXPECT_EQ(reports_[1].data, "402");
  EXPECT_EQ(slot_.packages.size(), installations);
}

}  // namespace
}  // namespace omadm::test
