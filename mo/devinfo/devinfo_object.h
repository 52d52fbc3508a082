// DevInfo: who the device is. [StdObj] "The DevInfo Management Object". MO-040 … MO-043.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "dmtree/tree.h"

namespace omadm {

struct DevInfoValues {
  std::string dev_id;  // globally unique, a URN
  std::string man, mod, dmv;
  std::string lang;  // RFC 1766 tag
};

// Whether `text` can be a DevId: "urn:…", or a namespace and what it identifies, as in "IMEI:493005100592800"
// (PRO-107).
bool is_device_urn(std::string_view text) noexcept;

// Brings ./DevInfo to `values` as the device; an empty one becomes "unknown". Not flushed. malformed: DevId is no URN.
// The object has no behaviour beyond this: its nodes are permanent and servers only read them.
Result<void> write_dev_info(Tree& tree, const DevInfoValues& values);

}  // namespace omadm
