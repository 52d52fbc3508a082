#include "mo/devdetail/devdetail_object.h"

#include "mo/common/firmware_version.h"
#include "mo/common/stored_values.h"

namespace omadm {
namespace {

std::string shown(const std::string& value) { return value.empty() ? "unknown" : value; }

}  // namespace

Result<void> write_dev_detail(Tree& tree, const DevDetailValues& values) {
  const Uri root = Uri().child("DevDetail");
  const Uri limits = root.child("URI");
  DM_TRY(write_where_different(tree,
                               {{limits.child("MaxDepth"), std::to_string(values.limits.max_depth)},
                                {limits.child("MaxTotLen"), std::to_string(values.limits.max_tot_len)},
                                {limits.child("MaxSegLen"), std::to_string(values.limits.max_seg_len)},
                                {root.child("DevTyp"), shown(values.dev_typ)},
                                {root.child("OEM"), shown(values.oem)},
                                {root.child("SwV"), shown(values.swv)},
                                {root.child("HwV"), shown(values.hwv)},
                                {root.child("LrgObj"), values.lrg_obj ? "true" : "false"}},
                               "device details"));
  Transaction transaction = tree.begin(Principal::device(), {"device", {}, {}, {}, "firmware version"});
  DM_TRY(put_platform_firmware_version(transaction, shown(values.fwv)));
  if (transaction.empty()) return {};
  return std::move(transaction).commit();
}

}  // namespace omadm
