#include "mo/common/persistent_request.h"

#include <utility>

#include "mo/common/http_outcome.h"

namespace omadm {

PersistentRequest::PersistentRequest(EventLoop& loop, HttpClient& http, HttpRequest request, DownloadRetry retry,
                                     Done done)
    : loop_(loop), http_(http), request_(std::move(request)), retry_(retry), done_(std::move(done)) {
  timer_ = loop_.after({}, [this] { send(); });
}

void PersistentRequest::send() {
  ++attempts_;
  call_ = http_.send(request_, nullptr, [this](Result<HttpResponse> result) { answered(std::move(result)); });
}

void PersistentRequest::answered(Result<HttpResponse> result) {
  const std::unique_ptr<HttpCall> ended = std::move(call_);
  if (result && result->status / 100 == 2) return conclude(std::move(result));
  const bool again = result ? worth_repeating(result->status) : worth_repeating(result.error().code);
  if (result) result = error_for_status(result->status);
  if (!again || attempts_ >= retry_.attempts) return conclude(std::move(result));
  timer_ = loop_.after(wait_after(retry_, attempts_), [this] { send(); });
}

void PersistentRequest::conclude(Result<HttpResponse> result) {
  timer_.reset();
  const Done done = std::move(done_);
  done(std::move(result));  // the owner may destroy us in there
}

}  // namespace omadm
