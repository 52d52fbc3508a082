#include "mo/devinfo/devinfo_object.h"

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

Result<void> write_dev_info(Tree& tree, const DevInfoValues& values) {
  LeafValues leaves;
  for (const Leaf& leaf : kLeaves) {
    const std::string& value = values.*leaf.member;
    leaves.emplace_back(Uri().child("DevInfo").child(leaf.name), value.empty() ? "unknown" : value);
  }
  return write_where_different(tree, leaves, "device identity");
}

}  // namespace omadm
