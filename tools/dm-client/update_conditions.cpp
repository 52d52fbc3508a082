#include "tools/dm-client/update_conditions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <memory>

#include "base/io/event_loop.h"

namespace omadm {
namespace {

int local_minute() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  return parts.tm_hour * 60 + parts.tm_min;
}

}  // namespace

bool UpdateConditionsConfig::Window::contains(int minute) const noexcept {
  if (begin <= end) return minute >= begin && minute < end;
  return minute >= begin || minute < end;
}

void UpdateConditions::attach(Client& client) { client_ = &client; }

std::optional<UpdateHold> UpdateConditions::hold(UpdateStage stage) {
  if (config_.window && !config_.window->contains(local_minute())) return UpdateHold{"outside the time window", false};
  const auto& files = stage == UpdateStage::download ? config_.hold_download : config_.hold_install;
  for (const std::string& file : files) {
    std::error_code failed;
    if (std::filesystem::exists(file, failed))
      return UpdateHold{std::filesystem::path(file).filename().string(), false};
  }
  return std::nullopt;
}

void UpdateConditions::ask(const UpdatePrompt& prompt, std::function<void(UpdateAnswer)> answer) {
  start({"confirm-update"}, prompt, ChildProcess::Life::ends_with_ours, [answer = std::move(answer)](int status) {
    answer(status == 0 ? UpdateAnswer::yes : status == 1 ? UpdateAnswer::no : UpdateAnswer::later);
  });
}

void UpdateConditions::tell(const UpdatePrompt& prompt, UpdateNews news) {
  constexpr std::array words{"begins", "succeeded", "failed"};
  if (!user_present()) return;
  // What is shown stays on show while the client is restarted, into the new image perhaps.
  start({"update-news", words[static_cast<std::size_t>(news)]}, prompt, ChildProcess::Life::its_own, [](int) {});
}

void UpdateConditions::start(std::vector<std::string> words, const UpdatePrompt& prompt, ChildProcess::Life life,
                             std::function<void(int)> ended) {
  std::vector<std::string> command = config_.user;
  command.insert(command.end(), words.begin(), words.end());
  for (const std::string& value :
       {prompt.name, prompt.version, std::to_string(prompt.size), std::to_string(prompt.outage.count())}) {
    command.push_back(value);
  }
  auto started = ChildProcess::start(command, {}, {}, life);
  if (!started) {
    log_.write(LogLevel::error, "the user cannot be asked: " + started.error().detail);
    return ended(2);
  }
  auto child = std::make_unique<ChildProcess>(std::move(*started));
  client_->watch(child->ended(), kReadable, [this, process = child.get(), ended = std::move(ended)](unsigned) {
    const int status = process->exit_status();
    const auto then = ended;  // unwatching destroys us
    client_->unwatch(process->ended());
    std::erase_if(children_, [process](const auto& entry) { return entry.get() == process; });
    then(status);
  });
  children_.push_back(std::move(child));
}

}  // namespace omadm
