// libcurl's multi interface on our loop: sockets become watches, its one timer a timer.
#pragma once

#include <curl/curl.h>

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "base/io/event_loop.h"
#include "base/result.h"

namespace omadm {

// Owned by the client and by every call under way, for a call may outlive the client; after stop() it
// does nothing any more. The loop must outlive it.
class CurlMulti : public std::enable_shared_from_this<CurlMulti> {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // The transfer ended; its handle is no longer part of the multi. May destroy anything.
    virtual void finished(CURLcode code) = 0;
  };

  static Result<std::shared_ptr<CurlMulti>> create(EventLoop& loop);
  explicit CurlMulti(EventLoop& loop) noexcept : loop_(loop) {}
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;
  ~CurlMulti();

  EventLoop& loop() const noexcept { return loop_; }
  // Not from inside a callback of libcurl. `listener` must stay until finished() or remove().
  Result<void> add(CURL* easy, Listener& listener);
  void remove(CURL* easy) noexcept;
  // Removes everything; no listener hears anything any more.
  void stop() noexcept;
  bool stopped() const noexcept { return multi_ == nullptr; }

  // Whether libcurl is on the stack, so that add() and remove() are impossible …
  bool inside_curl() const noexcept { return inside_curl_; }
  // … and have to be done by `job` when it has returned.
  void defer(std::function<void()> job) { deferred_.push_back(std::move(job)); }

 private:
  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* socket_data) noexcept;
  static int on_timer(CURLM* multi, long timeout_ms, void* self) noexcept;
  void act(curl_socket_t socket, int events);
  void tell_finished();

  EventLoop& loop_;
  CURLM* multi_ = nullptr;
  std::map<CURL*, Listener*> listeners_;
  std::map<curl_socket_t, LoopHandlePtr> watches_;
  LoopHandlePtr timer_;
  std::vector<std::function<void()>> deferred_;
  bool inside_curl_ = false;
};

}  // namespace omadm
