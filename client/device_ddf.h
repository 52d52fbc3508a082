// The descriptions of everything this client knows.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "dmtree/ddf/ddf.h"

namespace omadm {

// The descriptions built into the library, then `extra` documents (ClientConfig::extra_ddf), in which the more
// local description wins. malformed, too_large, unsupported: one of `extra`, named by its place ("extra 1:7: …").
Result<Ddf> device_ddf(const std::vector<std::string>& extra);

}  // namespace omadm
