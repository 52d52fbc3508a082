// The second opinion: WBXML to XML by libwbxml, kept at arm's length.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace omadm::trace {

// libwbxml has no limits of its own and ends the process on some inputs, so it runs in a child of this process, with
// limits on time and result. malformed: it refused the document, crashed, or ran out of time.
Result<Octets> libwbxml_to_xml(Bytes wbxml);

}  // namespace omadm::trace
