// Takes secrets out of recorded messages; every length stays as it was.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "tools/dm-server/script.h"

namespace omadm::server {

// Passwords and PINs of a script, as they are and in Base64.
std::vector<Octets> secrets_of(const Script& script);
// Also what the message itself tells to be secret: credentials, nonces, values of AAuthSecret and AAuthData.
Octets masked_body(Bytes body, std::string_view content_type, const std::vector<Octets>& secrets);
std::string masked_header(std::string_view name, std::string_view value);

}  // namespace omadm::server
