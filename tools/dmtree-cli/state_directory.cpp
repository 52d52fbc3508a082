#include "tools/dmtree-cli/state_directory.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "base/text.h"
#include "client/device_ddf.h"

namespace omadm {
namespace {

constexpr int kMostAttempts = 20;
constexpr std::chrono::milliseconds kPatience{2000};  // for a lock that another command holds
constexpr std::chrono::milliseconds kPause{20};

// Which snapshot there is; changes with every compaction.
std::pair<ino_t, off_t> snapshot_identity(const std::string& directory) {
  struct stat status {};
  const std::string path = directory + "/" + std::string(kSnapshotFile);
  if (::stat(path.c_str(), &status) != 0) return {0, 0};
  return {status.st_ino, status.st_size};
}

}  // namespace

Result<void> require_state(const std::string& directory, bool fresh_is_fine) {
  PosixFileSystem files;
  const Result<std::vector<std::string>> names = files.list(directory);
  const std::string advice = "run `dm-client bootstrap`, or name another directory with --state";
  if (!names && names.error().code == Errc::not_found) {
    return Error{Errc::not_found, "no state directory " + directory + ": " + advice};
  }
  if (!names) return names.error();
  const bool any = std::any_of(names->begin(), names->end(), [](const std::string& name) {
    return name == kSnapshotFile || name == kFormerSnapshotFile || name == kJournalFile;
  });
  if (any || fresh_is_fine) return {};
  return Error{Errc::not_found, "no state in " + directory + ": " + advice};
}

std::string lock_holder(const std::string& directory) {
  PosixFileSystem files;
  const auto pid = parse_unsigned(trim(files.read(directory + "/lock", 32).value_or("")));
  if (!pid) return "an unknown process";
  const std::string number = std::to_string(*pid);
  const std::string name(trim(files.read("/proc/" + number + "/comm", 64).value_or("")));
  return "process " + number + (name.empty() ? "" : " (" + name + ")");
}

Result<FileLock> lock_state(const std::string& directory) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    Result<FileLock> lock = FileLock::acquire(directory + "/lock");
    if (lock || lock.error().code != Errc::unavailable) return lock;
    if (std::chrono::steady_clock::now() >= give_up)
      return Error{Errc::unavailable, lock_holder(directory) + " holds it"};
    std::this_thread::sleep_for(kPause);
  }
}

Result<void> read_steadily(const std::string& directory, const std::function<Result<void>()>& read) {
  for (int attempt = 1;; ++attempt) {
    const auto before = snapshot_identity(directory);
    Result<void> result = read();
    if (before == snapshot_identity(directory) || attempt == kMostAttempts) return result;
    std::this_thread::sleep_for(kPause);
  }
}

Result<std::unique_ptr<LocalTree>> LocalTree::open_for_reading(const std::string& directory,
                                                               const std::vector<std::string>& descriptions) {
  std::unique_ptr<LocalTree> local;
  const auto read = [&]() -> Result<void> {
    Ddf ddf = DM_TRY(device_ddf(descriptions));
    local.reset(new LocalTree(std::move(ddf)));
    local->store_ = DM_TRY(JournalStore::open(local->files_, directory));
    local->read_only_ = std::make_unique<ReadOnlyStore>(*local->store_);
    local->tree_ = DM_TRY(Tree::open(*local->read_only_, local->ddf_, local->clock_));
    return {};
  };
  DM_TRY(read_steadily(directory, read));
  return local;
}

Result<std::unique_ptr<LocalTree>> LocalTree::open_for_writing(const std::string& directory,
                                                               const std::vector<std::string>& descriptions,
                                                               const JournalStoreOptions& options) {
  Ddf ddf = DM_TRY(device_ddf(descriptions));
  std::unique_ptr<LocalTree> local(new LocalTree(std::move(ddf)));
  local->lock_ = DM_TRY(lock_state(directory));
  local->store_ = DM_TRY(JournalStore::open(local->files_, directory, options));
  local->tree_ = DM_TRY(Tree::open(*local->store_, local->ddf_, local->clock_));
  return local;
}

}  // namespace omadm
