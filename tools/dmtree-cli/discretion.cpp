#include "tools/dmtree-cli/discretion.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "client/device_ddf.h"
#include "dmtree/tree.h"

namespace omadm {

Result<Discretion> Discretion::of_device(const std::vector<std::string>& descriptions) {
  Discretion discretion;
  discretion.ddf_ = DM_TRY(device_ddf(descriptions));
  return discretion;
}

bool Discretion::is_private(const Uri& uri) { return uri.is_within(Uri().child(kPrivateRoot)); }

bool Discretion::hides(const Uri& uri) const {
  static constexpr std::array<std::string_view, 7> kTellTale{"secret", "aauthdata", "nonce", "token",
                                                             "pin",    "pass",      "key"};
  if (is_private(uri)) return true;
  const DdfNode* described = ddf_.find(uri);
  if (described != nullptr) return !described->can(AccessType::get);
  const std::string name = to_lower(uri.name());
  return std::any_of(kTellTale.begin(), kTellTale.end(),
                     [&name](std::string_view part) { return name.find(part) != std::string::npos; });
}

}  // namespace omadm
