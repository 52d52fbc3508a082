// The files that lead to a bootstrap document on a smart card: EF(ODF) and EF(DODF-bootstrap). [P15]; BOOT-075.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

// Where a file is: ids of two octets, from the master file (3F00) or from the application's directory; and which of
// its octets count.
struct CardPath {
  Octets ids;
  std::size_t index = 0;
  std::optional<std::size_t> length;  // absent: to the end
};

// A data object with the applicationOID of DM bootstrap.
struct BootstrapObject {
  CardPath path;
  bool is_private = false;     // the card's PIN comes first
  bool needs_consent = false;  // userConsent: the user is to be asked
};

// The DODFs an ODF names, in their order of priority. malformed: broken TLV.
Result<std::vector<CardPath>> parse_odf(Bytes file);
// Objects of other applications are passed over. malformed.
Result<std::vector<BootstrapObject>> parse_dodf(Bytes file);

}  // namespace omadm
