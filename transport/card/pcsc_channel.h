// A smart card in a PC/SC reader. [PC/SC] part 5.
#pragma once

#include <memory>
#include <string>

#include "base/ports/apdu_channel.h"

namespace omadm {

// `reader`: a reader's name, or the beginning of it. The library is looked for when this is called. unsupported: built
// without PC/SC, or there is none on this machine; not_found: no such reader, or no card in it; io: anything else.
Result<std::unique_ptr<ApduChannel>> open_pcsc_card(const std::string& reader);

}  // namespace omadm
