// Puts the daemon's questions on the terminal of the dm-client that asked it for a session.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>

#include "base/io/clock.h"
#include "base/io/event_loop.h"
#include "client/platform.h"
#include "tools/common/control_protocol.h"

namespace omadm {

class TerminalRelay {
 public:
  // `daemon` must outlive it.
  static Result<std::unique_ptr<TerminalRelay>> create(ControlConnection& daemon);

  // Waits for the daemon to say something, and sees to the terminal meanwhile.
  void wait(int descriptor);
  void take(const nlohmann::json& event);

 private:
  explicit TerminalRelay(ControlConnection& daemon) : daemon_(daemon) {}
  void ask(const nlohmann::json& prompt);

  SystemClock clock_;
  ControlConnection& daemon_;
  std::unique_ptr<EventLoop> loop_;
  LoopHandlePtr input_;
  std::unique_ptr<Question> question_;
  std::uint64_t id_ = 0;  // of the question
};

}  // namespace omadm
