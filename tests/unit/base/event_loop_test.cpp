#include "base/io/event_loop.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace omadm {
namespace {

using namespace std::chrono_literals;

class Pair {
 public:
  Pair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0); }
  ~Pair() {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  void make_readable() const { EXPECT_EQ(::write(ends[1], "x", 1), 1); }
  int ends[2] = {-1, -1};
};

class FakeTime final : public Clock {
 public:
  std::int64_t utc_seconds() const override { return 0; }
  Steady steady() const override { return now; }
  Steady now{};
};

class EventLoopTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto created = EventLoop::create(clock);
    ASSERT_TRUE(created);
    loop = std::move(*created);
  }
  SystemClock clock;
  std::unique_ptr<EventLoop> loop;
};

TEST_F(EventLoopTest, CallsBackWhenReadableAndWritable) {
  const Pair pair;
  unsigned seen = 0;
  const auto handle = loop->watch(pair.ends[0], kReadable | kWritable, [&](unsigned ready) { seen |= ready; });
  EXPECT_EQ(seen, 0u) << "never inside the call that registered it";
  EXPECT_TRUE(loop->run_once(1s));
  EXPECT_EQ(seen, kWritable);
  pair.make_readable();
  EXPECT_TRUE(loop->run_once(1s));
  EXPECT_EQ(seen, kReadable | kWritable);
}

TEST_F(EventLoopTest, AHangUpWakesTheReader) {
  Pair pair;
  unsigned seen = 0;
  const auto handle = loop->watch(pair.ends[0], kReadable, [&](unsigned ready) { seen |= ready; });
  ::close(pair.ends[1]);
  pair.ends[1] = -1;
  EXPECT_TRUE(loop->run_once(1s));
  EXPECT_EQ(seen, kReadable);
}

TEST_F(EventLoopTest, ADestroyedHandleIsSilent) {
  const Pair pair;
  pair.make_readable();
  int calls = 0;
  loop->watch(pair.ends[0], kReadable, [&](unsigned) { ++calls; }).reset();
  loop->after(0ms, [&] { ++calls; }).reset();
  EXPECT_FALSE(loop->run_once(5ms));
  EXPECT_EQ(calls, 0);
}

TEST_F(EventLoopTest, ACallbackMayDestroyItselfAndAnotherOneThatIsReady) {
  const Pair a;
  const Pair b;
  a.make_readable();
  b.make_readable();
  LoopHandlePtr first;
  LoopHandlePtr second;
  int calls = 0;
  const auto callback = [&](unsigned) {
    ++calls;
    first.reset();
    second.reset();
  };
  first = loop->watch(a.ends[0], kReadable, callback);
  second = loop->watch(b.ends[0], kReadable, callback);
  EXPECT_TRUE(loop->run_once(1s));
  EXPECT_FALSE(loop->run_once(0ms));
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, TwoWatchesOfOneDescriptorBothHear) {
  const Pair pair;
  pair.make_readable();
  int first = 0;
  int second = 0;
  auto a = loop->watch(pair.ends[0], kReadable, [&](unsigned) { ++first; });
  const auto b = loop->watch(pair.ends[0], kReadable, [&](unsigned) { ++second; });
  loop->process();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
  a.reset();
  loop->process();
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 2);
}

TEST_F(EventLoopTest, ALateHandleDoesNotSilenceTheNewOwnerOfItsDescriptor) {
  int old_ends[2];
  ASSERT_EQ(::pipe(old_ends), 0);
  auto old_watch = loop->watch(old_ends[0], kReadable, [](unsigned) {});
  ::close(old_ends[0]);
  ::close(old_ends[1]);
  int new_ends[2];
  ASSERT_EQ(::pipe(new_ends), 0);
  ASSERT_EQ(new_ends[0], old_ends[0]) << "the kernel gives the lowest free number";
  int calls = 0;
  const auto watch = loop->watch(new_ends[0], kReadable, [&](unsigned) { ++calls; });
  old_watch.reset();
  ASSERT_EQ(::write(new_ends[1], "x", 1), 1);
  EXPECT_TRUE(loop->run_once(1s));
  EXPECT_EQ(calls, 1);
  ::close(new_ends[0]);
  ::close(new_ends[1]);
}

