#include "transport/http/curl_transfer.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "transport/http/curl_error.h"

namespace omadm {
namespace {

constexpr std::uint64_t kMaxHead = 256U << 10U;        // octets of all field lines of one answer
constexpr std::uint64_t kMaxRedirectBody = 1U << 20U;  // octets of an answer nobody reads

bool has_status_line(std::string_view line) noexcept { return line.substr(0, 5) == "HTTP/"; }

}  // namespace

CurlTransfer::CurlTransfer(std::shared_ptr<CurlMulti> multi, HttpRequest request, BodySink* sink, HttpClient::Done done)
    : multi_(std::move(multi)), request_(std::move(request)), sink_(sink), done_(std::move(done)) {}

CurlTransfer::~CurlTransfer() {
  if (easy_ != nullptr) {
    multi_->remove(easy_);
    curl_easy_cleanup(easy_);
  }
  curl_slist_free_all(fields_);
  curl_slist_free_all(connect_to_);
}

void CurlTransfer::start() {
  start_timer_ = multi_->loop().after(std::chrono::milliseconds(0), [this] { begin(); });
}

void CurlTransfer::begin() {
  const auto keep = shared_from_this();
  if (multi_->stopped()) return;
  if (auto ready = prepare(); !ready) return conclude(std::move(ready).error());
  if (request_.total_timeout.count() > 0) {
    total_timer_ = multi_->loop().after(request_.total_timeout, [this] {
      conclude(Error{Errc::timed_out, "answer of " + peer() + ": not complete in " +
                                          std::to_string(request_.total_timeout.count()) + " s"});
    });
  }
  auto url = [this]() -> Result<Url> {
    if (request_.base.empty()) return Url::parse(request_.url);
    return DM_TRY(Url::parse(request_.base)).resolve(request_.url);
  }();
  if (!url) return conclude(std::move(url).error());
  if (request_.username.empty() && !url->user.empty()) {
    request_.username = url->user;
    request_.password = url->password;
  } else if (!request_.login_url.empty()) {
    const auto known = Url::parse(request_.login_url);
    left_origin_ = !known || !known->same_origin(*url);
  }
  if (auto sent = send_to(std::move(*url)); !sent) conclude(std::move(sent).error());
}

void CurlTransfer::cancel() noexcept {
  over_ = true;
  start_timer_.reset();
  idle_timer_.reset();
  total_timer_.reset();
  if (easy_ == nullptr) return;
  if (multi_->inside_curl()) {
    multi_->defer([self = shared_from_this()] { self->multi_->remove(self->easy_); });
  } else {
    multi_->remove(easy_);
  }
}

Result<void> CurlTransfer::send_to(Url target) {
  DM_TRY(check_scheme(target));
  url_ = std::move(target);
  response_ = {};
  head_octets_ = received_ = 0;
  head_complete_ = connected_ = false;
  last_progress_ = 0;
  curl_text_[0] = '\0';
  set_fields();
  curl_easy_setopt(easy_, CURLOPT_URL, url_.text.c_str());
  set_place();
  if (left_origin_) {
    curl_easy_setopt(easy_, CURLOPT_USERNAME, nullptr);
    curl_easy_setopt(easy_, CURLOPT_PASSWORD, nullptr);
  } else if (!request_.username.empty()) {
    curl_easy_setopt(easy_, CURLOPT_USERNAME, request_.username.c_str());
    curl_easy_setopt(easy_, CURLOPT_PASSWORD, request_.password.c_str());
    // With digest alone libcurl would send the first request without its body, expecting a challenge that need not
    // come; a second type, which no server can ask for by a challenge, keeps it from that.
    constexpr unsigned long kTypes[] = {CURLAUTH_BASIC | CURLAUTH_DIGEST, CURLAUTH_BASIC,
                                        CURLAUTH_DIGEST | CURLAUTH_AWS_SIGV4};
    curl_easy_setopt(easy_, CURLOPT_HTTPAUTH, kTypes[static_cast<std::size_t>(request_.auth)]);
  }
  last_activity_ = multi_->loop().clock().steady();
  return multi_->add(easy_, *this);
}

Result<void> CurlTransfer::check_scheme(const Url& target) const {
  if (target.is_https() || (target.scheme == "http" && request_.allow_http)) return {};
  if (target.scheme == "http") return Error{Errc::not_allowed, target.shown() + ": only https is allowed"};
  return Error{Errc::not_allowed, target.scheme + ": only https is supported"};
}

std::size_t CurlTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (transfer.over_) return 0;
  transfer.last_activity_ = transfer.multi_->loop().clock().steady();
  auto taken = transfer.header_line({data, size * count});
  if (taken) return size * count;
  transfer.error_ = std::move(taken).error();
  return 0;
}

