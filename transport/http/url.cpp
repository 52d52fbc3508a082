#include "transport/http/url.h"

#include <curl/curl.h>

#include <memory>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kMaxUrl = 8192;

using CurlUrl = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string copy = text;
  curl_free(text);
  return copy;
}

Result<void> check_characters(std::string_view text) {
  if (text.size() > kMaxUrl) return Error{Errc::malformed, "URL: longer than 8192 octets"};
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) {
      return Error{Errc::malformed, "URL: white space or a control character in it"};
    }
  }
  return {};
}

Result<Url> take_apart(CURLU* handle) {
  Url url;
  url.user = part(handle, CURLUPART_USER, CURLU_URLDECODE);
  url.password = part(handle, CURLUPART_PASSWORD, CURLU_URLDECODE);
  curl_url_set(handle, CURLUPART_USER, nullptr, 0);
  curl_url_set(handle, CURLUPART_PASSWORD, nullptr, 0);
  curl_url_set(handle, CURLUPART_OPTIONS, nullptr, 0);
  curl_url_set(handle, CURLUPART_FRAGMENT, nullptr, 0);
  url.text = part(handle, CURLUPART_URL);
  url.scheme = to_lower(part(handle, CURLUPART_SCHEME));
  url.host = to_lower(part(handle, CURLUPART_HOST));
  if (url.host.size() > 2 && url.host.front() == '[') url.host = url.host.substr(1, url.host.size() - 2);
  url.port = part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  url.path = part(handle, CURLUPART_PATH);
  if (!url.scheme.empty() && url.scheme != "http" && url.scheme != "https") {
    return Error{Errc::not_allowed, url.scheme + ": only https is supported"};
  }
  if (url.text.empty() || url.scheme.empty() || url.host.empty()) return Error{Errc::malformed, "URL: no host in it"};
  return url;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  DM_TRY(check_characters(text));
  const CurlUrl handle(curl_url(), &curl_url_cleanup);
  // libcurl would guess a scheme where none is written; here that is an error.
  if (curl_url_set(handle.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return Error{Errc::malformed, "URL: not of the form https://host/path"};
  }
  return take_apart(handle.get());
}

Result<Url> Url::resolve(std::string_view reference) const {
  DM_TRY(check_characters(reference));
  const CurlUrl handle(curl_url(), &curl_url_cleanup);
  if (curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
      curl_url_set(handle.get(), CURLUPART_URL, std::string(reference).c_str(), CURLU_NON_SUPPORT_SCHEME) !=
          CURLUE_OK) {
    return Error{Errc::malformed, "redirect of " + host + ": its target is no URL"};
  }
  return take_apart(handle.get());
}

std::string Url::shown() const {
  const bool standard = (scheme == "https" && port == "443") || (scheme == "http" && port == "80");
  const std::string bracketed = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return scheme + "://" + bracketed + (standard || port.empty() ? "" : ":" + port) + path;
}

}  // namespace omadm
