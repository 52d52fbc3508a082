// The identity of a GSM subscriber as a key. GSM 11.11 "EF_IMSI"; BOOT-030.
#pragma once

#include <string_view>

#include "base/bytes.h"

namespace omadm {

// As SIM cards store it, without the length octet. Digits only.
Octets imsi_semi_octets(std::string_view digits);

}  // namespace omadm
