// FUMO-041 … FUMO-043, FUMO-072: what the device around the client has to say, and the restart into a new image.
#include "tests/unit/mo/fumo_fixture.h"

namespace omadm::test {
namespace {

using namespace std::chrono_literals;
using States = std::vector<std::string>;

class ScriptedAdviser final : public UpdateAdviser {
 public:
  std::optional<UpdateHold> hold(UpdateStage stage) override {
    const auto& holds = stage == UpdateStage::download ? download : install;
    return holds;
  }
  bool user_present() const override { return present; }
  void ask(const UpdatePrompt& prompt, std::function<void(UpdateAnswer)> answer) override {
    prompts.push_back(prompt);
    pending = std::move(answer);
  }
  void tell(const UpdatePrompt& prompt, UpdateNews what) override {
    prompts.push_back(prompt);
    news.push_back(what);
  }

  std::optional<UpdateHold> download, install;
  bool present = false;
  std::vector<UpdatePrompt> prompts;
  std::vector<UpdateNews> news;
  std::function<void(UpdateAnswer)> pending;
};

class FumoPolicy : public FumoTest {
 protected:
  FumoPolicy() {
    adviser_ = &advice_;
    settings_.look_again = 5ms;
    settings_.postpone = 0s;
    settings_.outage = 90s;
    restart();
  }
  std::string shown() const { return fumo_->packages().empty() ? "" : fumo_->packages()[0].state; }
  bool run_until_asked() {
    return run_until([this] { return static_cast<bool>(advice_.pending); });
  }
  void answer(UpdateAnswer what) { std::exchange(advice_.pending, nullptr)(what); }

  ScriptedAdviser advice_;
};

TEST_F(FumoPolicy, FUMO_067_ADownloadWaitsForTheDevice) {
  advice_.download = UpdateHold{"metered network"};
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  idle_for(30ms);
  EXPECT_EQ(state(), "30");
  EXPECT_EQ(shown(), "downloading, waits: metered network");
  EXPECT_TRUE(http_.requests.empty());
  restart();
  idle_for(30ms);
  EXPECT_TRUE(http_.requests.empty());
  advice_.download.reset();
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "200");
}

TEST_F(FumoPolicy, FUMO_067_ADownloadUnderWayStopsAndGoesOn) {
  firmware_ = Octets(1U << 20U, 'g');
  http_.answer_with([this](const HttpRequest& request) {
    FakeAnswer answer = serve_range(request, firmware_, "\"v1\"");
    if (http_.requests.size() == 1) {
      answer.error = Error{Errc::transport, "cut"};
      answer.error_after = 500000;
    }
    return answer;
  });
  settings_.retry.first = 60s;
  restart();
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until([this] { return !fumo_->packages().empty() && fumo_->packages()[0].received == 500000; }));
  advice_.download = UpdateHold{"outside the time window"};
  ASSERT_TRUE(run_until([this] { return shown() == "downloading, waits: outside the time window"; }));
  advice_.download.reset();
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "200");
  ASSERT_EQ(http_.requests.size(), 2U);
  EXPECT_EQ(http_.requests[1].headers.at(1).second, "bytes=500000-");
}

TEST_F(FumoPolicy, FUMO_034_WhatTheDeviceAbortsIsReportedAs400) {
  advice_.download = UpdateHold{"shutdown", true};
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "400");
  EXPECT_EQ(state(), "20");
  advice_.download.reset();
  advice_.install = UpdateHold{"battery low", true};
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported(2));
  EXPECT_EQ(reports_[1].data, "400");
  EXPECT_EQ(state(), "70");
  advice_.install->give_up = false;
  settings_.give_up_waiting = -1s;
  restart();
  ASSERT_TRUE(exec("./FUMO/1/Update"));
  ASSERT_TRUE(run_until_reported(3));
  EXPECT_EQ(reports_[2].data, "400");
  EXPECT_TRUE(slot_.packages.empty());
}

TEST_F(FumoPolicy, FUMO_042_FUMO_043_TheUserIsToldAndAskedAsThePolicySays) {
  advice_.present = true;
  ASSERT_TRUE(replace("./FUMO/1/PkgName", "Blue"));
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_FALSE(advice_.pending);  // never asked, but told
  EXPECT_EQ(advice_.news, (std::vector<UpdateNews>{UpdateNews::begins, UpdateNews::succeeded}));
  EXPECT_EQ(advice_.prompts.at(0).name, "Blue");
  EXPECT_EQ(advice_.prompts.at(0).outage, 90s);
  EXPECT_EQ(advice_.prompts.at(0).size, firmware_.size());

  settings_.consent = UpdateConsent::when_present;
  restart();
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_asked());
  EXPECT_EQ(state(), "50");
  EXPECT_EQ(slot_.packages.size(), 1U);
  answer(UpdateAnswer::yes);
  ASSERT_TRUE(run_until_reported(2));
  EXPECT_EQ(reports_[1].data, "200");
  advice_.present = false;
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported(3));
  EXPECT_EQ(reports_[2].data, "200");

  settings_.consent = UpdateConsent::always;
  restart();
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until([this] { return shown() == "ready, waits: nobody is there to agree"; }));
  advice_.present = true;
  ASSERT_TRUE(run_until_asked());
  answer(UpdateAnswer::yes);
  ASSERT_TRUE(run_until_reported(4));
  EXPECT_EQ(reports_[3].data, "200");
}

