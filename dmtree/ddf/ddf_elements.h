// What the empty elements of a DDF mean: one row each.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/markup/vocabulary.h"
#include "dmtree/acl.h"
#include "dmtree/tree.h"
#include "dmtree/value.h"

namespace omadm {

struct DdfOccurrenceForm {
  std::uint32_t min;
  std::uint32_t max;  // 0: unlimited
  bool counted;       // the upper bound is the element's text
};

std::optional<AccessType> ddf_access_type(Element element) noexcept;
std::optional<Format> ddf_format(Element element) noexcept;
std::optional<Property> ddf_property(Element element) noexcept;
std::optional<DdfOccurrenceForm> ddf_occurrence(Element element) noexcept;

}  // namespace omadm
