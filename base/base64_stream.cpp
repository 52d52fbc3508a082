#include "base/base64_stream.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kGroup = 4;  // digits of three octets

bool is_white_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

Result<Octets> Base64Stream::decode(std::string_view text) {
  std::string digits = std::exchange(pending_, {});
  digits.reserve(digits.size() + text.size());
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return !is_white_space(c); });
  const std::size_t whole = std::min(digits.find('='), digits.size()) / kGroup * kGroup;
  if (digits.size() - whole > kGroup) return Error{Errc::malformed, "not Base64: something after the padding"};
  pending_ = digits.substr(whole);
  digits.resize(whole);
  return base64_decode(digits);
}

Result<Octets> Base64Stream::finish() { return base64_decode(std::exchange(pending_, {})); }

}  // namespace omadm
