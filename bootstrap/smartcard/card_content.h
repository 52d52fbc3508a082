// The bootstrap documents of a smart card. [Boot12] "Bootstrap from the smart card"; BOOT-070, BOOT-075 … BOOT-077.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ports/apdu_channel.h"
#include "base/result.h"

namespace omadm {

struct CardDocument {
  Octets octets;  // without the padding of its file
  bool needs_consent = false;
};

struct CardContent {
  std::string iccid;                    // digits; "unknown" where the card does not tell it
  std::vector<CardDocument> documents;  // in the card's order of priority; none: it has no bootstrap
  std::vector<std::string> notes;       // what could not be read, for the log
};

// not_found: no card. Other errors: the card cannot be read, which says nothing of what is on it.
Result<CardContent> read_card(ApduChannel& card);

// How many octets of a WBXML document with something behind it are the document. malformed.
Result<std::size_t> wbxml_length(Bytes octets);

}  // namespace omadm
