// A smart card, as a port: one command in, one response out. ISO/IEC 7816-4.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

class ApduChannel {
 public:
  virtual ~ApduChannel() = default;
  // The response with its two status octets at the end, as the card gave it: 61xx and 6Cxx are the caller's to answer.
  // not_found: the card has been taken out; io: the reader failed.
  virtual Result<Octets> transmit(Bytes command) = 0;
};

}  // namespace omadm
