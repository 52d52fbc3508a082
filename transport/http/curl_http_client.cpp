#include "transport/http/curl_http_client.h"

#include <utility>

#include "transport/http/curl_multi.h"
#include "transport/http/curl_transfer.h"

namespace omadm {
namespace {

class CurlCall final : public HttpCall {
 public:
  explicit CurlCall(std::shared_ptr<CurlTransfer> transfer) noexcept : transfer_(std::move(transfer)) {}
  CurlCall(const CurlCall&) = delete;
  CurlCall& operator=(const CurlCall&) = delete;
  ~CurlCall() override { transfer_->cancel(); }

 private:
  std::shared_ptr<CurlTransfer> transfer_;  // shared with the callback that runs at the moment
};

}  // namespace

CurlHttpClient::CurlHttpClient(std::shared_ptr<CurlMulti> multi) noexcept : multi_(std::move(multi)) {}

CurlHttpClient::~CurlHttpClient() {
  if (multi_->inside_curl()) {
    multi_->defer([multi = multi_] { multi->stop(); });
  } else {
    multi_->stop();
  }
}

Result<std::unique_ptr<CurlHttpClient>> CurlHttpClient::create(EventLoop& loop) {
  std::shared_ptr<CurlMulti> multi = DM_TRY(CurlMulti::create(loop));
  return std::unique_ptr<CurlHttpClient>(new CurlHttpClient(std::move(multi)));
}

std::unique_ptr<HttpCall> CurlHttpClient::send(HttpRequest request, BodySink* sink, Done done) {
  auto transfer = std::make_shared<CurlTransfer>(multi_, std::move(request), sink, std::move(done));
  transfer->start();
  return std::make_unique<CurlCall>(std::move(transfer));
}

}  // namespace omadm
