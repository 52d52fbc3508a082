// A message changed by hand before it goes out: what a script wants to see on the wire that no honest server writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "syncml/message.h"

namespace omadm::server {

struct Edit {
  std::string from, to;  // in the message as this server writes it in XML
  bool made = false;     // had a place in a message so far
};

// Encodes `message` with the edits made that have a place in it, in its own encoding, as WBXML of version
// 1.`wbxml_version`. malformed, unsupported: what comes out has no form in WBXML.
Result<Octets> encode_edited(const Message& message, std::vector<Edit>& edits,
                             std::optional<std::uint8_t> wbxml_version);

}  // namespace omadm::server
