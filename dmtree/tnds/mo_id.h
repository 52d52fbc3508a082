// Management object identifiers: which spellings mean the same object, and where such objects are. mo.md's table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dmtree/tree.h"

namespace omadm {

inline constexpr std::string_view kDmAccMoId = "urn:oma:mo:oma-dm-dmacc:1.0";

// The identifier this product uses for `id`: another spelling or a later minor version of an object it
// knows becomes the registered one; everything else stays as it is.
std::string_view registered_mo_id(std::string_view id) noexcept;

// `urn:oma:mo:oma-dm-dmacc:1.0` is version 1.0 of `urn:oma:mo:oma-dm-dmacc`. Ids without a version at
// their end are their own family, version 0.0.
struct MoVersion {
  std::string_view family;
  unsigned major = 0, minor = 0;
};
MoVersion mo_version(std::string_view id) noexcept;

// The roots of the objects with that identifier, in the order of their names, without regard to rights.
std::vector<Uri> find_objects(const Transaction& transaction, std::string_view mo_id);

// The value of the leaf at `object`/`name`, "" when there is none; without regard to rights.
std::string leaf_text(const Transaction& transaction, const Uri& object, std::string_view name);

}  // namespace omadm
