// One request on its way, redirects included.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/io/event_loop.h"
#include "base/ports/http_client.h"
#include "base/result.h"
#include "transport/http/curl_multi.h"
#include "transport/http/url.h"

namespace omadm {

// 1. `done` is called at most once, from the loop, and never after cancel(). 2. The sink hears of the last
// answer only, not of redirects. Owned by the call's handle, and by a callback for as long as it runs.
class CurlTransfer final : public CurlMulti::Listener, public std::enable_shared_from_this<CurlTransfer> {
 public:
  CurlTransfer(std::shared_ptr<CurlMulti> multi, HttpRequest request, BodySink* sink, HttpClient::Done done);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer() override;

  void start();  // on the loop, later
  void cancel() noexcept;
  void finished(CURLcode code) override;

 private:
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static int on_progress(void* self, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                         curl_off_t up) noexcept;
  static int on_connected(void* self, char* remote, char* local, int remote_port, int local_port) noexcept;

  void begin();
  Result<void> prepare();
  Result<void> check_request() const;
  Result<void> set_method();
  Result<void> set_tls();
  void set_callbacks();
  void set_fields();
  void set_place();
  Result<void> check_scheme(const Url& target) const;
  Result<void> send_to(Url target);  // begins a hop

  Result<void> header_line(std::string_view line);
  Result<void> head_complete();
  Result<void> body(Bytes octets);
  Result<void> begin_sink();
  bool is_redirect() const noexcept;
  Result<void> follow();
  void arm_idle_timer(std::chrono::milliseconds delay);
  void idle_timer_fired();
  void conclude(Result<HttpResponse> result);
  std::string peer() const;  // "host port 443"

  std::shared_ptr<CurlMulti> multi_;  // shared with the client and other calls
  HttpRequest request_;
  BodySink* sink_;
  HttpClient::Done done_;
  CURL* easy_ = nullptr;
  curl_slist* fields_ = nullptr;
  curl_slist* connect_to_ = nullptr;
  char curl_text_[CURL_ERROR_SIZE] = {};

  Url url_;                           // of this hop
  std::vector<std::string> visited_;  // GET: the redirects so far, to tell a loop
  int redirects_ = 0;
  bool left_origin_ = false;

  HttpResponse response_;  // its body, unless a sink takes it
  std::uint64_t head_octets_ = 0, received_ = 0;
  bool head_complete_ = false, sink_begun_ = false, connected_ = false, over_ = false;
  std::optional<Error> error_;  // what made a callback of libcurl give up

  LoopHandlePtr start_timer_, idle_timer_, total_timer_;
  Clock::Steady last_activity_;
  curl_off_t last_progress_ = 0;
};

}  // namespace omadm
