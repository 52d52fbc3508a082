#include "client/trace_mask.h"

#include <algorithm>

#include "base/text.h"
#include "mo/dmacc/account.h"

namespace omadm {
namespace {

constexpr std::size_t kShortest = 4;

void mask(Octets& body, std::string_view secret) {
  if (secret.size() < kShortest) return;
  for (std::size_t at = body.find(secret); at != Octets::npos; at = body.find(secret, at + secret.size())) {
    std::fill_n(body.begin() + static_cast<std::ptrdiff_t>(at), secret.size(), '*');
  }
}

}  // namespace

Octets masked_for_trace(Tree& tree, Bytes body) {
  Octets masked(body);
  for (const Account& account : read_accounts(tree).accounts) {
    for (const AccountAuth& auth : account.auths) {
      const std::string secret(auth.secret.view());
      mask(masked, base64_encode(auth.name + ":" + secret));
      mask(masked, secret);
      mask(masked, base64_encode(secret));
      if (auth.data) mask(masked, *auth.data);
    }
  }
  return masked;
}

}  // namespace omadm
