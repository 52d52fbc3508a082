// The description of a file to be downloaded. [DLOTA] "Download Descriptor". FUMO-063.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

inline constexpr std::string_view kDescriptorType = "application/vnd.oma.dd+xml";
inline constexpr std::string_view kDescriptor2Type = "application/vnd.oma.dd2+xml";  // of version 2, not understood

struct DownloadDescriptor {
  std::string object_uri;          // maybe relative to where the descriptor came from
  std::uint64_t size = 0;          // octets
  std::vector<std::string> types;  // media types, lower case, at least one
  std::string name, vendor, description;
  std::string install_notify_uri;  // maybe relative; empty: nobody wants to hear
  std::string install_param;
};

// bad_format: no descriptor, or one without what it must have; unsupported: a DDVersion other than 1.
Result<DownloadDescriptor> parse_download_descriptor(Bytes xml);

// What is told to installNotifyURI. [DLOTA] "Status Report".
struct InstallStatus {
  int code = 900;
  std::string_view text;
};
InstallStatus install_success() noexcept;
InstallStatus install_status_of(Errc error) noexcept;

}  // namespace omadm
