#include "base/io/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace omadm {
namespace {

Error system_error(const char* what) { return {Errc::io, std::string(what) + ": " + std::strerror(errno)}; }

class Descriptor {
 public:
  explicit Descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

void drain(int descriptor) {
  std::uint64_t count = 0;
  while (::read(descriptor, &count, sizeof count) < 0 && errno == EINTR) {
  }
}

// Invariants:
// 1. Each watch and timer has a number of its own that is never used again; a ready event or a due
//    time whose number is no longer registered is dropped. That makes destruction in callbacks safe.
// 2. A callback is held by a shared_ptr while it runs: the table and the running frame own it.
// 3. While posted_mutex_ is free, wakeup_ is readable exactly when something is posted: nobody wakes for nothing.
class EpollLoop final : public EventLoop {
 public:
  EpollLoop(const Clock& clock, int epoll, int timer, int wakeup)
      : clock_(clock), shared_(std::make_shared<Registry>(epoll)), timer_(timer), wakeup_(wakeup) {}

  Result<void> start() {
    if (shared_->epoll.get() < 0 || timer_.get() < 0 || wakeup_.get() < 0) return system_error("event loop");
    for (const auto& [descriptor, number] : {std::pair{timer_.get(), kTimer}, std::pair{wakeup_.get(), kWakeup}}) {
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.u64 = number;
      if (::epoll_ctl(shared_->epoll.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) return system_error("epoll_ctl");
    }
    return {};
  }

  int fd() const override { return shared_->epoll.get(); }

  void process() override { run(0); }

  bool run_once(std::chrono::milliseconds limit) override {
    const auto wait = limit.count() < 0 ? 0 : limit.count() > kLongest ? kLongest : limit.count();
    return run(static_cast<int>(wait));
  }

  LoopHandlePtr watch(int descriptor, unsigned events, std::function<void(unsigned)> callback) override {
    const std::uint64_t number = shared_->next_number++;
    epoll_event event{};
    event.events = ((events & kReadable) != 0 ? EPOLLIN : 0U) | ((events & kWritable) != 0 ? EPOLLOUT : 0U);
    event.data.u64 = number;
    // epoll takes a descriptor once. A duplicate gives every watch a registration of its own.
    auto own = std::make_shared<Descriptor>(-1);
    int registered = descriptor;
    if (::epoll_ctl(shared_->epoll.get(), EPOLL_CTL_ADD, descriptor, &event) != 0 && errno == EEXIST) {
      registered = ::dup(descriptor);
      own = std::make_shared<Descriptor>(registered);
      ::epoll_ctl(shared_->epoll.get(), EPOLL_CTL_ADD, registered, &event);
    }
    shared_->newest_watch[registered] = number;
    shared_->watches[number] = std::make_shared<Watch>(Watch{registered, std::move(own), std::move(callback)});
    return std::make_unique<WatchHandle>(shared_, number);
  }

  LoopHandlePtr after(std::chrono::milliseconds delay, std::function<void()> callback) override {
    const std::uint64_t number = shared_->next_number++;
    const Due due{clock_.steady() + delay, number};
    shared_->timers.emplace(due, std::make_shared<std::function<void()>>(std::move(callback)));
    arm();
    return std::make_unique<TimerHandle>(shared_, due);
  }

  void post(std::function<void()> callback) override {
    const std::lock_guard guard(posted_mutex_);
    posted_.push_back(std::move(callback));
    if (posted_.size() > 1) return;
    const std::uint64_t one = 1;
    while (::write(wakeup_.get(), &one, sizeof one) < 0 && errno == EINTR) {
    }
  }

  const Clock& clock() const override { return clock_; }

 private:
  static constexpr std::uint64_t kTimer = 0;
  static constexpr std::uint64_t kWakeup = 1;
  static constexpr std::chrono::milliseconds::rep kLongest = 3'600'000;

  struct Watch {
    int descriptor;
    std::shared_ptr<Descriptor> duplicate;
    std::function<void(unsigned)> callback;
  };
  using Due = std::pair<Clock::Steady, std::uint64_t>;

  // Shared by the loop and its handles: a handle may outlive the loop.
  struct Registry {
    explicit Registry(int descriptor) : epoll(descriptor) {}
    Descriptor epoll;
    std::uint64_t next_number = 2;
    std::map<std::uint64_t, std::shared_ptr<Watch>> watches;
    std::map<int, std::uint64_t> newest_watch;  // by descriptor
    std::map<Due, std::shared_ptr<std::function<void()>>> timers;
  };

  class WatchHandle final : public LoopHandle {
   public:
    WatchHandle(std::shared_ptr<Registry> registry, std::uint64_t number)
        : registry_(std::move(registry)), number_(number) {}
    WatchHandle(const WatchHandle&) = delete;
    WatchHandle& operator=(const WatchHandle&) = delete;
    ~WatchHandle() override {
      const auto found = registry_->watches.find(number_);
      if (found == registry_->watches.end()) return;
      // The descriptor may have been closed, and its number given to another watch, which must stay.
      const auto newest = registry_->newest_watch.find(found->second->descriptor);
      if (newest != registry_->newest_watch.end() && newest->second == number_) {
        ::epoll_ctl(registry_->epoll.get(), EPOLL_CTL_DEL, newest->first, nullptr);
        registry_->newest_watch.erase(newest);
      }
      registry_->watches.erase(found);
    }

   private:
    std::shared_ptr<Registry> registry_;
    std::uint64_t number_;
  };

  class TimerHandle final : public LoopHandle {
   public:
    TimerHandle(std::shared_ptr<Registry> registry, Due due) : registry_(std::move(registry)), due_(due) {}
    TimerHandle(const TimerHandle&) = delete;
    TimerHandle& operator=(const TimerHandle&) = delete;
    ~TimerHandle() override { registry_->timers.erase(due_); }

   private:
    std::shared_ptr<Registry> registry_;
    Due due_;
  };

  // Sets the timerfd to the earliest timer by the loop's clock; a fake clock that was set forward makes
  // a timer due at the next call of process().
  void arm() {
    itimerspec when{};
    if (!shared_->timers.empty()) {
      auto wait =
          std::chrono::duration_cast<std::chrono::nanoseconds>(shared_->timers.begin()->first.first - clock_.steady());
      if (wait.count() < 1) wait = std::chrono::nanoseconds(1);
      when.it_value.tv_sec = static_cast<time_t>(wait.count() / 1'000'000'000);
      when.it_value.tv_nsec = static_cast<long>(wait.count() % 1'000'000'000);
    }
    ::timerfd_settime(timer_.get(), 0, &when, nullptr);
  }

  bool run_timers() {
    bool ran = false;
    const Clock::Steady now = clock_.steady();
    // A timer set by one of these callbacks waits for the next round, even with a delay of zero.
    const std::uint64_t newest = shared_->next_number;
    while (true) {
      auto due = shared_->timers.begin();
      while (due != shared_->timers.end() && due->first.first <= now && due->first.second >= newest) ++due;
      if (due == shared_->timers.end() || due->first.first > now) break;
      const auto callback = due->second;
      shared_->timers.erase(due);
      ran = true;
      (*callback)();
    }
    arm();
    return ran;
  }

  bool run_posted() {
    std::vector<std::function<void()>> batch;
    {
      const std::lock_guard guard(posted_mutex_);
      if (posted_.empty()) return false;
      batch.swap(posted_);
      drain(wakeup_.get());
    }
    for (auto& callback : batch) callback();
    return true;
  }

  bool run_watch(const epoll_event& event) {
    const std::uint64_t number = event.data.u64;  // epoll_event is packed: no reference to its members
    const auto found = shared_->watches.find(number);
    if (found == shared_->watches.end()) return false;
    const std::shared_ptr<Watch> watch = found->second;
    unsigned ready = 0;
    // An error or hang-up shows at the next read or write; wake whoever waits for either.
    if ((event.events & (EPOLLIN | EPOLLERR | EPOLLHUP | EPOLLRDHUP)) != 0) ready |= kReadable;
    if ((event.events & (EPOLLOUT | EPOLLERR)) != 0) ready |= kWritable;
    watch->callback(ready);
    return true;
  }

  bool run(int wait) {
    std::array<epoll_event, 64> events{};
    // Timers that a fake clock made due do not show on the timerfd: do not wait for them.
    if (!shared_->timers.empty() && shared_->timers.begin()->first.first <= clock_.steady()) wait = 0;
    const int count = ::epoll_wait(shared_->epoll.get(), events.data(), static_cast<int>(events.size()), wait);
    bool ran = false;
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == kTimer) {
        drain(timer_.get());
      } else if (event.data.u64 != kWakeup) {
        ran = run_watch(event) || ran;
      }
    }
    ran = run_posted() || ran;
    return run_timers() || ran;
  }

  const Clock& clock_;
  std::shared_ptr<Registry> shared_;
  Descriptor timer_;
  Descriptor wakeup_;
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
};

}  // namespace

Result<std::unique_ptr<EventLoop>> EventLoop::create(const Clock& clock) {
  auto loop = std::make_unique<EpollLoop>(clock, ::epoll_create1(EPOLL_CLOEXEC),
                                          ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
                                          ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  DM_TRY(loop->start());
  return std::unique_ptr<EventLoop>(std::move(loop));
}

}  // namespace omadm
