// Files, as a port: the crash tests put a power cut behind every call.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

// An open file for appending, by one writer at a time. Closed by the destructor, which does not sync.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  virtual Result<void> append(Bytes octets) = 0;  // all or an error; storage_full, io
  // That many zeros behind what was appended, in place of those that are there. What is appended later overwrites them,
  // and its sync is cheaper: the file keeps its size and its blocks. Who reads the file finds the zeros, and they
  // count as appended when it is opened again; truncate() takes them away. All or an error; storage_full, io.
  virtual Result<void> make_room(std::uint64_t octets) = 0;
  virtual Result<void> sync() = 0;  // fdatasync
  virtual Result<void> truncate(std::uint64_t size) = 0;
  virtual std::uint64_t size() const = 0;  // without the room
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual Result<Octets> read(const std::string& path, std::uint64_t max_octets) = 0;    // not_found, too_large, io
  virtual Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) = 0;  // created with mode 0600
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;       // atomic, replaces
  virtual Result<void> remove(const std::string& path) = 0;                              // not_found
  virtual Result<void> sync_directory(const std::string& path) = 0;
  virtual Result<std::vector<std::string>> list(const std::string& directory) = 0;  // names, sorted
  virtual Result<void> make_directory(const std::string& path) = 0;                 // parents too; existing is fine
};

class PosixFileSystem final : public FileSystem {
 public:
  Result<Octets> read(const std::string& path, std::uint64_t max_octets) override;
  Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> sync_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Result<void> make_directory(const std::string& path) override;
};

// An advisory lock held by one process at a time; released by the destructor or the process's end.
class FileLock {
 public:
  // unavailable: held; the detail names the process id that holds it.
  static Result<FileLock> acquire(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) noexcept : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace omadm
