#include "tools/dm-client/terminal_relay.h"

#include <unistd.h>

#include "tools/dm-client/prompt_json.h"
#include "tools/dm-client/terminal_user.h"

namespace omadm {
namespace {

constexpr std::chrono::seconds kRound{1};
constexpr int kRounds = 25;  // then whoever reads next notices that the daemon is silent

}  // namespace

Result<std::unique_ptr<TerminalRelay>> TerminalRelay::create(ControlConnection& daemon) {
  std::unique_ptr<TerminalRelay> relay(new TerminalRelay(daemon));
  relay->loop_ = DM_TRY(EventLoop::create(relay->clock_));
  return relay;
}

void TerminalRelay::wait(int descriptor) {
  bool ready = false;
  const auto handle = loop_->watch(descriptor, kReadable, [&ready](unsigned) { ready = true; });
  for (int round = 0; !ready && round < kRounds; ++round) loop_->run_once(kRound);
}

void TerminalRelay::take(const nlohmann::json& event) {
  if (!event.is_object()) return;
  if (event.contains("prompt")) return ask(event["prompt"]);
  if (event.contains("withdrawn") && event["withdrawn"] == id_) question_.reset();
}

void TerminalRelay::ask(const nlohmann::json& prompt) {
  question_.reset();
  id_ = prompt.value("id", std::uint64_t{0});
  const InputWatch input{[this](std::function<void()> ready) {
                           input_ =
                               loop_->watch(STDIN_FILENO, kReadable, [ready = std::move(ready)](unsigned) { ready(); });
                         },
                         [this] { input_.reset(); }};
  question_ = ask_on_terminal(input, prompt_from(prompt), [this](const UserAnswer& said) {
    nlohmann::json reply = answer_json(said);
    reply["id"] = id_;
    // Should the daemon be gone, whoever waits for its answer hears of it.
    static_cast<void>(daemon_.send({{"reply", std::move(reply)}}));
  });
}

}  // namespace omadm
