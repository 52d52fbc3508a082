#include "tools/common/secrets.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::array<std::string_view, 2> kSecretLeaves{"AAuthSecret", "AAuthData"};
constexpr std::array<std::string_view, 4> kSecretHeaders{"authorization", "proxy-authorization", "cookie",
                                                         "set-cookie"};
constexpr std::string_view kCode = "mac=";

}  // namespace

bool is_secret_leaf(std::string_view uri) noexcept {
  uri = trim(uri.substr(0, uri.find('?')));
  const std::string_view name = uri.substr(uri.rfind('/') + 1);
  return std::find(kSecretLeaves.begin(), kSecretLeaves.end(), name) != kSecretLeaves.end();
}

bool names_secret(std::string_view text) noexcept {
  return std::any_of(kSecretLeaves.begin(), kSecretLeaves.end(),
                     [&](std::string_view name) { return text.find(name) != std::string_view::npos; });
}

std::string masked_header(std::string_view name, std::string_view value) {
  std::string masked(value);
  if (std::find(kSecretHeaders.begin(), kSecretHeaders.end(), to_lower(name)) != kSecretHeaders.end()) {
    std::fill(masked.begin(), masked.end(), '*');
    return masked;
  }
  // Of x-syncml-hmac, and of the Content-Type of a bootstrap message: there it proves a PIN to whoever tries them all.
  const std::string lower = to_lower(value);
  for (std::size_t at = lower.find(kCode); at != std::string::npos; at = lower.find(kCode, at + 1)) {
    const auto begin = masked.begin() + static_cast<std::ptrdiff_t>(at + kCode.size());
    std::fill(begin, std::find_if(begin, masked.end(), [](char c) { return c == ',' || c == ';'; }), '*');
  }
  return masked;
}

}  // namespace omadm
