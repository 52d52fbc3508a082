#include "mo/common/kept_files.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "base/crypto/digest.h"
#include "base/text.h"

namespace omadm {
namespace {

constexpr std::string_view kMark = ".omadm-";    // before the number of a generation
constexpr std::uint64_t kSyncEvery = 2U << 20U;  // octets: the last sync has little left to do
constexpr std::string_view kReference = "file";  // first word of a reference
constexpr std::size_t kWords = 4;                // of a reference

std::string generation_path(const std::string& path, std::uint64_t generation) {
  return path + std::string(kMark) + std::to_string(generation);
}

std::string directory_of(const std::string& path) {
  const std::string directory = std::filesystem::path(path).parent_path().string();
  return directory.empty() ? "." : directory;
}

// The path that a file name in `directory` is a generation of, and which; nullopt: it is none.
struct Generation {
  std::string path;
  std::uint64_t number = 0;
};
std::optional<Generation> generation_of(const std::string& directory, std::string_view name) {
  const std::size_t mark = name.rfind(kMark);
  if (mark == std::string_view::npos || mark == 0) return std::nullopt;
  const auto number = parse_unsigned(name.substr(mark + kMark.size()));
  if (!number) return std::nullopt;
  return Generation{(std::filesystem::path(directory) / name.substr(0, mark)).string(), *number};
}

// Names in a directory that may not exist yet.
Result<std::vector<std::string>> list(FileSystem& files, const std::string& directory) {
  auto names = files.list(directory);
  if (!names && names.error().code == Errc::not_found) return std::vector<std::string>();
  return names;
}

Result<void> remove_if_there(FileSystem& files, const std::string& path) {
  auto removed = files.remove(path);
  if (!removed && removed.error().code == Errc::not_found) return {};
  return removed;
}

}  // namespace

std::optional<KeptValue> KeptValue::parse(Bytes stored) {
  const std::vector<std::string_view> words = split(stored, ' ');
  if (words.size() != kWords || words[0] != kReference || words[3].size() != 2 * kSha256Size) return std::nullopt;
  const auto generation = parse_unsigned(words[1]);
  const auto size = parse_unsigned(words[2]);
  if (!generation || !size) return std::nullopt;
  return KeptValue{*generation, *size, std::string(words[3])};
}

Octets KeptValue::text() const {
  return std::string(kReference) + " " + std::to_string(generation) + " " + std::to_string(size) + " " + sha256;
}

struct KeptFiles::Shared {
  std::shared_ptr<FileSystem> files;
  Tree& tree;
  std::map<std::string, std::uint64_t> last;  // generation by path: the highest that was ever seen
  std::set<std::string> being_written;        // paths of generations
};

class KeptFiles::Sink final : public ValueSink {
 public:
  Sink(std::shared_ptr<Shared> shared, Place place, std::uint64_t generation, std::unique_ptr<AppendFile> file)
      : shared_(std::move(shared)),
        place_(std::move(place)),
        path_(generation_path(place_.path, generation)),
        file_(std::move(file)) {
    value_.generation = generation;
    shared_->being_written.insert(path_);
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() override {
    file_.reset();
    shared_->being_written.erase(path_);
    // When nobody knows what the store has, the next start finds out.
    if (finished_ && (shared_->tree.is_in_doubt() || is_committed())) return;
    static_cast<void>(shared_->files->remove(path_));  // else settle() does
  }

  Result<void> write(Bytes octets) override {
    if (value_.size + octets.size() > place_.max_size) {
      return Error{Errc::too_large, place_.leaf.str() + ": more than " + std::to_string(place_.max_size) + " octets"};
    }
    DM_TRY(file_->append(octets));
    digest_.update(octets);
    value_.size += octets.size();
    unsynced_ += octets.size();
    if (unsynced_ < kSyncEvery) return {};
    unsynced_ = 0;
    return file_->sync();
  }

  Result<Octets> finish() override {
    if (value_.size == 0) return Octets();  // has no file
    DM_TRY(file_->sync());
    DM_TRY(shared_->files->sync_directory(directory_of(path_)));
    value_.sha256 = hex_encode(digest_.finish());
    finished_ = true;
    return value_.text();
  }

 private:
  bool is_committed() const {
    const auto node = shared_->tree.begin(Principal::device()).peek(place_.leaf);
    return node && node->data == value_.text();
  }

  std::shared_ptr<Shared> shared_;  // owners: KeptFiles and its sinks
  Place place_;
  std::string path_;
  std::unique_ptr<AppendFile> file_;
  KeptValue value_;
  Sha256Stream digest_;
  std::uint64_t unsynced_ = 0;
  bool finished_ = false;
};

KeptFiles::KeptFiles(std::shared_ptr<FileSystem> files, Tree& tree)
    : shared_(std::make_shared<Shared>(Shared{std::move(files), tree, {}, {}})) {}

Result<std::unique_ptr<ValueSink>> KeptFiles::receive(const Place& place, std::uint64_t size) {
  if (size > place.max_size) {
    return Error{Errc::too_large, place.leaf.str() + ": " + std::to_string(size) + " octets, more than " +
                                      std::to_string(place.max_size)};
  }
  const std::string directory = directory_of(place.path);
  DM_TRY(shared_->files->make_directory(directory));
  std::error_code failed;
  const auto space = std::filesystem::space(directory, failed);
  if (!failed && space.available < size) {
    return Error{Errc::storage_full, directory + ": " + std::to_string(space.available) + " octets free"};
  }
  const std::uint64_t generation = ++shared_->last[place.path];
  const std::string path = generation_path(place.path, generation);
  DM_TRY(remove_if_there(*shared_->files, path));
  auto file = DM_TRY(shared_->files->open_append(path));
  return std::unique_ptr<ValueSink>(std::make_unique<Sink>(shared_, place, generation, std::move(file)));
}

Result<void> KeptFiles::settle(const std::string& path, Bytes stored) {
  const auto value = KeptValue::parse(stored);
  const std::string directory = directory_of(path);
  std::uint64_t& last = shared_->last[path];
  if (value) last = std::max(last, value->generation);
  bool changed = false;
  for (const std::string& name : DM_TRY(list(*shared_->files, directory))) {
    const auto found = generation_of(directory, name);
    if (!found || found->path != (std::filesystem::path(directory) / std::filesystem::path(path).filename()).string()) {
      continue;
    }
    const std::string there = generation_path(path, found->number);
    last = std::max(last, found->number);
    if (value && found->number == value->generation) {
      DM_TRY(shared_->files->rename(there, path));
    } else if (shared_->being_written.count(there) == 0) {
      DM_TRY(remove_if_there(*shared_->files, there));
    } else {
      continue;
    }
    changed = true;
  }
  return changed ? shared_->files->sync_directory(directory) : Result<void>();
}

Result<void> KeptFiles::remove(const std::string& path) {
  const auto removed = shared_->files->remove(path);
  if (!removed) return removed.error().code == Errc::not_found ? Result<void>() : removed.error();
  return shared_->files->sync_directory(directory_of(path));
}

Result<void> KeptFiles::sweep(const std::string& directory, std::string_view ending,
                              const std::set<std::string>& paths) {
  for (const std::string& name : DM_TRY(list(*shared_->files, directory))) {
    const std::string path = (std::filesystem::path(directory) / name).string();
    const auto generation = generation_of(directory, name);
    const std::string& of = generation ? generation->path : path;
    if (!of.ends_with(ending) || paths.count(of) != 0 || shared_->being_written.count(path) != 0) continue;
    DM_TRY(remove_if_there(*shared_->files, path));
  }
  return {};
}

Result<Octets> KeptFiles::read(const std::string& path, Bytes stored, std::uint64_t most) const {
  if (const auto value = KeptValue::parse(stored)) {
    auto unsettled = shared_->files->read(generation_path(path, value->generation), most);
    if (unsettled || unsettled.error().code != Errc::not_found) return unsettled;
  }
  return shared_->files->read(path, most);
}

}  // namespace omadm
