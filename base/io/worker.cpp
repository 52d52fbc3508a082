#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "base/io/event_loop.h"

namespace omadm {

struct Worker::Impl {
  struct Job {
    std::function<void()> job, done;
  };

  explicit Impl(EventLoop& event_loop) : loop(event_loop), thread([this] { work(); }) {}

  void work() {
    while (true) {
      Job next;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return stopping || !jobs.empty(); });
        if (stopping) return;
        next = std::move(jobs.front());
        jobs.pop_front();
      }
      next.job();
      // The worker may be gone when the loop gets to it; `alive` says so, on the loop's own thread.
      loop.post([done = std::move(next.done), weak = alive] {
        if (*weak) done();
      });
    }
  }

  EventLoop& loop;
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);  // owners: this and posted results; loop thread only
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Job> jobs;
  bool stopping = false;
  std::thread thread;  // last: it starts with everything above in place
};

Worker::Worker(EventLoop& loop) : impl_(std::make_unique<Impl>(loop)) {}

Worker::~Worker() {
  *impl_->alive = false;
  {
    const std::lock_guard guard(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->changed.notify_one();
  impl_->thread.join();
}

void Worker::run(std::function<void()> job, std::function<void()> done) {
  {
    const std::lock_guard guard(impl_->mutex);
    impl_->jobs.push_back({std::move(job), std::move(done)});
  }
  impl_->changed.notify_one();
}

}  // namespace omadm
