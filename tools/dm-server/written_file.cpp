#include "tools/dm-server/written_file.h"

#include <sys/stat.h>

#include <cstdio>

namespace omadm::server {

Result<void> write_file(const std::string& path, Bytes content) {
  // A pipe or a device is written as it is; put in its place, a file would end it for everybody.
  struct stat there {};
  const bool is_file = ::stat(path.c_str(), &there) != 0 || S_ISREG(there.st_mode);
  const std::string aside = is_file ? path + ".new" : path;
  const Error failed{Errc::io, path + ": cannot be written"};
  std::FILE* const file = std::fopen(aside.c_str(), "wb");
  if (file == nullptr) return failed;
  const bool good = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  const bool whole = std::fclose(file) == 0 && good;
  if (!is_file) return whole ? Result<void>() : failed;
  if (whole && std::rename(aside.c_str(), path.c_str()) == 0) return {};
  std::remove(aside.c_str());
  return failed;
}

}  // namespace omadm::server
