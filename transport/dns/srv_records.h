// SRV records: out of a DNS answer, and in the order of their use. [RFC 2782]; DNS-001, DNS-002.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/bytes.h"
#include "base/ports/service_finder.h"
#include "base/result.h"

namespace omadm {

struct SrvRecord {
  std::uint16_t priority = 0, weight = 0;
  ServicePlace place;
};

// Those of a whole DNS message; other records and targets that are no host names are left out. not_found: none, or the
// one whose target "." says that there is no such service; malformed.
Result<std::vector<SrvRecord>> read_srv_records(Bytes message);

// Lowest priority first, and within one at random by weight. `draw` gives a number from 0 to `most`.
using Draw = std::function<std::uint32_t(std::uint32_t most)>;
std::vector<ServicePlace> order_places(std::vector<SrvRecord> records, const Draw& draw);

}  // namespace omadm
