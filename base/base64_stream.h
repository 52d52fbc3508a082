// Base64 that comes in pieces cut anywhere. RFC 4648 section 4; what is accepted is what base64_decode accepts.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

class Base64Stream {
 public:
  // The octets that `text` completes. malformed: it is no Base64, and nothing after it will be.
  Result<Octets> decode(std::string_view text);
  // Those of the last group. malformed: bits left over, or wrong padding.
  Result<Octets> finish();

 private:
  std::string pending_;  // digits of a group that is not complete, or the last one with its padding
};

}  // namespace omadm
