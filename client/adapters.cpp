#include "client/adapters.h"

#include <algorithm>

#include "base/text.h"

namespace omadm {
namespace {

// nullopt: a type that is none of ours is stored but never used (MO-015).
std::optional<Credential> credential(const AccountAuth& auth) {
  const auto type = auth_type_from_aauth(auth.type);
  if (!type || *type == AuthType::none) return std::nullopt;
  return Credential{*type, auth.name, auth.secret, auth.data};
}

bool has_nonce(const AccountAuth& auth) {
  const auto type = auth_type_from_aauth(auth.type);
  return type == AuthType::md5 || type == AuthType::mac;
}

}  // namespace

std::vector<std::string> account_urls(const Account& account) {
  std::vector<std::string> urls;
  for (const AccountAddress& address : account.addresses) {
    std::string url = address.url();
    if (!url.empty()) urls.push_back(std::move(url));
  }
  return urls;
}

SessionAccount session_account(const Account& account, const std::string& url, std::optional<AuthType> negotiated) {
  SessionAccount result;
  result.server_id = account.server_id;
  result.address = url;
  for (const AccountAuth& auth : account.auths) {
    auto usable = credential(auth);
    if (!usable) continue;
    if (auth.level == "CLCRED" && usable->type != AuthType::transport) {
      result.client.push_back(std::move(*usable));
    } else if (auth.level == "SRVCRED" && usable->type != AuthType::transport && !result.server) {
      if (usable->name.empty()) usable->name = account.server_id;  // MO-028
      result.server = std::move(*usable);
    }
  }
  if (account.auth_pref) {
    result.preferred = account.auth_pref->empty() ? negotiated : auth_type_from_aauth(*account.auth_pref);
  }
  return result;
}

std::vector<Uri> nonce_holders(const Account& account, std::string_view level) {
  std::vector<Uri> holders;
  for (const AccountAuth& auth : account.auths) {
    if (auth.level == level && has_nonce(auth)) holders.push_back(auth.uri);
  }
  return holders;
}

Result<void> set_http_credentials(HttpRequest& request, const Account& account, bool allow_basic) {
  for (const AccountAuth& auth : account.auths) {
    // Some provisioning leaves out "HTTP-", which the level says already.
    const bool basic = equals_ignoring_case(auth.type, "HTTP-BASIC") || equals_ignoring_case(auth.type, "BASIC");
    const bool digest = equals_ignoring_case(auth.type, "HTTP-DIGEST") || equals_ignoring_case(auth.type, "DIGEST");
    if (auth.level != "HTTP" || auth.name.empty() || (!basic && !digest)) continue;
    if (basic && url_scheme(request.url) != "https" && !allow_basic) {
      return Error{Errc::not_allowed, "account " + account.server_id +
                                          " would show its password without TLS (HTTP-BASIC); use https, or set "
                                          "[security] allow_basic = true"};
    }
    request.auth = basic ? HttpAuthType::basic : HttpAuthType::digest;
    request.username = auth.name;
    request.password = Octets(auth.secret.view());
    return {};
  }
  return {};
}

bool wants_client_certificate(const Account& account) {
  return std::any_of(account.auths.begin(), account.auths.end(), [](const AccountAuth& auth) {
    return auth.level != "SRVCRED" && auth_type_from_aauth(auth.type) == AuthType::transport;
  });
}

std::string url_scheme(std::string_view url) {
  const std::size_t end = url.find(':');
  return end == std::string_view::npos ? "" : to_lower(url.substr(0, end));
}

}  // namespace omadm
