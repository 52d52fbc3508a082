#include "tools/dm-server/http_auth.h"

#include <algorithm>
#include <map>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "syncml/auth/credential.h"

namespace omadm::server {
namespace {

constexpr std::string_view kRealm = "dm-server";
constexpr std::size_t kNonces = 1000;
constexpr std::size_t kNonceSize = 16;

// name=value or name="value", separated by commas.
std::map<std::string, std::string> parameters_of(std::string_view text) {
  std::map<std::string, std::string> parameters;
  while (!text.empty()) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) break;
    const std::string name = to_lower(trim(text.substr(0, equals)));
    text = trim(text.substr(equals + 1));
    std::string value;
    std::size_t end = 0;
    if (text.starts_with('"')) {
      for (end = 1; end < text.size() && text[end] != '"'; ++end) {
        if (text[end] == '\\' && end + 1 < text.size()) ++end;
        value += text[end];
      }
      end = std::min(end + 1, text.size());
    } else {
      end = std::min(text.find(','), text.size());
      value = trim(text.substr(0, end));
    }
    parameters[name] = std::move(value);
    const std::size_t comma = text.find(',', end);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return parameters;
}

std::string hashed(const std::string& text) { return hex_encode(md5(text)); }

}  // namespace

bool HttpAuth::admits(std::string_view method, std::string_view authorization) {
  if (script_.kind == HttpAuthKind::none) return true;
  const std::size_t space = authorization.find(' ');
  if (space == std::string_view::npos) return false;
  const std::string_view scheme = authorization.substr(0, space);
  const std::string_view rest = trim(authorization.substr(space));
  if (script_.kind == HttpAuthKind::basic) {
    return equals_ignoring_case(scheme, "Basic") && basic_matches(rest, script_.user, script_.password);
  }
  return equals_ignoring_case(scheme, "Digest") && digest_good(method, rest);
}

bool HttpAuth::digest_good(std::string_view method, std::string_view text) {
  auto given = parameters_of(text);
  if (given["username"] != script_.user || given["realm"] != kRealm || given["qop"] != "auth") return false;
  if (!issued(given["nonce"])) return false;
  std::string secret = script_.user + ":" + std::string(kRealm) + ":" + std::string(script_.password.view());
  const std::string who = hashed(secret);
  wipe(secret);
  const std::string what = hashed(std::string(method) + ":" + given["uri"]);
  const std::string expected =
      hashed(who + ":" + given["nonce"] + ":" + given["nc"] + ":" + given["cnonce"] + ":auth:" + what);
  return equal_in_constant_time(given["response"], expected);
}

bool HttpAuth::issued(std::string_view nonce) {
  const std::lock_guard lock(mutex_);
  return std::find(nonces_.begin(), nonces_.end(), nonce) != nonces_.end();
}

std::string HttpAuth::challenge() {
  const std::string realm = "realm=\"" + std::string(kRealm) + "\"";
  if (script_.kind == HttpAuthKind::basic) return "Basic " + realm + ", charset=\"UTF-8\"";
  const std::string nonce = hex_encode(random_octets(kNonceSize));
  const std::lock_guard lock(mutex_);
  nonces_.push_back(nonce);
  if (nonces_.size() > kNonces) nonces_.pop_front();
  return "Digest " + realm + ", qop=\"auth\", algorithm=MD5, nonce=\"" + nonce + "\"";
}

}  // namespace omadm::server
