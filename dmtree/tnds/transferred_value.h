// Values on their way into the tree: what travels as Base64 may be stored as octets. TND-059, TNDS-035.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "dmtree/value.h"

namespace omadm {

struct DdfNode;

struct TransferredValue {
  std::optional<Format> format;  // absent: none was given
  Octets data;
};

// `description` may be null. `raw`: the octets came as WBXML OPAQUE. A value for a `bin` leaf is Base64
// unless it is raw and not declared `b64`; a `b64` leaf keeps its text. bad_format: not Base64.
Result<TransferredValue> store_transferred(const DdfNode* description, std::optional<Format> format, Bytes value,
                                           bool raw);

}  // namespace omadm
