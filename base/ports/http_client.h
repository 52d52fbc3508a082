// What the client needs of HTTP. Provided by transport/http.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

struct TlsOptions {
  std::string ca_file;  // PEM; empty: ca_dir, else the system's store
  std::string ca_dir;
  std::string client_cert;  // PEM; empty: none
  std::string client_key;
  std::string min_version = "1.2";       // "1.2" or "1.3"
  std::vector<std::string> pinned_spki;  // Base64 of SHA-256 of the public key; empty: any
};

enum class HttpAuthType : std::uint8_t { any, basic, digest };

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;  // in order; names as met

struct HttpRequest {
  std::string method = "POST";
  std::string url;      // http: or https:; anything else is refused
  std::string base;     // not empty: the absolute URL that `url` is a reference relative to (RFC 3986)
  HttpHeaders headers;  // Content-Length, Host and Expect are the client's affair
  Octets body;
  std::shared_ptr<const Octets> shared_body;  // not null: instead of `body`, for whoever may have to send it again
  TlsOptions tls;
  bool allow_http = false;               // else http: is Errc::not_allowed, also as a redirect's target
  int max_redirects = 3;                 // 301, 302, 307, 308, of GET also 303: method and body are repeated (PRO-436)
  bool redirect_same_host_only = false;  // else any https host
  // "host:port" to connect to instead of those of `url`, whose host the server must prove to be all the same.
  std::string connect_to;
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds idle_timeout{60};  // no octet for so long
  std::chrono::seconds total_timeout{0};  // 0: none
  std::uint64_t max_body = 4U << 20U;     // octets; over it: too_large
  std::uint64_t max_rate = 0;             // octets a second of the answer, on average; 0: as fast as it comes
  std::string login_url;                  // not empty: what follows is for its scheme, host and port alone
  std::string username, password;         // HTTP authentication; empty: none
  HttpAuthType auth = HttpAuthType::any;  // what the server may ask for; another challenge stays 401

  const Octets& octets() const noexcept { return shared_body ? *shared_body : body; }  // what is sent
};

struct HttpResponse {
  int status = 0;
  std::string url;  // the one that answered, after redirects
  HttpHeaders headers;
  Octets body;  // empty when a sink took it
  // The first header of that name, case-insensitive; "" when absent. Repeated ones are joined by ", ".
  std::string header(std::string_view name) const;
  std::string content_type() const;  // media type alone, lower case, without parameters
};

// Takes a body as it arrives. Any error ends the transfer and is what `done` gets.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // Status and headers, after redirects; those of a redirect only when it leads nowhere.
  virtual Result<void> begin(const HttpResponse& head) = 0;
  virtual Result<void> write(Bytes octets) = 0;
};

// A call under way. Destroying it cancels; `done` is then never called.
class HttpCall {
 public:
  virtual ~HttpCall() = default;
};

class HttpClient {
 public:
  using Done = std::function<void(Result<HttpResponse>)>;
  virtual ~HttpClient() = default;
  // transport: DNS, TCP, TLS, a broken or half-closed answer; timed_out; too_large; not_allowed (scheme);
  // malformed (URL). Every HTTP status is a response, not an error. `sink` may be null and must outlive
  // the call.
  [[nodiscard]] virtual std::unique_ptr<HttpCall> send(HttpRequest request, BodySink* sink, Done done) = 0;
};

}  // namespace omadm
