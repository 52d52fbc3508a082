// DevInfo: who the device is. [StdObj] "The DevInfo Management Object". MO-040 … MO-043.
#pragma once

#include <string>

#include "base/result.h"
#include "dmtree/tree.h"

namespace omadm {

struct DevInfoValues {
  std::string dev_id;  // globally unique, a URN
  std::string man, mod, dmv;
  std::string lang;  // RFC 1766 tag
};

// Brings ./DevInfo to `values` as the device; an empty one becomes "unknown". Not flushed. The object has
// no behaviour beyond this: its nodes are permanent and servers only read them.
Result<void> write_dev_info(Tree& tree, const DevInfoValues& values);

}  // namespace omadm
