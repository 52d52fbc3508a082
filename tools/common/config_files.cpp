#include "tools/common/config_files.h"

#include "base/io/file_system.h"

namespace omadm {
namespace {

constexpr std::string_view kFolder = "/etc/dm-client/";
constexpr std::string_view kMainFile = "dm-client.toml";
constexpr std::string_view kParts = "conf.d";

}  // namespace

Result<std::vector<std::string>> config_files(const std::string& given) {
  if (!given.empty()) return std::vector<std::string>{given};
  PosixFileSystem files;
  const std::string folder(kFolder);
  std::vector<std::string> found;
  const auto names = files.list(folder);
  if (!names && names.error().code == Errc::not_found) return found;
  for (const std::string& name : DM_TRY(names)) {
    if (name == kMainFile) found.push_back(folder + name);
  }
  const std::string parts = folder + std::string(kParts);
  const auto part_names = files.list(parts);
  if (!part_names && part_names.error().code == Errc::not_found) return found;
  for (const std::string& name : DM_TRY(part_names)) {
    if (name.ends_with(".toml")) found.push_back(parts + "/" + name);
  }
  return found;
}

}  // namespace omadm
