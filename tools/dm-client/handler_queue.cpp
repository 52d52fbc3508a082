#include "tools/dm-client/handler_queue.h"

#include <fmt/format.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/io/event_loop.h"

namespace omadm {
namespace {

constexpr std::chrono::nanoseconds kAtOnce{1};

struct StatusMeaning {
  int status;
  Errc code;
  std::string_view meaning;
};
// The contract with whoever writes a handler: docs/vendor-objects.md.
constexpr std::array kMeanings{
    StatusMeaning{1, Errc::failed, "it failed"},
    StatusMeaning{2, Errc::unsupported, "not handled there"},
    StatusMeaning{3, Errc::veto, "it refuses the value"},
    StatusMeaning{4, Errc::unavailable, "not at this moment"},
    StatusMeaning{5, Errc::not_found, "there is no such thing"},
};

}  // namespace

Result<std::unique_ptr<HandlerQueue>> HandlerQueue::create(Client& client, std::vector<std::string> command,
                                                           std::chrono::seconds timeout) {
  const int timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (timer < 0) return Error{Errc::io, std::string("timerfd_create: ") + std::strerror(errno)};
  return std::unique_ptr<HandlerQueue>(new HandlerQueue(client, std::move(command), timeout, timer));
}

HandlerQueue::HandlerQueue(Client& client, std::vector<std::string> command, std::chrono::seconds timeout, int timer)
    : client_(client), command_(std::move(command)), timeout_(timeout), timer_(timer) {
  client_.watch(timer_, kReadable, [this](unsigned) { on_timer(); });
}

HandlerQueue::~HandlerQueue() {
  client_.unwatch(timer_);
  ::close(timer_);
  if (!child_) return;
  client_.unwatch(child_->output());
  client_.unwatch(child_->ended());
  child_->kill();
  child_->exit_status();
}

void HandlerQueue::set_timer(std::chrono::nanoseconds delay) const {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(delay);
  itimerspec spec{};
  spec.it_value.tv_sec = seconds.count();
  spec.it_value.tv_nsec = (delay - seconds).count();
  ::timerfd_settime(timer_, 0, &spec, nullptr);
}

void HandlerQueue::add(HandlerCall call) {
  calls_.push_back(std::move(call));
  // Whoever called may hold what `done` needs: the program is started from the loop.
  if (!child_ && calls_.size() == 1) set_timer(kAtOnce);
}

void HandlerQueue::on_timer() {
  std::uint64_t expirations = 0;
  if (::read(timer_, &expirations, sizeof expirations) < 0) return;
  if (!child_) return start_next();
  end_program({Errc::timed_out, fmt::format("no answer within {} s", timeout_.count())});
}

void HandlerQueue::start_next() {
  while (!calls_.empty() && calls_.front().wanted && !calls_.front().wanted()) calls_.pop_front();
  if (calls_.empty()) return;
  const HandlerCall& call = calls_.front();
  std::vector<std::string> command = command_;
  command.insert(command.end(), call.arguments.begin(), call.arguments.end());
  Result<ChildProcess> child = ChildProcess::start(command, call.environment, call.input);
  // That the program is not there is no answer of its own.
  if (!child) return finish(Error{Errc::io, child.error().detail});
  child_ = *std::move(child);
  client_.watch(child_->output(), kReadable, [this](unsigned) { read_output(); });
  client_.watch(child_->ended(), kReadable, [this](unsigned) { ended(); });
  set_timer(timeout_);
}

void HandlerQueue::end_program(Error why) {
  if (refused_) return;
  refused_ = std::move(why);
  child_->kill();
}

void HandlerQueue::read_output() {
  char chunk[16384];
  while (true) {
    const ssize_t count = ::read(child_->output(), chunk, sizeof chunk);
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) client_.unwatch(child_->output());
    if (count <= 0) return;
    if (output_.size() + static_cast<std::size_t>(count) > kMaxHandlerOutput) {
      client_.unwatch(child_->output());
      return end_program({Errc::too_large, fmt::format("it prints more than {} octets", kMaxHandlerOutput)});
    }
    output_.append(chunk, static_cast<std::size_t>(count));
  }
}

void HandlerQueue::ended() {
  if (!refused_) read_output();
  const int status = child_->exit_status();
  client_.unwatch(child_->output());
  client_.unwatch(child_->ended());
  child_.reset();
  set_timer(std::chrono::nanoseconds(0));
  if (refused_) return finish(*refused_);
  if (status != 0) return finish(error_of(status));
  finish(std::exchange(output_, {}));
}

Error HandlerQueue::error_of(int status) const {
  for (const StatusMeaning& row : kMeanings) {
    if (row.status == status) return {row.code, fmt::format("exit status {}: {}", status, row.meaning)};
  }
  return {Errc::failed,
          status > 128 ? fmt::format("ended by signal {}", status - 128) : fmt::format("exit status {}", status)};
}

void HandlerQueue::finish(Result<Octets> answer) {
  output_.clear();
  refused_.reset();
  const HandlerCall call = std::move(calls_.front());
  calls_.pop_front();
  if (!answer) answer = Error{answer.error().code, command_.front() + ": " + answer.error().detail};
  // What is done may add calls: those find the timer running or start it themselves.
  if (!calls_.empty()) set_timer(kAtOnce);
  call.done(std::move(answer));
}

}  // namespace omadm
