// DevDetail: what the device is made of. [StdObj] "The DevDetail Management Object". MO-050 … MO-052.
#pragma once

#include <string>

#include "base/result.h"
#include "dmtree/tree.h"
#include "dmtree/uri.h"

namespace omadm {

struct DevDetailValues {
  std::string dev_typ, oem, swv, hwv;
  std::string fwv;      // as the platform names it; see mo/common/firmware_version.h
  UriLimits limits;     // those the tree enforces (MO-050)
  bool lrg_obj = true;  // large objects are understood
};

// Brings ./DevDetail to `values` as the device; an empty text becomes "unknown". Not flushed. The object
// has no behaviour beyond this: its nodes are permanent and servers only read them.
Result<void> write_dev_detail(Tree& tree, const DevDetailValues& values);

}  // namespace omadm
