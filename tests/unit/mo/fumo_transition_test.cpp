// FUMO, "Behavior": every state against everything a server can do.
#include "tests/unit/mo/fumo_fixture.h"

namespace omadm::test {
namespace {

using namespace std::chrono_literals;
using States = std::vector<std::string>;

class FumoTransition : public FumoTest {
 protected:
  // A device that was switched off the moment ./FUMO/1/State became `wanted`, and on again; its loop has not run yet.
  void stop_at(const std::string& wanted) {
    fumo_.reset();
    tree_.reset();
    slot_.power_cut();
    slot_.result = InstallResult{InstallOutcome::installed, "2.0", ""};
    if (wanted == "70" || wanted == "80") slot_.result->outcome = InstallOutcome::failed;
    http_.answer_with([this, fails = wanted == "20"](const HttpRequest& request) {
      FakeAnswer answer = serve_range(request, firmware_, "\"v1\"");
      if (fails) answer.status = 404;
      return answer;
    });
    store_ = MemoryStore();
    std::filesystem::remove_all(settings_.work_dir);
    switch_on();
    if (wanted != "10") {
      std::optional<MemoryStore> copy;
      tree_->observe([&](const CommitRecord&) {
        if (state() == wanted && !copy) copy = store_;
      });
      reports_.clear();
      ASSERT_TRUE(exec_with_url(wanted == "50" ? "Download" : "DownloadAndUpdate"));
      ASSERT_TRUE(run_until([&] { return copy || reports_.size() == 1; }));
      if (!copy) fumo_->report_acknowledged(reports_.at(0));
      ASSERT_TRUE(copy);
      fumo_.reset();
      tree_.reset();
      slot_.power_cut();
      store_ = *copy;
      switch_on();
    }
    ASSERT_EQ(state(), wanted);
    reports_.clear();
    states_.clear();
    slot_.result.reset();
  }

  Result<void> execute(const char* node) {
    auto outcome = exec(std::string("./FUMO/1/") + node, "other");
    if (!outcome) return std::move(outcome).error();
    EXPECT_EQ(*outcome, ExecOutcome::accepted);
    return {};
  }
  Result<void> remove() {
    Transaction transaction = tree_->begin(Principal::user());
    DM_TRY(transaction.remove(uri("./FUMO/1")));
    return std::move(transaction).commit();
  }
};

// What one act in one state leads to: the states that follow one another before the loop runs again; "-": 403.
struct Cell {
  const char* state;
  const char* download;
  const char* update;
  const char* download_and_update;
  const char* package_data;
  const char* package_url;
  const char* removed;
};
struct Act {
  const char* what;
  const char* Cell::*column;
  std::function<Result<void>()> run;
};
// FUMO-014: what comes in an end state cleans up first. FUMO-015, FUMO-016, FUMO-006: refused while in use.
constexpr Cell kCells[] = {
    {"10", "30", "-", "30", "50", "", ""},
    {"20", "10 30", "-", "10 30", "10 50", "", ""},
    {"30", "-", "-", "-", "-", "-", "-"},
    {"40", "-", "-", "-", "-", "-", "-"},
    {"50", "10 30", "60", "10 30", "10 50", "", ""},
    {"60", "-", "-", "-", "-", "-", "-"},
    {"70", "80 10 30", "60", "80 10 30", "80 10 50", "", ""},
    {"80", "10 30", "-", "10 30", "10 50", "", ""},
    {"90", "100 10 30", "60", "100 10 30", "100 10 50", "", ""},
    {"100", "10 30", "-", "10 30", "10 50", "", ""},
};

TEST_F(FumoTransition, FUMO_010_FUMO_014_FUMO_015_FUMO_016_EveryCellOfTheTable) {
  const Act acts[] = {
      {"Exec Download", &Cell::download, [this] { return execute("Download"); }},
      {"Exec Update", &Cell::update, [this] { return execute("Update"); }},
      {"Exec DownloadAndUpdate", &Cell::download_and_update, [this] { return execute("DownloadAndUpdate"); }},
      {"Replace PkgData", &Cell::package_data, [this] { return replace("./FUMO/1/Update/PkgData", "other"); }},
      {"Replace PkgURL", &Cell::package_url, [this] { return replace("./FUMO/1/Download/PkgURL", "https://h/other"); }},
      {"Delete", &Cell::removed, [this] { return remove(); }},
  };
  for (const Cell& cell : kCells) {
    for (const Act& act : acts) {
      SCOPED_TRACE(std::string(act.what) + " in " + cell.state);
      ASSERT_NO_FATAL_FAILURE(stop_at(cell.state));
      const auto done = act.run();
      std::string passed;
      for (const std::string& state : states_) passed += (passed.empty() ? "" : " ") + state;
      if (std::string_view(cell.*act.column) == "-") {
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, Errc::unavailable);
        EXPECT_EQ(passed, "");
        EXPECT_EQ(state(), cell.state);
        EXPECT_TRUE(reports_.empty());
      } else {
        EXPECT_TRUE(done) << done.error().detail;
        if (act.column == &Cell::removed) continue;
        EXPECT_EQ(passed, cell.*act.column);
      }
    }
  }
}

// What the device does by itself, from each state on, when nobody interferes.
TEST_F(FumoTransition, FUMO_010_EveryStateGoesOnByItself) {
  const std::pair<const char*, States> rows[] = {
      {"10", {}},
      {"20", {}},
      {"30", {"40", "50", "60", "90"}},
      {"40", {"50", "60", "90"}},
      {"50", {}},
      {"60", {"90"}},
      {"70", {}},
      {"80", {"10"}},
      {"90", {}},
      {"100", {"10"}},
  };
  for (const auto& [from, then] : rows) {
    SCOPED_TRACE(from);
    ASSERT_NO_FATAL_FAILURE(stop_at(from));
    slot_.result = InstallResult{InstallOutcome::installed, "2.0", ""};
    ASSERT_TRUE(run_until([this] { return fumo_->idle(); }));
    idle_for(20ms);
    EXPECT_EQ(states_, then);
    // 20, 30 … 70, 90: exactly one report. 80 and 100 are past it.
    const std::string state(from);
    EXPECT_EQ(reports_.size(), state == "10" || state == "80" || state == "100" ? 0U : 1U);
  }
}

}  // namespace
}  // namespace omadm::test
