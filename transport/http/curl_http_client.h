// HTTP(S) with libcurl on the event loop. The only home of libcurl.
#pragma once

#include <memory>

#include "base/io/event_loop.h"
#include "base/ports/http_client.h"
#include "base/result.h"

namespace omadm {

class CurlMulti;

// HTTP/1.1 with kept connections; peer and host name of a certificate are always verified; neither Expect
// nor Accept-Encoding is sent (PRO-437, PRO-441); proxies of the environment are not used. The errors'
// texts name host and reason, never user information or query of a URL. Beyond the port's contract: 303
// and a redirect too many are `transport`; a redirect from https to http is `not_allowed` even with
// allow_http; a body without length or chunks ends with the connection and cannot be told from one cut off;
// Authorization and Cookie fields and the password stay behind when a redirect leaves the origin.
class CurlHttpClient final : public HttpClient {
 public:
  // `loop` must outlive the client and its calls. failed: libcurl cannot be had.
  static Result<std::unique_ptr<CurlHttpClient>> create(EventLoop& loop);
  ~CurlHttpClient() override;  // calls still under way are cancelled

  std::unique_ptr<HttpCall> send(HttpRequest request, BodySink* sink, Done done) override;

 private:
  explicit CurlHttpClient(std::shared_ptr<CurlMulti> multi) noexcept;
  std::shared_ptr<CurlMulti> multi_;  // shared with the calls under way
};

}  // namespace omadm
