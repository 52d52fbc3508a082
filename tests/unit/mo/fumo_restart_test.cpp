// FUMO, "Power loss": what goes on after a restart, in each state.
#include <filesystem>

#include "base/text.h"
#include "tests/unit/mo/fumo_fixture.h"

namespace omadm::test {
namespace {

using namespace std::chrono_literals;
using States = std::vector<std::string>;

TEST_F(FumoTest, FUMO_011_AcceptedIsDurableBeforeAnythingBegins) {
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  restart();  // before the loop did anything
  EXPECT_EQ(state(), "30");
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "200");
  EXPECT_EQ(reports_[0].correlator, "c-77");
  EXPECT_EQ(reports_[0].server_id, "acme");
}

TEST_F(FumoTest, FUMO_066_In30TheDownloadGoesOn) {
  firmware_ = Octets(5U << 20U, 'g');
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until([this] { return fumo_->packages().at(0).received > (2U << 20U); }));
  const std::uint64_t received = fumo_->packages().at(0).received;
  restart();
  EXPECT_EQ(state(), "30");
  ASSERT_TRUE(run_until_reported());
  ASSERT_EQ(http_.requests.size(), 2U);
  EXPECT_EQ(http_.requests[1].headers.at(1),
            (std::pair<std::string, std::string>("Range", "bytes=" + std::to_string(received) + "-")));
  EXPECT_EQ(slot_.packages.at(0).sha256, hex_encode(sha256(firmware_)));
  EXPECT_EQ(reports_.size(), 1U);
  EXPECT_EQ(reports_[0].data, "200");
}

// Restarts in every state on the way of DownloadAndUpdate, and again and again.
TEST_F(FumoTest, FUMO_070_ARestartInEveryStateEndsTheSame) {
  for (const char* stop : {"30", "40", "50", "60", "90"}) {
    SCOPED_TRACE(stop);
    reports_.clear();
    slot_.packages.clear();
    ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
    // Stops at the commit itself: the tree of the moment is copied when the observer hears of the state.
    std::optional<MemoryStore> copy;
    tree_->observe([&](const CommitRecord& commit) {
      for (const EditRecord& edit : commit.edits) {
        if (edit.node.uri == uri("./FUMO/1/State") && edit.node.data == stop && !copy) copy = store_;
      }
    });
    if (std::string_view(stop) == "30") copy = store_;
    ASSERT_TRUE(run_until([&copy] { return copy.has_value(); }));
    fumo_.reset();
    tree_.reset();
    slot_.power_cut();
    store_ = *copy;
    reports_.clear();
    switch_on();
    EXPECT_EQ(state(), stop);
    ASSERT_TRUE(run_until_reported());
    idle_for(20ms);
    ASSERT_EQ(reports_.size(), 1U);
    EXPECT_EQ(reports_[0].data, "200");
    EXPECT_EQ(reports_[0].correlator, "c-77");
    EXPECT_EQ(reports_[0].type, "org.openmobilealliance.dm.firmwareupdate.downloadandupdate");
    EXPECT_EQ(state(), "90");
    EXPECT_EQ(value("./DevDetail/FwV"), "2.0");
    fumo_->report_acknowledged(reports_[0]);
    EXPECT_EQ(state(), "10");
  }
}

TEST_F(FumoTest, FUMO_070_In40WithoutItsFileTheDownloadHasFailed) {
  std::optional<MemoryStore> copy;
  ASSERT_TRUE(exec_with_url("Download"));
  tree_->observe([&](const CommitRecord&) {
    if (state() == "40" && !copy) copy = store_;
  });
  ASSERT_TRUE(run_until_reported());
  ASSERT_TRUE(copy);
  switch_off();
  store_ = *copy;
  std::filesystem::remove_all(settings_.work_dir);
  reports_.clear();
  switch_on();
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(state(), "20");
  EXPECT_EQ(reports_[0].data, "402");
}

TEST_F(FumoTest, FUMO_070_In50APackageWaitsForItsUpdate) {
  ASSERT_TRUE(exec_with_url("Download"));
  ASSERT_TRUE(run_until_reported());
  fumo_->report_acknowledged(reports_[0]);
  restart();
  idle_for(20ms);
  EXPECT_EQ(state(), "50");
  EXPECT_EQ(reports_.size(), 1U);
  EXPECT_EQ(http_.requests.size(), 1U);
  ASSERT_TRUE(exec("./FUMO/1/Update"));
  restart();
  EXPECT_EQ(state(), "60");
  ASSERT_TRUE(run_until_reported(2));
  EXPECT_EQ(reports_[1].type, "org.openmobilealliance.dm.firmwareupdate.update");
  EXPECT_EQ(slot_.packages.at(0).sha256, hex_encode(sha256(firmware_)));
}

TEST_F(FumoTest, FUMO_070_In60TheSlotIsAskedAgain) {
  slot_.result.reset();
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until([this] { return slot_.pending != nullptr; }));
  const FirmwareSlot::Done before = slot_.pending;
  restart();
  before({InstallOutcome::failed, "", "too late"});  // nobody listens any more
  ASSERT_TRUE(run_until([this] { return slot_.pending != nullptr; }));
  EXPECT_EQ(state(), "60");
  ASSERT_EQ(slot_.packages.size(), 2U);
  EXPECT_EQ(slot_.packages[1].sha256, slot_.packages[0].sha256);
  slot_.end({InstallOutcome::installed, "2.0", ""});
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_.size(), 1U);
}

