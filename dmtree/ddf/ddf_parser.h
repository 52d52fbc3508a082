// One DDF document as descriptions, not yet merged with those of other documents. TNDS-001…019.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/uri.h"

namespace omadm {

// A Node that stands on its own: below MgmtTree, or with a Path.
struct DescribedBranch {
  Uri parent;
  std::unique_ptr<DdfNode> node;  // named "." : the root itself
  std::size_t line = 0;           // where its Node begins
};

// Errors begin with "origin:line: ". malformed, too_large, unsupported (VerDTD).
Result<std::vector<DescribedBranch>> parse_ddf(std::string_view document, std::string_view origin,
                                               const Limits& limits);

}  // namespace omadm
