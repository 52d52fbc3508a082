#include "tools/dm-client/device_identity.h"

#include <map>

#include "base/crypto/digest.h"
#include "base/io/file_system.h"
#include "base/text.h"

namespace omadm {
namespace {

std::string first_line(const std::string& path) {
  PosixFileSystem files;
  const auto content = files.read(path, 65536);
  if (!content) return {};
  const std::string_view line = trim(std::string_view(*content).substr(0, content->find('\n')));
  return is_utf8(line) ? std::string(line) : std::string();
}

// KEY="value" lines; os-release(5).
std::map<std::string, std::string> os_release(const std::string& root) {
  PosixFileSystem files;
  std::map<std::string, std::string> values;
  auto content = files.read(root + "/etc/os-release", 65536);
  if (!content) content = files.read(root + "/usr/lib/os-release", 65536);
  if (!content || !is_utf8(*content)) return values;
  for (const std::string_view line : split(*content, '\n')) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || line.front() == '#') continue;
    std::string_view value = trim(line.substr(equals + 1));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
      value = value.substr(1, value.size() - 2);
    }
    values.emplace(trim(line.substr(0, equals)), value);
  }
  return values;
}

// machine-id(5) must not be shown as it is: a digest of it is as unique. RFC 4122 version 8 layout is not
// claimed by these digits; they only have the form of a UUID.
std::string device_urn(const std::string& root) {
  std::string id = first_line(root + "/etc/machine-id");
  if (id.empty()) id = first_line(root + "/proc/sys/kernel/hostname");
  if (id.empty()) return {};
  const std::string digits = hex_encode(sha256("omadm device " + id));
  return "urn:uuid:" + digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" +
         digits.substr(16, 4) + "-" + digits.substr(20, 12);
}

}  // namespace

DeviceIdentity complete_identity(DeviceIdentity device, std::vector<std::string>& guessed, const std::string& root) {
  const std::string dmi = root + "/sys/class/dmi/id/";
  const auto os = os_release(root);
  const auto os_value = [&os](const char* key) {
    const auto found = os.find(key);
    return found == os.end() ? std::string() : found->second;
  };
  const auto fill = [&guessed](const char* key, std::string& value, std::initializer_list<std::string> sources) {
    if (!value.empty()) return;
    guessed.emplace_back(key);
    for (const std::string& source : sources) {
      if (value.empty()) value = source;
    }
  };
  fill("dev_id", device.dev_id, {device_urn(root), "urn:uuid:00000000-0000-0000-0000-000000000000"});
  fill("man", device.man, {first_line(dmi + "sys_vendor"), os_value("NAME"), "unknown"});
  fill("mod", device.mod, {first_line(dmi + "product_name"), os_value("ID"), "unknown"});
  fill("oem", device.oem, {device.man});
  fill("fwv", device.fwv, {os_value("IMAGE_VERSION"), os_value("VERSION_ID"), "unknown"});
  fill("swv", device.swv, {os_value("PRETTY_NAME"), "unknown"});
  fill("hwv", device.hwv, {first_line(dmi + "product_version"), "unknown"});
  return device;
}

}  // namespace omadm
