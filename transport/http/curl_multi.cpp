#include "transport/http/curl_multi.h"

#include <chrono>
#include <string>
#include <utility>

namespace omadm {
namespace {

constexpr long kKeptConnections = 8;

unsigned to_loop_events(int what) noexcept {
  unsigned events = 0;
  if ((what & CURL_POLL_IN) != 0) events |= kReadable;
  if ((what & CURL_POLL_OUT) != 0) events |= kWritable;
  return events;
}

int to_curl_events(unsigned ready) noexcept {
  int events = 0;
  if ((ready & kReadable) != 0) events |= CURL_CSELECT_IN;
  if ((ready & kWritable) != 0) events |= CURL_CSELECT_OUT;
  return events;
}

}  // namespace

Result<std::shared_ptr<CurlMulti>> CurlMulti::create(EventLoop& loop) {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (initialised != CURLE_OK) return Error{Errc::failed, std::string("libcurl: ") + curl_easy_strerror(initialised)};
  auto self = std::make_shared<CurlMulti>(loop);
  self->multi_ = curl_multi_init();
  if (self->multi_ == nullptr) return Error{Errc::failed, "libcurl: no multi handle"};
  curl_multi_setopt(self->multi_, CURLMOPT_SOCKETFUNCTION, &CurlMulti::on_socket);
  curl_multi_setopt(self->multi_, CURLMOPT_SOCKETDATA, self.get());
  curl_multi_setopt(self->multi_, CURLMOPT_TIMERFUNCTION, &CurlMulti::on_timer);
  curl_multi_setopt(self->multi_, CURLMOPT_TIMERDATA, self.get());
  curl_multi_setopt(self->multi_, CURLMOPT_MAXCONNECTS, kKeptConnections);
  return self;
}

CurlMulti::~CurlMulti() { stop(); }

void CurlMulti::stop() noexcept {
  if (multi_ == nullptr) return;
  for (const auto& [easy, listener] : listeners_) curl_multi_remove_handle(multi_, easy);
  listeners_.clear();
  timer_.reset();
  curl_multi_cleanup(std::exchange(multi_, nullptr));  // closes kept connections, through on_socket
  timer_.reset();
  watches_.clear();
}

Result<void> CurlMulti::add(CURL* easy, Listener& listener) {
  if (multi_ == nullptr) return Error{Errc::cancelled, "HTTP client: closed"};
  listeners_[easy] = &listener;
  const CURLMcode code = curl_multi_add_handle(multi_, easy);
  if (code == CURLM_OK) return {};
  listeners_.erase(easy);
  return Error{Errc::failed, std::string("libcurl: ") + curl_multi_strerror(code)};
}

void CurlMulti::remove(CURL* easy) noexcept {
  if (listeners_.erase(easy) != 0 && multi_ != nullptr) curl_multi_remove_handle(multi_, easy);
}

int CurlMulti::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept {
  auto& multi = *static_cast<CurlMulti*>(self);
  multi.watches_.erase(socket);  // a descriptor has one watch at a time
  if (what == CURL_POLL_REMOVE || multi.multi_ == nullptr) return 0;
  multi.watches_[socket] = multi.loop_.watch(
      socket, to_loop_events(what), [&multi, socket](unsigned ready) { multi.act(socket, to_curl_events(ready)); });
  return 0;
}

int CurlMulti::on_timer(CURLM*, long timeout_ms, void* self) noexcept {
  auto& multi = *static_cast<CurlMulti*>(self);
  multi.timer_.reset();
  if (timeout_ms < 0 || multi.multi_ == nullptr) return 0;
  multi.timer_ =
      multi.loop_.after(std::chrono::milliseconds(timeout_ms), [&multi] { multi.act(CURL_SOCKET_TIMEOUT, 0); });
  return 0;
}

void CurlMulti::act(curl_socket_t socket, int events) {
  const auto keep = shared_from_this();  // a listener may let go of the client
  int running = 0;
  inside_curl_ = true;
  curl_multi_socket_action(multi_, socket, events, &running);
  inside_curl_ = false;
  for (const auto& job : std::exchange(deferred_, {})) job();
  tell_finished();
}

void CurlMulti::tell_finished() {
  int left = 0;
  while (multi_ != nullptr) {
    const CURLMsg* message = curl_multi_info_read(multi_, &left);
    if (message == nullptr) return;
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode code = message->data.result;
    const auto found = listeners_.find(easy);
    if (found == listeners_.end()) continue;
    Listener& listener = *found->second;
    remove(easy);  // ends the life of `message`
    listener.finished(code);
  }
}

}  // namespace omadm