TEST_F(FumoTest, FUMO_070_In60WithPkgDataItsFileIsInstalledAgain) {
  slot_.result.reset();
  ASSERT_TRUE(replace("./FUMO/1/Update/PkgData", "delivered"));
  restart();
  EXPECT_EQ(state(), "50");
  ASSERT_TRUE(exec("./FUMO/1/Update"));
  ASSERT_TRUE(run_until([this] { return slot_.pending != nullptr; }));
  restart();
  ASSERT_TRUE(run_until([this] { return slot_.pending != nullptr; }));
  EXPECT_EQ(slot_.packages.at(1).sha256, hex_encode(sha256("delivered")));
  EXPECT_EQ(package_data(), "delivered");
}

TEST_F(FumoTest, FUMO_070_WithoutItsFileTheUpdateFails) {
  ASSERT_TRUE(exec_with_url("Download"));
  ASSERT_TRUE(run_until_reported());
  ASSERT_TRUE(exec("./FUMO/1/Update"));
  std::filesystem::remove_all(settings_.work_dir);
  ASSERT_TRUE(run_until_reported(2));
  EXPECT_TRUE(slot_.packages.empty());
  EXPECT_EQ(state(), "70");
  EXPECT_EQ(reports_[1].data, "402");
}

// Of updates that succeed and of such that fail: whatever commit is the last one that lasts, the report is there once.
TEST_F(FumoTest, FUMO_070_FUMO_071_APowerCutAfterEachCommitLeavesOneReport) {
  struct Ending {
    const char* result;
    int http_status;
    InstallOutcome outcome;
  };
  for (const Ending& ending :
       {Ending{"200", 200, InstallOutcome::installed}, Ending{"410", 200, InstallOutcome::failed},
        Ending{"411", 404, InstallOutcome::failed}}) {
    slot_.result = InstallResult{ending.outcome, "2.0", ""};
    http_.answer_with([this, &ending](const HttpRequest& request) {
      FakeAnswer answer = serve_range(request, firmware_, "\"v1\"");
      if (ending.http_status != 200) answer.status = ending.http_status;
      return answer;
    });
    std::size_t cut = 1;
    for (bool another = true; another; ++cut) {
      SCOPED_TRACE(std::string(ending.result) + ", commit " + std::to_string(cut));
      switch_off();
      std::filesystem::remove_all(settings_.work_dir);
      store_ = MemoryStore();
      reports_.clear();
      switch_on();
      ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
      std::optional<MemoryStore> copy;
      std::size_t commits = 0;
      tree_->observe([&](const CommitRecord&) {
        if (++commits == cut) copy = store_;
      });
      ASSERT_TRUE(run_until([&] { return copy.has_value() || !stored_reports().empty(); }));
      another = copy.has_value();
      if (!another) break;
      switch_off();
      store_ = *copy;
      switch_on();
      ASSERT_TRUE(run_until([this] { return !stored_reports().empty() && fumo_->idle(); }));
      idle_for(2ms);
      EXPECT_EQ(stored_reports(), (std::vector<std::string>{ending.result}));
      EXPECT_EQ(state(), ending.http_status != 200 ? "20" : ending.outcome == InstallOutcome::installed ? "90" : "70");
    }
    EXPECT_GT(cut, 2U);
  }
}

TEST_F(FumoTest, FUMO_071_AReportThatCouldNotBeHandedOverIsTriedAgain) {
  refuse_reports_ = true;
  ASSERT_TRUE(exec_with_url("Download", "https://fw.example.net/"));
  ASSERT_TRUE(run_until_state("50"));
  EXPECT_TRUE(reports_.empty());
  restart();
  idle_for(20ms);
  EXPECT_TRUE(reports_.empty());
  refuse_reports_ = false;
  restart();
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "200");
  restart();
  idle_for(20ms);
  EXPECT_EQ(reports_.size(), 1U);
  EXPECT_EQ(state(), "50");
}

TEST_F(FumoTest, FUMO_071_AnEndStateWaitsForItsAcknowledgementOverRestarts) {
  http_.answer_with([](const HttpRequest&) {
    FakeAnswer answer;
    answer.status = 404;
    return answer;
  });
  ASSERT_TRUE(exec_with_url("Download"));
  ASSERT_TRUE(run_until_reported());
  restart();
  idle_for(20ms);
  EXPECT_EQ(state(), "20");
  EXPECT_EQ(reports_.size(), 1U);
  fumo_->report_acknowledged(reports_[0]);
  EXPECT_EQ(state(), "10");
}

TEST_F(FumoTest, FUMO_012_ACleanUpThatWasInterruptedGoesOn) {
  slot_.result = InstallResult{InstallOutcome::failed, "", ""};
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported());
  std::optional<MemoryStore> copy;
  tree_->observe([&](const CommitRecord&) {
    if (state() == "80" && !copy) copy = store_;
  });
  fumo_->report_acknowledged(reports_[0]);
  ASSERT_TRUE(copy);
  switch_off();
  store_ = *copy;
  switch_on();
  EXPECT_EQ(state(), "80");
  EXPECT_TRUE(run_until_state("10"));
  EXPECT_EQ(reports_.size(), 1U);
  EXPECT_TRUE(std::filesystem::is_empty(settings_.work_dir));
}

TEST_F(FumoTest, FUMO_070_PkgDataWhoseStateWasNotStoredIsFoundAgain) {
  Transaction transaction = tree_->begin(Principal::server("acme"));
  ASSERT_TRUE(transaction.replace(uri("./FUMO/1/Update/PkgData"), {std::nullopt, std::nullopt, "delivered"}));
  ASSERT_TRUE(std::move(transaction).commit());
  ASSERT_TRUE(store_.sync());
  restart();  // before the object was told
  EXPECT_EQ(state(), "50");
  EXPECT_EQ(package_data(), "delivered");
}

}  // namespace
}  // namespace omadm::test
