// What this machine says on when firmware is updated: [fumo] window, hold_download, hold_install, and [ui] command.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/io/clock.h"
#include "base/io/log.h"
#include "client/client.h"
#include "mo/fumo/update_adviser.h"
#include "tools/dm-client/child_process.h"

namespace omadm {

struct UpdateConditionsConfig {
  // Minutes since midnight, local time, between which downloads and installations begin; may pass midnight.
  struct Window {
    int begin = 0, end = 0;
    bool contains(int minute) const noexcept;
  };
  std::optional<Window> window;
  // While one of these files exists, the stage waits; its last name says why. The platform makes and removes them.
  std::vector<std::string> hold_download, hold_install;
  std::vector<std::string> user;  // the program that asks; empty: nobody is there
};

// The program gets "confirm-update", PkgName, PkgVersion, octets and seconds of outage, and answers by its exit status:
// 0 yes, 1 no, any other later; and "update-news", "begins", "succeeded" or "failed", with the same behind.
class UpdateConditions final : public UpdateAdviser {
 public:
  UpdateConditions(UpdateConditionsConfig config, Log& log) : config_(std::move(config)), log_(log) {}
  void attach(Client& client);
  void set_config(UpdateConditionsConfig config) { config_ = std::move(config); }

  std::optional<UpdateHold> hold(UpdateStage stage) override;
  bool user_present() const override { return client_ != nullptr && !config_.user.empty(); }
  void ask(const UpdatePrompt& prompt, std::function<void(UpdateAnswer)> answer) override;
  void tell(const UpdatePrompt& prompt, UpdateNews news) override;

 private:
  void start(std::vector<std::string> words, const UpdatePrompt& prompt, ChildProcess::Life life,
             std::function<void(int)> ended);

  UpdateConditionsConfig config_;
  Log& log_;
  Client* client_ = nullptr;
  std::vector<std::unique_ptr<ChildProcess>> children_;
};

}  // namespace omadm
