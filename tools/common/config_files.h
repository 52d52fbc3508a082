// Which files configure this device (UI-011).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace omadm {

// The most of [store] history: it is written again with every snapshot.
inline constexpr std::int64_t kMaxHistory = 64 << 20;  // octets

// `given`, or when it is empty those there are of the default places, in the order in which they count:
// /etc/dm-client/dm-client.toml, then /etc/dm-client/conf.d/*.toml by name. permission_denied, io: there may be more.
Result<std::vector<std::string>> config_files(const std::string& given);

}  // namespace omadm
