// The part of CurlTransfer that tells libcurl what we want of it.
#include <algorithm>

#include "base/text.h"
#include "transport/http/curl_transfer.h"

namespace omadm {
namespace {

constexpr std::string_view kTokenCharacters =
    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr long kSinkBuffer = 100L << 10U;  // octets, for what may be large: that of the program curl
constexpr long kTrustCacheSeconds = 60;    // a renewed CA file counts soon

bool is_token(std::string_view text) noexcept {
  return !text.empty() && text.find_first_not_of(kTokenCharacters) == std::string_view::npos;
}

bool is_field_value(std::string_view text) noexcept {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) noexcept {
  return std::any_of(names.begin(), names.end(), [name](std::string_view n) { return equals_ignoring_case(n, name); });
}

}  // namespace

Result<void> CurlTransfer::prepare() {
  DM_TRY(check_request());
  easy_ = curl_easy_init();
  if (easy_ == nullptr) return Error{Errc::failed, "libcurl: no easy handle"};
  curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, curl_text_);
  curl_easy_setopt(easy_, CURLOPT_PROXY, "");
  curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, request_.allow_http ? "http,https" : "https");
  curl_easy_setopt(easy_, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy_, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::chrono::milliseconds(request_.connect_timeout).count()));
  if (request_.max_rate > 0) {
    curl_easy_setopt(easy_, CURLOPT_MAX_RECV_SPEED_LARGE, static_cast<curl_off_t>(request_.max_rate));
    // libcurl looks at the rate after it has emptied the socket, at most 100 buffers: these shall be a tenth of a
    // second's worth.
    constexpr std::uint64_t kBuffersASecond = 1000;
    const std::uint64_t buffer =
        std::clamp<std::uint64_t>(request_.max_rate / kBuffersASecond, 1024, CURL_MAX_WRITE_SIZE);
    curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, static_cast<long>(buffer));
  } else if (sink_ != nullptr) {
    curl_easy_setopt(easy_, CURLOPT_BUFFERSIZE, kSinkBuffer);
  }
  set_callbacks();
  DM_TRY(set_method());
  return set_tls();
}

Result<void> CurlTransfer::check_request() const {
  if (!is_token(request_.method)) return Error{Errc::malformed, "HTTP request: its method is no token"};
  for (const auto& [name, value] : request_.headers) {
    if (!is_token(name) || !is_field_value(value)) {
      return Error{Errc::malformed, "HTTP request: a header field breaks the grammar"};
    }
  }
  return {};
}

void CurlTransfer::set_callbacks() {
  curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
  curl_easy_setopt(easy_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
  curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy_, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy_, CURLOPT_XFERINFOFUNCTION, &CurlTransfer::on_progress);
  curl_easy_setopt(easy_, CURLOPT_XFERINFODATA, this);
  curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, &CurlTransfer::on_connected);
  curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
}

Result<void> CurlTransfer::set_method() {
  if (request_.method == "GET") {
    curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
    return {};
  }
  if (request_.method == "HEAD") {
    curl_easy_setopt(easy_, CURLOPT_NOBODY, 1L);
    return {};
  }
  curl_easy_setopt(easy_, CURLOPT_POST, 1L);
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.octets().size()));
  curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request_.octets().data());  // not copied: request_ keeps it
  if (request_.method != "POST") curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  return {};
}

Result<void> CurlTransfer::set_tls() {
  const TlsOptions& tls = request_.tls;
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy_, CURLOPT_CA_CACHE_TIMEOUT, kTrustCacheSeconds);
  // Naming one place of trust takes the other away; else the system's store would go on counting.
  if (!tls.ca_file.empty()) {
    curl_easy_setopt(easy_, CURLOPT_CAINFO, tls.ca_file.c_str());
    curl_easy_setopt(easy_, CURLOPT_CAPATH, nullptr);
  } else if (!tls.ca_dir.empty()) {
    curl_easy_setopt(easy_, CURLOPT_CAPATH, tls.ca_dir.c_str());
    curl_easy_setopt(easy_, CURLOPT_CAINFO, nullptr);
  }
  if (!tls.client_cert.empty()) {
    curl_easy_setopt(easy_, CURLOPT_SSLCERT, tls.client_cert.c_str());
    curl_easy_setopt(easy_, CURLOPT_SSLKEY, (tls.client_key.empty() ? tls.client_cert : tls.client_key).c_str());
  }
  if (tls.min_version == "1.2") {
    curl_easy_setopt(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  } else if (tls.min_version == "1.3") {
    curl_easy_setopt(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_3));
  } else {
    return Error{Errc::unsupported, "TLS: min_version is neither 1.2 nor 1.3"};
  }
  if (tls.pinned_spki.empty()) return {};
  std::string pins;
  for (const std::string& pin : tls.pinned_spki) {
    const auto octets = base64_decode(pin);
    if (!octets || octets->size() != 32) return Error{Errc::malformed, "TLS: a pin is no Base64 of 32 octets"};
    pins += (pins.empty() ? "sha256//" : ";sha256//") + base64_encode(*octets);
  }
  curl_easy_setopt(easy_, CURLOPT_PINNEDPUBLICKEY, pins.c_str());
  return {};
}

// For the first host alone: a redirect leads where it says.
void CurlTransfer::set_place() {
  if (request_.connect_to.empty() || connect_to_ != nullptr) return;
  const std::string host = url_.host.find(':') == std::string::npos ? url_.host : "[" + url_.host + "]";
  connect_to_ = curl_slist_append(nullptr, (host + ":" + url_.port + ":" + request_.connect_to).c_str());
  curl_easy_setopt(easy_, CURLOPT_CONNECT_TO, connect_to_);
}

void CurlTransfer::set_fields() {
  curl_slist_free_all(std::exchange(fields_, nullptr));
  bool has_content_type = false;
  const auto append = [this](const std::string& line) { fields_ = curl_slist_append(fields_, line.c_str()); };
  for (const auto& [name, value] : request_.headers) {
    if (is_one_of(name, {"Content-Length", "Host", "Expect", "Transfer-Encoding", "Accept-Encoding"})) continue;
    if (left_origin_ && is_one_of(name, {"Authorization", "Cookie"})) continue;
    if (is_one_of(name, {"Content-Type"})) has_content_type = true;
    std::string line = name;
    line += value.empty() ? ";" : ": ";  // libcurl's spelling of an empty field
    append(line += value);
  }
  append("Expect:");  // a name without value takes the field away
  if (!has_content_type) append("Content-Type:");
  curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, fields_);
}

}  // namespace omadm
