#include "mo/common/firmware_version.h"

#include <string>

#include "mo/common/stored_values.h"

namespace omadm {
namespace {

Uri fwv_uri() { return Uri().child("DevDetail").child("FwV"); }
Uri named_uri() { return Uri().child(kPrivateRoot).child("devdetail").child("named_fwv"); }

}  // namespace

Result<void> put_updated_firmware_version(Transaction& device, std::string_view version) {
  if (version.empty() || !device.exists(fwv_uri()) || stored_value(device, fwv_uri()) == version) return {};
  return device.put(fwv_uri(), {std::nullopt, std::nullopt, Octets(version)});
}

Result<void> put_platform_firmware_version(Transaction& device, std::string_view version) {
  if (device.exists(named_uri()) && stored_value(device, named_uri()) == version) return {};
  DM_TRY(device.put(fwv_uri(), {std::nullopt, std::nullopt, Octets(version)}));
  return device.put(named_uri(), {Format::bin, std::nullopt, Octets(version)});
}

}  // namespace omadm
