// Calls of one handler program, one after the other, beside the loop.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "client/client.h"
#include "tools/dm-client/child_process.h"

namespace omadm {

inline constexpr std::size_t kMaxHandlerOutput = 1U << 20U;  // octets; more ends the program
inline constexpr std::size_t kMaxHandlerCalls = 1000;        // that wait

struct HandlerCall {
  std::vector<std::string> arguments;  // after those of the command
  Octets input;                        // its standard input
  ChildProcess::Environment environment;
  std::function<bool()> wanted;  // asked when its turn comes; null: in any case
  // With what it printed, or: failed (exit status 1), unsupported (2), veto (3), unavailable (4), not_found (5);
  // timed_out; too_large; io: it cannot be started. Called once, on the loop; never when the queue goes first.
  std::function<void(Result<Octets>)> done;
};

class HandlerQueue {
 public:
  // `client` lends its loop and must outlive the queue. io.
  static Result<std::unique_ptr<HandlerQueue>> create(Client& client, std::vector<std::string> command,
                                                      std::chrono::seconds timeout);
  HandlerQueue(const HandlerQueue&) = delete;
  HandlerQueue& operator=(const HandlerQueue&) = delete;
  ~HandlerQueue();  // ends the program that runs

  void add(HandlerCall call);
  std::size_t size() const noexcept { return calls_.size(); }  // calls not done
  bool is_full() const noexcept { return calls_.size() >= kMaxHandlerCalls; }

 private:
  HandlerQueue(Client& client, std::vector<std::string> command, std::chrono::seconds timeout, int timer);
  void on_timer();
  void start_next();
  void read_output();
  void ended();
  void finish(Result<Octets> answer);
  void end_program(Error why);
  Error error_of(int status) const;
  void set_timer(std::chrono::nanoseconds delay) const;  // 0: never

  Client& client_;
  const std::vector<std::string> command_;
  const std::chrono::seconds timeout_;
  const int timer_;
  std::deque<HandlerCall> calls_;  // the first is under way when there is a child
  std::optional<ChildProcess> child_;
  Octets output_;
  std::optional<Error> refused_;  // why the program was ended
};

}  // namespace omadm
