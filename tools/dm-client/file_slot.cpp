#include "tools/dm-client/file_slot.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/crypto/digest.h"
#include "base/io/event_loop.h"
#include "base/text.h"

namespace omadm {
namespace {

constexpr std::size_t kBuffer = 1U << 18U;

class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const noexcept { return number_; }

 private:
  int number_;
};

Error system_error(const std::string& what) {
  const int number = errno;
  return {number == ENOSPC || number == EFBIG ? Errc::storage_full : Errc::io, what + ": " + std::strerror(number)};
}

Result<Descriptor*> opened(Descriptor& descriptor, const std::string& path) {
  if (descriptor.get() < 0) return system_error(path);
  return &descriptor;
}

// SHA-256 of the first `size` octets; "" when there are not so many.
Result<std::string> digest_of(const std::string& path, std::uint64_t size, const std::atomic<bool>& stop) {
  Descriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  DM_TRY(opened(in, path));
  Sha256Stream digest;
  std::vector<char> buffer(kBuffer);
  while (size > 0 && !stop) {
    const ssize_t count = ::read(in.get(), buffer.data(), std::min<std::uint64_t>(size, buffer.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(path);
    if (count == 0) return std::string();
    digest.update({buffer.data(), static_cast<std::size_t>(count)});
    size -= static_cast<std::uint64_t>(count);
  }
  return hex_encode(digest.finish());
}

Result<void> write_all(int descriptor, const char* data, std::size_t size, const std::string& path) {
  while (size > 0) {
    const ssize_t count = ::write(descriptor, data, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(path);
    data += count;
    size -= static_cast<std::size_t>(count);
  }
  return {};
}

// However the one path and the other are written.
bool same_place(const std::string& one, const std::string& other) {
  std::error_code failed;
  const auto real = std::filesystem::weakly_canonical(one, failed);
  const auto other_real = failed ? std::filesystem::path() : std::filesystem::weakly_canonical(other, failed);
  return !failed && real == other_real;
}

InstallOutcome outcome_of(Errc code) {
  if (code == Errc::storage_full) return InstallOutcome::out_of_memory;
  return code == Errc::corrupt ? InstallOutcome::corrupted : InstallOutcome::failed;
}

}  // namespace

FileSlot::FileSlot(std::vector<std::string> slots, std::string active)
    : slots_(std::move(slots)), active_(std::move(active)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

FileSlot::~FileSlot() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  if (wake_ >= 0) ::close(wake_);
}

void FileSlot::attach(Client& client) {
  client_ = &client;
  client_->watch(wake_, kReadable, [this](unsigned) { heard(); });
  if (!job_) return;
  if (auto started = start(); !started) {
    Job job = std::move(*std::exchange(job_, std::nullopt));
    job.done({InstallOutcome::failed, {}, started.error().detail});
  }
}

Result<void> FileSlot::install(const FirmwarePackage& package, std::function<void(int)> progress, Done done) {
  if (job_) return Error{Errc::unavailable, "another package is being installed"};
  job_ = Job{package, std::move(progress), std::move(done)};
  if (client_ == nullptr) return {};
  auto started = start();
  if (!started) job_.reset();
  return started;
}

Result<void> FileSlot::start() {
  if (wake_ < 0) return Error{Errc::io, "eventfd: none to be had"};
  if (thread_.joinable()) thread_.join();
  ended_ = false;
  percent_ = 0;
  thread_ = std::thread([this, package = job_->package] { work(package); });
  return {};
}

void FileSlot::tell() {
  const std::uint64_t one = 1;
  (void)!::write(wake_, &one, sizeof one);  // a full counter says the same
}

void FileSlot::heard() {
  std::uint64_t count = 0;
  (void)!::read(wake_, &count, sizeof count);
  if (!job_) return;
  if (job_->progress) job_->progress(percent_);
  if (!ended_) return;
  Job job = std::move(*std::exchange(job_, std::nullopt));
  job.done(std::move(result_));
}

void FileSlot::work(const FirmwarePackage& package) {
  InstallResult result = write_image(package);
  if (stop_) return;
  result_ = std::move(result);
  ended_ = true;
  tell();
}

// What may be written to: the image that runs must not be touched.
Result<std::string> FileSlot::other_slot() const {
  std::error_code failed;
  if (!std::filesystem::is_symlink(active_, failed)) return Error{Errc::failed, active_ + ": no symbolic link"};
  const bool first = same_place(active_, slots_[0]);
  const bool second = same_place(active_, slots_[1]);
  if (first != second) return slots_[first ? 1 : 0];
  return Error{Errc::failed, active_ + (first ? ": both slots are the one it leads to" : ": it leads to no slot")};
}

InstallResult FileSlot::write_image(const FirmwarePackage& package) {
  const auto slot = other_slot();
  if (!slot) return {InstallOutcome::failed, {}, slot.error().detail, false};
  // Repeated after a power cut behind the last step: it is there already.
  const auto digest = digest_of(active_, package.size, stop_);
  if (digest && *digest == package.sha256) return {InstallOutcome::installed, {}, active_ + " has it", false};
  auto done = copy(package, *slot);
  if (done) done = make_active(*slot);
  if (!done) return {outcome_of(done.error().code), {}, done.error().detail, false};
  return {InstallOutcome::installed, {}, "in " + *slot, false};
}

Result<void> FileSlot::copy(const FirmwarePackage& package, const std::string& slot) {
  Descriptor in(::open(package.path.c_str(), O_RDONLY | O_CLOEXEC));
  DM_TRY(opened(in, package.path));
  {
    Descriptor out(::open(slot.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    DM_TRY(opened(out, slot));
    std::vector<char> buffer(kBuffer);
    std::uint64_t written = 0;
    while (!stop_) {
      const ssize_t count = ::read(in.get(), buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error(package.path);
      if (count == 0) break;
      DM_TRY(write_all(out.get(), buffer.data(), static_cast<std::size_t>(count), slot));
      written += static_cast<std::uint64_t>(count);
      const int percent = static_cast<int>(written * 90 / std::max<std::uint64_t>(package.size, 1));
      if (percent != percent_.exchange(percent)) tell();
    }
    std::error_code unknown;
    if (std::filesystem::is_regular_file(slot, unknown) && ::ftruncate(out.get(), static_cast<off_t>(written)) != 0) {
      return system_error(slot);
    }
    if (::fsync(out.get()) != 0) return system_error(slot);
  }
  const std::string digest = DM_TRY(digest_of(slot, package.size, stop_));
  if (stop_) return Error{Errc::cancelled, "given up"};
  if (digest != package.sha256) return Error{Errc::corrupt, slot + ": reads back other than it was written"};
  return {};
}

Result<void> FileSlot::make_active(const std::string& slot) const {
  const std::string aside = active_ + ".new";
  ::unlink(aside.c_str());
  if (::symlink(slot.c_str(), aside.c_str()) != 0) return system_error(aside);
  if (::rename(aside.c_str(), active_.c_str()) != 0) return system_error(active_);
  const std::string folder = std::filesystem::path(active_).parent_path();
  Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  DM_TRY(opened(directory, folder));
  if (::fsync(directory.get()) != 0) return system_error(folder);
  return {};
}

}  // namespace omadm