TEST_F(FumoPolicy, FUMO_041_ARefusalIs401InState70) {
  advice_.present = true;
  settings_.consent = UpdateConsent::always;
  slot_.packages.clear();
  restart();
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_asked());
  states_.clear();
  answer(UpdateAnswer::no);
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "401");
  EXPECT_EQ(states_, (States{"60", "70"}));
  ASSERT_TRUE(exec("./FUMO/1/Update", "again"));
  ASSERT_TRUE(run_until_asked());
  answer(UpdateAnswer::no);
  ASSERT_TRUE(run_until_reported(2));
  EXPECT_EQ(reports_[1].data, "401");
  EXPECT_TRUE(slot_.packages.empty());
}

TEST_F(FumoPolicy, FUMO_041_LaterIsAskedAgainButNotForEver) {
  advice_.present = true;
  settings_.consent = UpdateConsent::always;
  settings_.max_postponed = 2;
  restart();
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(run_until_asked());
    answer(UpdateAnswer::later);
    if (i == 0) restart();  // how often is remembered
  }
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "401");
  EXPECT_TRUE(slot_.packages.empty());
}

TEST_F(FumoPolicy, FUMO_070_TheUserIsNotAskedAgainOnceTheInstallationBegan) {
  advice_.present = true;
  settings_.consent = UpdateConsent::always;
  slot_.result.reset();
  restart();
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_asked());
  answer(UpdateAnswer::yes);
  ASSERT_TRUE(run_until([this] { return slot_.pending != nullptr; }));
  advice_.install = UpdateHold{"battery low"};
  restart();
  ASSERT_TRUE(run_until([this] { return slot_.pending != nullptr; }));
  slot_.end({InstallOutcome::installed, "2.0", ""});
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "200");
  EXPECT_FALSE(advice_.pending);
}

class FumoHandOver : public FumoTest {
 protected:
  void begin_restart() {
    slot_.result = InstallResult{InstallOutcome::installed, "2.0", "", true};
    ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
    ASSERT_TRUE(run_until([this] { return slot_.restarts == 1; }));
    EXPECT_EQ(state(), "60");
    EXPECT_EQ(value("./DevDetail/FwV"), "");
    EXPECT_TRUE(reports_.empty());
  }
};

TEST_F(FumoHandOver, FUMO_072_FUMO_073_TheNewImageConfirmsItselfAfterTheRestart) {
  ASSERT_NO_FATAL_FAILURE(begin_restart());
  slot_.confirmation = InstallResult{InstallOutcome::installed, "", ""};
  restart();
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "200");
  EXPECT_EQ(fwv_at_report_, "2.0");
  EXPECT_EQ(slot_.packages.size(), 1U);  // not installed again
}

TEST_F(FumoHandOver, FUMO_072_ARollBackIsReported) {
  ASSERT_NO_FATAL_FAILURE(begin_restart());
  slot_.confirmation = InstallResult{InstallOutcome::failed, "", "the device is back with the old image"};
  restart();
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "410");
  EXPECT_EQ(state(), "70");
  EXPECT_EQ(value("./DevDetail/FwV"), "");
}

TEST_F(FumoHandOver, FUMO_072_TheRestartIsRepeatedUntilItHappened) {
  ASSERT_NO_FATAL_FAILURE(begin_restart());
  slot_.confirmation = InstallResult{InstallOutcome::installed, "", "", true};
  restart();
  ASSERT_TRUE(run_until([this] { return slot_.restarts == 2; }));
  slot_.confirmation = InstallResult{InstallOutcome::installed, "", ""};
  restart();
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "200");
}

TEST_F(FumoHandOver, FUMO_072_WithoutRestartTheUpdateFails) {
  slot_.restart_refusal = Error{Errc::unsupported, "no restart"};
  slot_.result = InstallResult{InstallOutcome::installed, "2.0", "", true};
  ASSERT_TRUE(exec_with_url("DownloadAndUpdate"));
  ASSERT_TRUE(run_until_reported());
  EXPECT_EQ(reports_[0].data, "410");
}

}  // namespace
}  // namespace omadm::test
