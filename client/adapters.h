// From accounts in the tree to what a session and HTTP need of them. MO-022 … MO-033.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ports/http_client.h"
#include "client/config.h"
#include "mo/dmacc/account.h"
#include "syncml/session/session.h"

namespace omadm {

inline constexpr std::string_view kUserAgent = "omadm/0.1.0";  // PRO-433

// URLs of an account in stored order (MO-022).
std::vector<std::string> account_urls(const Account& account);

// `negotiated`: the type the last session ended with, for an AAuthPref that is there but empty (MO-026).
SessionAccount session_account(const Account& account, const std::string& url, std::optional<AuthType> negotiated);

// The AppAuth entries of a level whose type carries a nonce (DIGEST, HMAC).
std::vector<Uri> nonce_holders(const Account& account, std::string_view level);

// Fills in HTTP authentication from the entry of level HTTP, if there is one (MO-033). not_allowed: HTTP-BASIC without
// TLS, and the configuration does not say so (SEC-009).
Result<void> set_http_credentials(HttpRequest& request, const Account& account, bool allow_basic);

// Whether the account authenticates this client by its TLS certificate (AAuthType TRANSPORT).
bool wants_client_certificate(const Account& account);

// The scheme, lower case, of an absolute URL; "" when there is none.
std::string url_scheme(std::string_view url);

}  // namespace omadm
