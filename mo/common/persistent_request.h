// A small HTTP request that is repeated until a server has answered it.
#pragma once

#include <functional>
#include <memory>

#include "base/io/event_loop.h"
#include "base/ports/http_client.h"
#include "base/result.h"
#include "mo/common/download.h"

namespace omadm {

// Repeats after failures of the transport and 408, 429, 5xx, as `retry` says. Destroying it cancels.
class PersistentRequest {
 public:
  // The answer, 2xx; or: of HttpClient::send, authentication (401, 403, 407), not_found (404, 410), failed.
  using Done = std::function<void(Result<HttpResponse>)>;
  PersistentRequest(EventLoop& loop, HttpClient& http, HttpRequest request, DownloadRetry retry, Done done);
  PersistentRequest(const PersistentRequest&) = delete;
  PersistentRequest& operator=(const PersistentRequest&) = delete;

 private:
  void send();
  void answered(Result<HttpResponse> result);
  void conclude(Result<HttpResponse> result);

  EventLoop& loop_;
  HttpClient& http_;
  HttpRequest request_;
  DownloadRetry retry_;
  Done done_;
  unsigned attempts_ = 0;
  std::unique_ptr<HttpCall> call_;
  LoopHandlePtr timer_;
};

}  // namespace omadm
