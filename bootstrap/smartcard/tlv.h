// BER-TLV as smart cards use it: tags of one octet, definite lengths. ISO/IEC 8825-1.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

struct Tlv {
  std::uint8_t tag = 0;
  Bytes value;
};

class TlvReader {
 public:
  explicit TlvReader(Bytes octets) noexcept : in_(octets) {}

  // nullopt: the end, or the padding (00, FF) behind the last one. malformed: a length beyond the octets.
  Result<std::optional<Tlv>> next();
  // The next one with that tag, others passed over; nullopt: none is left.
  Result<std::optional<Bytes>> find(std::uint8_t tag);

 private:
  ByteReader in_;
};

}  // namespace omadm
