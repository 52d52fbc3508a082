#include "tools/dm-client/command_slot.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <optional>
#include <utility>

#include "base/io/event_loop.h"
#include "base/text.h"
#include "tools/dm-client/swupdate_progress.h"

namespace omadm {
namespace {

constexpr std::size_t kMaxLine = 4096;
constexpr std::string_view kVersion = "version=";
constexpr std::string_view kProgress = "progress=";

InstallOutcome outcome_of(int exit_status, bool verifying) {
  switch (exit_status) {
    case 0:
      return InstallOutcome::installed;
    case 1:
      return verifying ? InstallOutcome::not_validated : InstallOutcome::failed;
    case 2:
      return InstallOutcome::mismatch;
    case 3:
      return InstallOutcome::not_validated;
    case 4:
      return InstallOutcome::corrupted;
    case 5:
      return InstallOutcome::out_of_memory;
    default:
      return InstallOutcome::failed;
  }
}

}  // namespace

struct CommandSlot::Job {
  struct Step {
    std::vector<std::string> command;
    bool verifies = false;
  };
  std::deque<Step> steps;  // the first is under way
  ChildProcess::Environment environment;
  std::function<void(int)> progress;
  Done done;
  std::optional<ChildProcess> child;
  std::unique_ptr<SwupdateProgress> listener;
  std::string output;  // since the last line end
  std::string version;
};

CommandSlot::CommandSlot(SlotCommands commands, Log& log) : commands_(std::move(commands)), log_(log) {}

CommandSlot::~CommandSlot() = default;

void CommandSlot::forget_child() {
  job_->listener.reset();
  client_->unwatch(job_->child->output());
  client_->unwatch(job_->child->ended());
  job_->child.reset();
}

void CommandSlot::attach(Client& client) {
  client_ = &client;
  if (job_) run_next_or_finish();
}

Result<void> CommandSlot::install(const FirmwarePackage& package, std::function<void(int)> progress, Done done) {
  if (commands_.install.empty()) {
    return Error{Errc::unsupported, "no installer; set [fumo] backend = \"command\" and command"};
  }
  if (job_) return Error{Errc::unavailable, "another package is being installed"};
  job_ = std::make_unique<Job>();
  for (const auto* command : {&commands_.verify, &commands_.install}) {
    if (command->empty()) continue;
    Job::Step step{*command, command == &commands_.verify};
    step.command.push_back(package.path);
    job_->steps.push_back(std::move(step));
  }
  job_->environment = {{"OMADM_PACKAGE", package.path},
                       {"OMADM_PACKAGE_NAME", package.name},
                       {"OMADM_PACKAGE_VERSION", package.version},
                       {"OMADM_PACKAGE_SHA256", package.sha256}};
  job_->progress = std::move(progress);
  job_->done = std::move(done);
  if (client_ == nullptr) return {};
  auto started = run_next();
  if (!started) job_.reset();
  return started;
}

Result<void> CommandSlot::run_next() {
  job_->child = DM_TRY(ChildProcess::start(job_->steps.front().command, job_->environment));
  client_->watch(job_->child->output(), kReadable, [this](unsigned) { read_output(); });
  client_->watch(job_->child->ended(), kReadable, [this](unsigned) { step_ended(); });
  if (commands_.swupdate && !job_->steps.front().verifies) {
    job_->listener = std::make_unique<SwupdateProgress>(*client_, [this](int percent) {
      if (job_->progress) job_->progress(percent);
    });
  }
  return {};
}

void CommandSlot::run_next_or_finish() {
  if (auto started = run_next(); !started) finish({InstallOutcome::failed, {}, std::move(started).error().detail});
}

void CommandSlot::read_output() {
  char chunk[4096];
  while (true) {
    const ssize_t count = ::read(job_->child->output(), chunk, sizeof chunk);
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) client_->unwatch(job_->child->output());
    if (count <= 0) break;
    job_->output.append(chunk, static_cast<std::size_t>(count));
    for (std::size_t end = job_->output.find('\n'); end != std::string::npos; end = job_->output.find('\n')) {
      take_line(std::string_view(job_->output).substr(0, end));
      job_->output.erase(0, end + 1);
    }
    if (job_->output.size() > kMaxLine) job_->output.clear();
  }
}

void CommandSlot::take_line(std::string_view line) {
  line = trim(line);
  if (line.starts_with(kVersion)) {
    job_->version = line.substr(kVersion.size());
  } else if (line.starts_with(kProgress)) {
    const auto percent = parse_unsigned(line.substr(kProgress.size()));
    if (percent && job_->progress) job_->progress(static_cast<int>(std::min<std::uint64_t>(*percent, 100)));
  } else if (!line.empty()) {
    log_.write(LogLevel::info, fmt::format("installer: {}", line.substr(0, 500)));
  }
}

void CommandSlot::step_ended() {
  read_output();
  if (!job_->output.empty()) take_line(std::exchange(job_->output, {}));
  const int status = job_->child->exit_status();
  const Job::Step step = std::move(job_->steps.front());
  job_->steps.pop_front();
  forget_child();
  if (status == 0 && !job_->steps.empty()) return run_next_or_finish();
  InstallResult result{outcome_of(status, step.verifies), job_->version, {}};
  if (status != 0) result.detail = fmt::format("{} ended with status {}", step.command.front(), status);
  finish(std::move(result));
}

void CommandSlot::finish(InstallResult result) {
  const std::unique_ptr<Job> job = std::move(job_);
  job->done(std::move(result));
}

}  // namespace omadm
