// The loop everything runs on. One thread owns it; only post() may be called from others.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/io/clock.h"
#include "base/result.h"

namespace omadm {

// A watch on a descriptor or a timer. Destroying it cancels; after that, silence.
class LoopHandle {
 public:
  virtual ~LoopHandle() = default;
};
using LoopHandlePtr = std::unique_ptr<LoopHandle>;

inline constexpr unsigned kReadable = 1;
inline constexpr unsigned kWritable = 2;

// Runs callbacks when descriptors are ready and timers due (epoll, one timerfd, one eventfd). A
// callback runs on the loop, never inside the call that registered it. Callbacks may destroy any
// handle, their own included.
class EventLoop {
 public:
  static Result<std::unique_ptr<EventLoop>> create(const Clock& clock);
  virtual ~EventLoop() = default;

  // One pollable descriptor: readable when process() has something to do.
  virtual int fd() const = 0;
  // Runs what is due, without waiting.
  virtual void process() = 0;
  // Waits until something is due, at most `limit`, and runs it. False: nothing came.
  virtual bool run_once(std::chrono::milliseconds limit) = 0;

  [[nodiscard]] virtual LoopHandlePtr watch(int descriptor, unsigned events,
                                            std::function<void(unsigned ready)> callback) = 0;
  [[nodiscard]] virtual LoopHandlePtr after(std::chrono::milliseconds delay,
                                            std::function<void()> callback) = 0;  // once
  virtual void post(std::function<void()> callback) = 0;                          // from any thread, in order
  virtual const Clock& clock() const = 0;
};

// One thread for calls that block (verify, install). Destruction waits for the running job.
class Worker {
 public:
  explicit Worker(EventLoop& loop);
  ~Worker();
  // Runs `job` on the worker, then `done` on the loop. Jobs run one after the other.
  void run(std::function<void()> job, std::function<void()> done);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace omadm
