// HTTP authentication asked of clients: basic and digest. RFC 7617, RFC 7616; AAuthLevel HTTP.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <string_view>

#include "base/crypto/secret.h"

namespace omadm::server {

enum class HttpAuthKind : std::uint8_t { none, basic, digest };

struct HttpAuthScript {
  HttpAuthKind kind = HttpAuthKind::none;
  std::string user;
  Secret password;
};

// Called from any thread.
class HttpAuth {
 public:
  explicit HttpAuth(const HttpAuthScript& script) : script_(script) {}

  // `authorization`: the header's value, empty when there is none.
  bool admits(std::string_view method, std::string_view authorization);
  // The value of WWW-Authenticate for whoever is not admitted; a new nonce each time.
  std::string challenge();

 private:
  bool digest_good(std::string_view method, std::string_view parameters);
  bool issued(std::string_view nonce);

  const HttpAuthScript& script_;
  std::mutex mutex_;
  std::deque<std::string> nonces_;  // the latest issued
};

}  // namespace omadm::server