TEST_F(EventLoopTest, TimersRunInOrderOfTheirTimeAndOnce) {
  std::string order;
  const auto late = loop->after(20ms, [&] { order += 'c'; });
  const auto soon = loop->after(1ms, [&] { order += 'b'; });
  const auto now = loop->after(0ms, [&] { order += 'a'; });
  while (order.size() < 3 && loop->run_once(2s)) {
  }
  EXPECT_EQ(order, "abc");
  EXPECT_FALSE(loop->run_once(5ms));
}

TEST_F(EventLoopTest, ATimerMaySetTheNextWithoutStarvingTheLoop) {
  int rounds = 0;
  LoopHandlePtr timer;
  std::function<void()> again = [&] {
    ++rounds;
    timer = loop->after(0ms, again);
  };
  timer = loop->after(0ms, again);
  EXPECT_TRUE(loop->run_once(1s));
  EXPECT_EQ(rounds, 1);
  EXPECT_TRUE(loop->run_once(1s));
  EXPECT_EQ(rounds, 2);
}

TEST_F(EventLoopTest, PostedCallbacksComeInOrderFromAnyThread) {
  std::vector<int> seen;
  std::thread other([&] {
    for (int i = 0; i < 100; ++i) loop->post([&seen, i] { seen.push_back(i); });
  });
  while (seen.size() < 100 && loop->run_once(2s)) {
  }
  other.join();
  ASSERT_EQ(seen.size(), 100u);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

// A callback that was taken while post() was still at work used to leave a wake-up behind it.
TEST_F(EventLoopTest, NothingPostedIsNoReasonToWake) {
  constexpr int kTimes = 20000;
  int seen = 0;
  int in_vain = 0;
  std::thread other([&] {
    for (int i = 0; i < kTimes; ++i) loop->post([&] { ++seen; });
  });
  while (seen < kTimes) {
    if (!loop->run_once(10s)) ++in_vain;
  }
  other.join();
  EXPECT_EQ(in_vain, 0);
  pollfd poll_loop{loop->fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&poll_loop, 1, 0), 0);
}

TEST_F(EventLoopTest, ItsDescriptorIsReadableWhenThereIsWork) {
  pollfd poll_loop{loop->fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&poll_loop, 1, 0), 0);
  bool ran = false;
  loop->post([&] { ran = true; });
  EXPECT_EQ(::poll(&poll_loop, 1, 1000), 1);
  loop->process();
  EXPECT_TRUE(ran);
  const auto timer = loop->after(1ms, [] {});
  EXPECT_EQ(::poll(&poll_loop, 1, 2000), 1);
}

TEST(EventLoopWithFakeClock, TimersFollowTheClock) {
  FakeTime time;
  auto loop = EventLoop::create(time);
  ASSERT_TRUE(loop);
  int calls = 0;
  const auto timer = (*loop)->after(24h, [&] { ++calls; });
  (*loop)->process();
  EXPECT_EQ(calls, 0);
  time.now += 24h;
  (*loop)->process();
  EXPECT_EQ(calls, 1);
}

TEST_F(EventLoopTest, AHandleMayOutliveTheLoop) {
  const Pair pair;
  auto watch = loop->watch(pair.ends[0], kReadable, [](unsigned) {});
  auto timer = loop->after(1h, [] {});
  loop.reset();
  watch.reset();
  timer.reset();
  EXPECT_EQ(::fcntl(pair.ends[0], F_GETFD), FD_CLOEXEC);
}

TEST_F(EventLoopTest, WorkerRunsJobsInOrderAndReportsOnTheLoop) {
  const auto loop_thread = std::this_thread::get_id();
  std::string order;
  Worker worker(*loop);
  int done = 0;
  for (const char c : {'a', 'b', 'c'}) {
    worker.run(
        [&order, c, loop_thread] {
          EXPECT_NE(std::this_thread::get_id(), loop_thread);
          order += c;
        },
        [&done, loop_thread] {
          EXPECT_EQ(std::this_thread::get_id(), loop_thread);
          ++done;
        });
  }
  while (done < 3 && loop->run_once(2s)) {
  }
  EXPECT_EQ(done, 3);
  EXPECT_EQ(order, "abc");
}

TEST_F(EventLoopTest, ADestroyedWorkerReportsNothing) {
  std::atomic<bool> ran = false;
  bool done = false;
  {
    Worker worker(*loop);
    worker.run([&] { ran = true; }, [&] { done = true; });
    while (!ran) std::this_thread::yield();
  }
  loop->run_once(10ms);
  EXPECT_FALSE(done);
}

}  // namespace
}  // namespace omadm
