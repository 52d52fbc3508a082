#include "tools/common/input.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/io/file_system.h"

namespace omadm {

Result<Octets> read_input(const std::string& file, std::uint64_t limit) {
  if (file != "-") {
    PosixFileSystem files;
    return files.read(file, limit);
  }
  Octets octets;
  std::array<char, 1U << 16U> chunk{};
  while (true) {
    const ssize_t count = ::read(STDIN_FILENO, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Error{Errc::io, std::string("standard input: ") + std::strerror(errno)};
    if (count == 0) return octets;
    octets.append(chunk.data(), static_cast<std::size_t>(count));
    if (octets.size() > limit) {
      return Error{Errc::too_large, "standard input: over " + std::to_string(limit) + " octets"};
    }
  }
}

}  // namespace omadm
