// An HTTP client without a network: a function answers. Passes the contract tests of the real one.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/io/event_loop.h"
#include "base/ports/http_client.h"

namespace omadm::test {

struct FakeAnswer {
  int status = 200;
  HttpHeaders headers;
  Octets body;
  std::optional<Error> error;          // instead of an end …
  std::size_t error_after = 0;         // … when so many octets of the body were delivered
  bool never = false;                  // no answer at all; the call waits until it is destroyed
  std::chrono::milliseconds delay{0};  // before anything is delivered
  bool announce = true;                // Content-Length is set
};

// Delivers a body in pieces of `piece` octets, one a turn of the loop.
class FakeHttp final : public HttpClient {
 public:
  using Handler = std::function<FakeAnswer(const HttpRequest&)>;
  FakeHttp(EventLoop& loop, Handler handler) : loop_(loop), handler_(std::move(handler)) {}

  std::unique_ptr<HttpCall> send(HttpRequest request, BodySink* sink, Done done) override {
    return std::make_unique<Call>(*this, std::move(request), sink, std::move(done));
  }

  void answer_with(Handler handler) { handler_ = std::move(handler); }
  std::vector<HttpRequest> requests;  // those that reached the handler
  std::size_t piece = 16384;

 private:
  class Call final : public HttpCall {
   public:
    Call(FakeHttp& http, HttpRequest request, BodySink* sink, Done done)
        : http_(http), request_(std::move(request)), sink_(sink), done_(std::move(done)) {
      timer_ = http_.loop_.after({}, [this] { begin(); });
    }

   private:
    void begin() {
      const std::string scheme = request_.url.substr(0, request_.url.find(':'));
      if (request_.url.find("://") == std::string::npos) return end(Error{Errc::malformed, "URL: malformed"});
      if (scheme != "https" && !(scheme == "http" && request_.allow_http)) {
        return end(Error{Errc::not_allowed, "only https is allowed"});
      }
      http_.requests.push_back(request_);
      answer_ = http_.handler_(request_);
      if (answer_.never) return;
      timer_ = http_.loop_.after(answer_.delay, [this] { head(); });
    }

    void head() {
      if (answer_.error && answer_.error_after == 0) return end(*answer_.error);
      response_.status = answer_.status;
      response_.url = request_.url;
      response_.headers = answer_.headers;
      if (answer_.announce) {
        response_.headers.emplace_back("Content-Length", std::to_string(answer_.body.size()));
        if (answer_.body.size() > request_.max_body) return end(Error{Errc::too_large, "announced"});
      }
      if (sink_ != nullptr) {
        if (auto begun = sink_->begin(response_); !begun) return end(std::move(begun).error());
      }
      body();
    }

    void body() {
      std::size_t size = std::min(http_.piece, answer_.body.size() - sent_);
      if (answer_.error) size = std::min(size, answer_.error_after - sent_);
      const Octets part = answer_.body.substr(sent_, size);
      sent_ += size;
      if (sent_ > request_.max_body) return end(Error{Errc::too_large, "received"});
      if (!part.empty()) {
        if (sink_ == nullptr) {
          response_.body += part;
        } else if (auto taken = sink_->write(part); !taken) {
          return end(std::move(taken).error());
        }
      }
      if (answer_.error && sent_ >= std::min(answer_.error_after, answer_.body.size())) return end(*answer_.error);
      if (sent_ == answer_.body.size()) return end(std::move(response_));
      timer_ = http_.loop_.after({}, [this] { body(); });
    }

    void end(Result<HttpResponse> result) {
      timer_.reset();
      const Done done = std::move(done_);
      done(std::move(result));
    }

    FakeHttp& http_;
    HttpRequest request_;
    BodySink* sink_;
    Done done_;
    FakeAnswer answer_;
    HttpResponse response_;
    std::size_t sent_ = 0;
    LoopHandlePtr timer_;
  };

  EventLoop& loop_;
  Handler handler_;
};

// Answers a GET for `file` with support of Range and If-Range, as a firmware host does (FUMO-066).
inline FakeAnswer serve_range(const HttpRequest& request, const Octets& file, const std::string& etag) {
  std::string range, condition;
  for (const auto& [name, value] : request.headers) {
    if (name == "Range") range = value;
    if (name == "If-Range") condition = value;
  }
  FakeAnswer answer;
  answer.headers = {{"ETag", etag}, {"Content-Type", "application/octet-stream"}};
  if (range.rfind("bytes=", 0) != 0 || condition != etag) {
    answer.body = file;
    return answer;
  }
  const std::size_t first = std::stoul(range.substr(6));
  if (first >= file.size()) {
    answer.status = 416;
    answer.headers.emplace_back("Content-Range", "bytes */" + std::to_string(file.size()));
    return answer;
  }
  answer.status = 206;
  answer.body = file.substr(first);
  answer.headers.emplace_back("Content-Range", "bytes " + std::to_string(first) + "-" +
                                                   std::to_string(file.size() - 1) + "/" + std::to_string(file.size()));
  return answer;
}

}  // namespace omadm::test
