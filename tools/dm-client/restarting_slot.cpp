#include "tools/dm-client/restarting_slot.h"

#include <fmt/format.h>

#include <utility>

#include "base/io/event_loop.h"

namespace omadm {
namespace {

constexpr int kNotYet = 75;  // EX_TEMPFAIL

}  // namespace

RestartingSlot::RestartingSlot(std::unique_ptr<Installer> inner, Command restart, Command confirm, Log& log)
    : inner_(std::move(inner)), restart_(std::move(restart)), confirm_(std::move(confirm)), log_(log) {}

void RestartingSlot::attach(Client& client) {
  client_ = &client;
  inner_->attach(client);
}

void RestartingSlot::reconfigure(const InstallerConfig& config) {
  inner_->reconfigure(config);
  if (config.restart.empty() || config.confirm.empty()) return;
  restart_ = config.restart;
  confirm_ = config.confirm;
}

Result<void> RestartingSlot::install(const FirmwarePackage& package, std::function<void(int)> progress, Done done) {
  return inner_->install(package, std::move(progress), [done = std::move(done)](InstallResult result) {
    result.restart = result.outcome == InstallOutcome::installed;
    done(std::move(result));
  });
}

Result<void> RestartingSlot::restart() {
  // It may end us long before the device goes down.
  return run(restart_, ChildProcess::Life::its_own, [this](int status) {
    if (status != 0) log_.write(LogLevel::error, fmt::format("{} ended with status {}", restart_.front(), status));
  });
}

Result<void> RestartingSlot::confirm(const FirmwarePackage&, Done done) {
  return run(confirm_, ChildProcess::Life::ends_with_ours, [done = std::move(done)](int status) {
    if (status == kNotYet) return done({InstallOutcome::installed, {}, "not restarted yet", true});
    if (status == 0) return done({InstallOutcome::installed, {}, "the new image runs", false});
    done({InstallOutcome::failed, {}, "the device is back with the old image", false});
  });
}

Result<void> RestartingSlot::run(const Command& command, ChildProcess::Life life, std::function<void(int)> ended) {
  if (client_ == nullptr || child_) return Error{Errc::unavailable, command.front() + ": not now"};
  child_ = DM_TRY(ChildProcess::start(command, {}, {}, life));
  ended_ = std::move(ended);
  client_->watch(child_->ended(), kReadable, [this](unsigned) { child_ended(); });
  return {};
}

void RestartingSlot::child_ended() {
  const int status = child_->exit_status();
  client_->unwatch(child_->ended());
  child_.reset();
  const auto ended = std::exchange(ended_, nullptr);
  ended(status);
}

}  // namespace omadm
