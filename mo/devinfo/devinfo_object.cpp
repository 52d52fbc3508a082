#include "mo/devinfo/devinfo_object.h"

#include <algorithm>

#include "mo/common/stored_values.h"

namespace omadm {
namespace {

struct Leaf {
  std::string_view name;
  std::string DevInfoValues::*member;
};
constexpr Leaf kLeaves[] = {{"DevId", &DevInfoValues::dev_id},
                            {"Man", &DevInfoValues::man},
                            {"Mod", &DevInfoValues::mod},
                            {"DmV", &DevInfoValues::dmv},
                            {"Lang", &DevInfoValues::lang}};

}  // namespace

// RFC 2141: a namespace of letters, digits and hyphens, a colon, and characters that need no escaping, or escapes.
bool is_device_urn(std::string_view text) noexcept {
  constexpr std::string_view kAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::string_view kOther = "()+,-.:=@;$_!*'%/?#";
  const auto is_specific = [&](char c) {
    return kAlphanumeric.find(c) != std::string_view::npos || kOther.find(c) != std::string_view::npos;
  };
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
  const std::string_view space = text.substr(0, colon);
  const bool good = kAlphanumeric.find(space.front()) != std::string_view::npos &&
                    std::all_of(space.begin(), space.end(),
                                [&](char c) { return c == '-' || kAlphanumeric.find(c) != std::string_view::npos; });
  const std::string_view specific = text.substr(colon + 1);
  return good && std::all_of(specific.begin(), specific.end(), is_specific);
}

Result<void> write_dev_info(Tree& tree, const DevInfoValues& values) {
  if (!values.dev_id.empty() && !is_device_urn(values.dev_id)) {
    return Error{Errc::malformed, "the device's identifier \"" + values.dev_id +
                                      "\" is no URN, such as IMEI:493005100592800 or urn:uuid:…"};
  }
  LeafValues leaves;
  for (const Leaf& leaf : kLeaves) {
    const std::string& value = values.*leaf.member;
    leaves.emplace_back(Uri().child("DevInfo").child(leaf.name), value.empty() ? "unknown" : value);
  }
  return write_where_different(tree, leaves, "device identity");
}

}  // namespace omadm
