// CRC-32C (Castagnoli), the checksum of store records. RFC 3720 appendix B.4.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace omadm {

// The checksum of `octets` appended to what `before` is the checksum of.
std::uint32_t crc32c(Bytes octets, std::uint32_t before = 0) noexcept;
// The same without the processor's instruction, as on processors that have none.
std::uint32_t crc32c_by_tables(Bytes octets, std::uint32_t before = 0) noexcept;

}  // namespace omadm
