// Identifiers of the connectivity objects. [ConnMO].
#pragma once

#include <string_view>

namespace omadm {

inline constexpr std::string_view kNapMoId = "urn:oma:mo:oma-connmo-nap:1.0";
inline constexpr std::string_view kProxyMoId = "urn:oma:mo:oma-connmo-httpproxy:1.0";

}  // namespace omadm
