#include "base/io/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace omadm {
namespace {

Errc errc_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return Errc::not_found;
    case EEXIST:
      return Errc::already_exists;
    case EACCES:
    case EPERM:
    case EROFS:
      return Errc::permission_denied;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:  // RLIMIT_FSIZE
      return Errc::storage_full;
    default:
      return Errc::io;
  }
}

Error system_error(const std::string& path, int error = errno) {
  return {errc_of(error), path + ": " + std::strerror(error)};
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const noexcept { return descriptor_; }
  int release() noexcept { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

Result<Descriptor> open_file(const std::string& path, int flags) {
  int descriptor = -1;
  do {
    descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) return system_error(path);
  return Descriptor(descriptor);
}

template <typename Call>
Result<void> retried(const std::string& path, Call call) {
  int result = -1;
  do {
    result = call();
  } while (result != 0 && errno == EINTR);
  if (result != 0) return system_error(path);
  return {};
}

class PosixAppendFile final : public AppendFile {
 public:
  PosixAppendFile(std::string path, Descriptor file, std::uint64_t size)
      : path_(std::move(path)), file_(std::move(file)), size_(size) {}

  Result<void> append(Bytes octets) override {
    DM_TRY(write(octets));
    size_ += octets.size();
    return {};
  }

  Result<void> make_room(std::uint64_t octets) override {
    return write(Octets(static_cast<std::size_t>(octets), '\0'));
  }

  Result<void> sync() override {
    return retried(path_, [this] { return ::fdatasync(file_.get()); });
  }

  Result<void> truncate(std::uint64_t size) override {
    DM_TRY(retried(path_, [this, size] { return ::ftruncate(file_.get(), static_cast<off_t>(size)); }));
    size_ = size;
    return {};
  }

  std::uint64_t size() const override { return size_; }

 private:
  // Behind what was appended.
  Result<void> write(Bytes octets) {
    for (std::uint64_t at = size_; !octets.empty();) {
      const ssize_t written = ::pwrite(file_.get(), octets.data(), octets.size(), static_cast<off_t>(at));
      if (written > 0) {
        octets.remove_prefix(static_cast<std::size_t>(written));
        at += static_cast<std::uint64_t>(written);
        continue;
      }
      if (written < 0 && errno == EINTR) continue;
      Error error = written == 0 ? Error{Errc::io, path_ + ": nothing could be written"} : system_error(path_);
      // All or an error: what went out before the medium was full is taken back.
      if (auto cut = truncate(size_); !cut) error.detail += "; and the part written could not be taken back";
      return error;
    }
    return {};
  }

  std::string path_;
  Descriptor file_;
  std::uint64_t size_;
};

}  // namespace

Result<Octets> PosixFileSystem::read(const std::string& path, std::uint64_t max_octets) {
  const Descriptor file = DM_TRY(open_file(path, O_RDONLY));
  Octets content;
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && status.st_size > 0) {  // some files have no size and yet a content
    content.reserve(
        static_cast<std::size_t>(std::min<std::uint64_t>(static_cast<std::uint64_t>(status.st_size), max_octets)));
  }
  char buffer[16384];
  while (true) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(path);
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
    if (content.size() > max_octets) {
      return Error{Errc::too_large, path + ": over " + std::to_string(max_octets) + " octets"};
    }
  }
}

Result<std::unique_ptr<AppendFile>> PosixFileSystem::open_append(const std::string& path) {
  Descriptor file = DM_TRY(open_file(path, O_WRONLY | O_CREAT));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_error(path);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  return std::unique_ptr<AppendFile>(std::make_unique<PosixAppendFile>(path, std::move(file), size));
}

Result<void> PosixFileSystem::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return system_error(from + " to " + to);
  return {};
}

Result<void> PosixFileSystem::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return system_error(path);
  return {};
}

Result<void> PosixFileSystem::sync_directory(const std::string& path) {
  const Descriptor directory = DM_TRY(open_file(path, O_RDONLY | O_DIRECTORY));
  return retried(path, [&directory] { return ::fsync(directory.get()); });
}

Result<std::vector<std::string>> PosixFileSystem::list(const std::string& directory) {
  DIR* const open = ::opendir(directory.c_str());
  if (open == nullptr) return system_error(directory);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(open)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  const int error = errno;
  ::closedir(open);
  if (error != 0) return system_error(directory, error);
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> PosixFileSystem::make_directory(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (!part.empty() && ::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      // A parent that exists may still refuse mkdir (a read-only root, an automounter): what counts is that it is
      // there.
      const int error = errno;
      struct stat status {};
      if (::stat(part.c_str(), &status) != 0) return system_error(part, error);
    }
    if (end == std::string::npos) break;
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return system_error(path);
  if (!S_ISDIR(status.st_mode)) return Error{Errc::already_exists, path + ": exists and is not a directory"};
  return {};
}

Result<FileLock> FileLock::acquire(const std::string& path) {
  Descriptor file = DM_TRY(open_file(path, O_RDWR | O_CREAT));
  int result = -1;
  do {
    result = ::flock(file.get(), LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  if (result != 0) {
    if (errno != EWOULDBLOCK) return system_error(path);
    char text[32];
    const ssize_t count = ::pread(file.get(), text, sizeof text, 0);
    const std::string_view holder = trim({text, count > 0 ? static_cast<std::size_t>(count) : 0});
    return Error{Errc::unavailable, path + ": held by process " + std::string(holder.empty() ? "unknown" : holder)};
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) != 0) return system_error(path);
  // The number only serves the refusal of others: a full medium must not keep us out of our own state.
  [[maybe_unused]] const ssize_t written = ::pwrite(file.get(), pid.data(), pid.size(), 0);
  return FileLock(file.release());
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace omadm