Result<void> CurlTransfer::header_line(std::string_view line) {
  if (sink_begun_ || received_ > 0) return {};  // a trailer behind a chunked body
  head_octets_ += line.size();
  if (head_octets_ > kMaxHead) return Error{Errc::transport, "answer of " + peer() + ": its head is over 256 KiB"};
  if (has_status_line(line)) {  // a new head: that of 100 Continue, or of a refused login, was before
    response_ = {};
    head_complete_ = false;
    return {};
  }
  const bool folded = !line.empty() && (line.front() == ' ' || line.front() == '\t');
  line = trim(line);
  if (line.empty()) return head_complete();
  if (folded && !response_.headers.empty()) {
    response_.headers.back().second.append(" ").append(line);
    return {};
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  response_.headers.emplace_back(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  return {};
}

Result<void> CurlTransfer::head_complete() {
  long status = 0;
  curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
  if (status / 100 == 1) return {};
  response_.status = static_cast<int>(status);
  response_.url = url_.text;
  head_complete_ = true;
  // RFC 9112 "Message Body Length": two of them, or nonsense, is beyond repair. libcurl would choose.
  if (const std::string length = response_.header("Content-Length"); !length.empty() && !parse_unsigned(length)) {
    return Error{Errc::transport, "answer of " + peer() + ": its Content-Length is no number"};
  }
  curl_off_t announced = -1;
  curl_easy_getinfo(easy_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
  if (announced > 0 && request_.method != "HEAD" && !is_redirect() &&
      static_cast<std::uint64_t>(announced) > request_.max_body) {
    return Error{Errc::too_large, "answer of " + peer() + ": " + std::to_string(announced) + " octets announced, " +
                                      std::to_string(request_.max_body) + " are allowed"};
  }
  return {};
}

std::size_t CurlTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (transfer.over_) return 0;
  transfer.last_activity_ = transfer.multi_->loop().clock().steady();
  auto taken = transfer.body({data, size * count});
  if (taken) return size * count;
  transfer.error_ = std::move(taken).error();
  return 0;
}

Result<void> CurlTransfer::body(Bytes octets) {
  received_ += octets.size();
  if (is_redirect()) {
    if (received_ <= kMaxRedirectBody) return {};
    return Error{Errc::transport, "answer of " + peer() + ": a redirect with a body over 1 MiB"};
  }
  if (received_ > request_.max_body) {
    return Error{Errc::too_large,
                 "answer of " + peer() + ": over the " + std::to_string(request_.max_body) + " octets allowed"};
  }
  if (sink_ == nullptr) {
    response_.body.append(octets);
    return {};
  }
  DM_TRY(begin_sink());
  return sink_->write(octets);
}

Result<void> CurlTransfer::begin_sink() {
  if (sink_begun_) return {};
  sink_begun_ = true;
  return sink_->begin(response_);
}

int CurlTransfer::on_progress(void* self, curl_off_t, curl_off_t down, curl_off_t, curl_off_t up) noexcept {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (transfer.over_) return 1;
  if (down + up != transfer.last_progress_) {
    transfer.last_progress_ = down + up;
    transfer.last_activity_ = transfer.multi_->loop().clock().steady();
  }
  return 0;
}

int CurlTransfer::on_connected(void* self, char*, char*, int, int) noexcept {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (transfer.over_) return CURL_PREREQFUNC_ABORT;
  transfer.connected_ = true;
  transfer.last_activity_ = transfer.multi_->loop().clock().steady();
  if (transfer.request_.idle_timeout.count() > 0) transfer.arm_idle_timer(transfer.request_.idle_timeout);
  return CURL_PREREQFUNC_OK;
}

void CurlTransfer::arm_idle_timer(std::chrono::milliseconds delay) {
  idle_timer_ = multi_->loop().after(delay, [this] { idle_timer_fired(); });
}

void CurlTransfer::idle_timer_fired() {
  const auto quiet =
      std::chrono::duration_cast<std::chrono::milliseconds>(multi_->loop().clock().steady() - last_activity_);
  const auto rest = std::chrono::milliseconds(request_.idle_timeout) - quiet;
  if (rest.count() > 0) return arm_idle_timer(rest);
  conclude(Error{Errc::timed_out,
                 "answer of " + peer() + ": no octet for " + std::to_string(request_.idle_timeout.count()) + " s"});
}

bool CurlTransfer::is_redirect() const noexcept {
  const int status = response_.status;
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

void CurlTransfer::finished(CURLcode code) {
  const auto keep = shared_from_this();
  idle_timer_.reset();
  if (over_) return;
  if (error_) return conclude(*std::exchange(error_, std::nullopt));
  if (code != CURLE_OK) {
    TransferFacts facts{url_.host, url_.port,  curl_text_,
                        0,         connected_, static_cast<long>(request_.connect_timeout.count())};
    long os_error = 0;
    curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
    facts.os_error = static_cast<int>(os_error);
    return conclude(explain(code, facts));
  }
  if (!head_complete_) {
    return conclude(Error{Errc::transport, "answer of " + peer() + ": cut off inside its head"});
  }
  if (is_redirect()) {
    auto followed = follow();
    if (followed) return;
    if (sink_ != nullptr) (void)begin_sink();  // the last answer after all
    return conclude(std::move(followed).error());
  }
  if (sink_ != nullptr) {
    if (auto begun = begin_sink(); !begun) return conclude(std::move(begun).error());
  }
  conclude(std::move(response_));
}

Result<void> CurlTransfer::follow() {
  if (response_.status == 303 && request_.method != "GET") {
    return Error{Errc::transport, "redirect of " + peer() + ": 303 is not followed"};
  }
  const std::string location = response_.header("Location");
  if (location.empty()) {
    return Error{Errc::transport,
                 "redirect of " + peer() + ": " + std::to_string(response_.status) + " without Location"};
  }
  visited_.push_back(url_.text);
  Url target = DM_TRY(url_.resolve(location));
  if (std::find(visited_.begin(), visited_.end(), target.text) != visited_.end()) {
    return Error{Errc::transport, "redirect of " + peer() + ": a loop, back to " + target.shown()};
  }
  if (++redirects_ > request_.max_redirects) {
    return Error{Errc::transport,
                 "redirect of " + peer() + ": more than " + std::to_string(request_.max_redirects) + " of them"};
  }
  if (url_.is_https() && !target.is_https()) {
    return Error{Errc::not_allowed, "redirect of " + peer() + ": from https to " + target.scheme};
  }
  if (request_.redirect_same_host_only && target.host != url_.host) {
    return Error{Errc::not_allowed, "redirect of " + peer() + ": to another host, " + target.host};
  }
  if (!target.same_origin(url_)) left_origin_ = true;
  return send_to(std::move(target));
}

void CurlTransfer::conclude(Result<HttpResponse> result) {
  const auto keep = shared_from_this();
  if (over_ || multi_->stopped()) return;
  cancel();
  if (const HttpClient::Done done = std::move(done_)) done(std::move(result));
}

std::string CurlTransfer::peer() const { return url_.host + " port " + url_.port; }

}  // namespace omadm
