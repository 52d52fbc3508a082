// A device with FUMO, a fake firmware host and a fake slot, that can be switched off at any moment.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto/digest.h"
#include "mo/fumo/fumo_object.h"
#include "tests/support/crash_store.h"
#include "tests/support/fake_http.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/tree_device.h"

namespace omadm::test {

// Installs when told to, or at once with a prepared result.
class FakeSlot final : public FirmwareSlot {
 public:
  explicit FakeSlot(EventLoop& loop) : loop_(loop) {}

  Result<void> install(const FirmwarePackage& package, std::function<void(int)> progress, Done done) override {
    packages.push_back(package);
    if (refusal) return *refusal;
    pending = std::move(done);
    tell_progress = std::move(progress);
    if (result) timer_ = loop_.after({}, [this] { end(*result); });
    return {};
  }
  Result<void> restart() override {
    if (restart_refusal) return *restart_refusal;
    ++restarts;
    return {};
  }
  Result<void> confirm(const FirmwarePackage&, Done done) override {
    timer_ = loop_.after({}, [this, done = std::move(done)] { done(confirmation); });
    return {};
  }
  void end(InstallResult outcome) {
    const Done done = std::exchange(pending, nullptr);
    done(std::move(outcome));
  }
  void power_cut() {
    pending = nullptr;
    timer_.reset();
  }

  std::vector<FirmwarePackage> packages;  // asked to install so far
  std::optional<InstallResult> result;    // absent: waits for end()
  std::optional<Error> refusal, restart_refusal;
  unsigned restarts = 0;
  InstallResult confirmation;
  Done pending;
  std::function<void(int)> tell_progress;

 private:
  EventLoop& loop_;
  LoopHandlePtr timer_;
};

class FumoTest : public testing::Test {
 protected:
  FumoTest()
      : loop_(*EventLoop::create(clock_)),
        slot_(*loop_),
        http_(*loop_, [this](const HttpRequest& request) { return serve_range(request, firmware_, "\"v1\""); }) {
    for (const char* path : {"mo/fumo/fumo.ddf.xml", "mo/devdetail/devdetail.ddf.xml", "mo/devinfo/devinfo.ddf.xml"}) {
      EXPECT_TRUE(ddf_.add(read_source_file(path), path));
    }
    settings_.work_dir = directory_.file("work");
    settings_.retry.attempts = 2;
    settings_.trust.installer_checks = true;
    settings_.retry.first = std::chrono::milliseconds(1);
    slot_.result = InstallResult{InstallOutcome::installed, "2.0", ""};
    switch_on();
  }

  void switch_on() {
    auto tree = Tree::open(store_, ddf_, clock_);
    ASSERT_TRUE(tree) << tree.error().detail;
    tree_ = std::move(*tree);
    tree_->observe([this](const CommitRecord& commit) {
      for (const EditRecord& edit : commit.edits) {
        if (edit.node.uri == uri("./FUMO/1/State")) states_.push_back(edit.node.data);
      }
    });
    FumoContext context{*tree_,
                        *loop_,
                        http_,
                        has_slot_ ? &slot_ : nullptr,
                        log_,
                        [this](Transaction& with, const GenericAlert& alert) -> Result<void> {
                          if (refuse_reports_) return Error{Errc::unavailable, "not now"};
                          const std::string place = "./.omadm/reports/" + std::to_string(stored_reports().size());
                          DM_TRY(with.put(uri(place), {Format::bin, std::nullopt, alert.data}));
                          reports_.push_back(alert);
                          fwv_at_report_ = value("./DevDetail/FwV");
                          return {};
                        }};
    context.adviser = adviser_;
    context.login = login_;
    fumo_ = std::make_unique<FumoObject>(std::move(context), settings_);
    tree_->attach(uri("./FUMO"), *fumo_);
    const auto resumed = fumo_->resume();
    ASSERT_TRUE(resumed) << resumed.error().detail;
  }
  // As a power cut would, whatever is under way.
  void switch_off() {
    slot_.power_cut();
    fumo_.reset();
    tree_.reset();
    store_.lose_unsynced();
  }
  void restart() {
    switch_off();
    switch_on();
  }

  // As a server with every right would, in one package of messages.
  Result<void> replace(std::string_view address, Octets data) {
    Transaction transaction = tree_->begin(Principal::server("acme"));
    DM_TRY(transaction.replace(uri(address), {std::nullopt, std::nullopt, std::move(data)}));
    DM_TRY(std::move(transaction).commit());
    return tree_->flush();
  }
  Result<ExecOutcome> exec(std::string_view address, std::string correlator = "c-77", std::string server = "acme") {
    const Principal who = server.empty() ? Principal::device() : Principal::server(server);
    return tree_->exec(who, {uri(address), {}, std::move(correlator), server});
  }
  Result<ExecOutcome> exec_with_url(const std::string& node, const std::string& url = kUrl) {
    DM_TRY(replace("./FUMO/1/" + node + "/PkgURL", url));
    return exec("./FUMO/1/" + node);
  }

  std::string value(std::string_view address) const {
    const auto node = tree_->begin(Principal::device()).peek(uri(address));
    return node && node->is_leaf() ? node->data : "(none)";
  }
  std::string state() const { return value("./FUMO/1/State"); }
  // Results whose reports are in the tree, and so would not be lost.
  std::vector<std::string> stored_reports() const {
    const auto all = tree_->begin(Principal::device()).peek(uri("./.omadm/reports"));
    std::vector<std::string> results;
    for (const std::string& name : all ? all->children : std::vector<std::string>()) {
      results.push_back(value("./.omadm/reports/" + name));
    }
    return results;
  }
  // What the file has that the tree refers to; "": it refers to none.
  Octets package_data() const {
    const auto kept = KeptValue::parse(value("./FUMO/1/Update/PkgData"));
    if (!kept) return value("./FUMO/1/Update/PkgData");
    const auto content = PosixFileSystem().read(package_data_path(settings_.work_dir, "1"), 1U << 20U);
    EXPECT_TRUE(content) << content.error().detail;
    EXPECT_EQ(kept->sha256, hex_encode(sha256(content ? *content : "")));
    EXPECT_EQ(kept->size, content ? content->size() : 0);
    return content ? *content : "";
  }
  bool run_until(const std::function<bool()>& ready) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!ready()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop_->run_once(std::chrono::milliseconds(10));
    }
    return true;
  }
  bool run_until_state(const std::string& wanted) {
    return run_until([&] { return state() == wanted; });
  }
  bool run_until_reported(std::size_t count = 1) {
    return run_until([&] { return reports_.size() >= count && fumo_->idle(); });
  }
  void idle_for(std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) loop_->run_once(std::chrono::milliseconds(5));
  }

  static constexpr const char* kUrl = "https://fw.example.net/p.bin";

  SystemClock clock_;
  NullLog log_;
  TemporaryDirectory directory_;
  CrashStore store_;
  Ddf ddf_;
  std::unique_ptr<EventLoop> loop_;
  FakeSlot slot_;
  Octets firmware_ = Octets(200000, 'f') + "end";
  FakeHttp http_;
  FumoSettings settings_;
  UpdateAdviser* adviser_ = nullptr;
  std::function<std::optional<HttpLogin>(std::string_view, std::string_view)> login_;
  bool has_slot_ = true, refuse_reports_ = false;
  std::unique_ptr<Tree> tree_;
  std::unique_ptr<FumoObject> fumo_;
  std::vector<GenericAlert> reports_;
  std::string fwv_at_report_;
  std::vector<std::string> states_;  // every State of ./FUMO/1 that became durable, in order
};

}  // namespace omadm::test
