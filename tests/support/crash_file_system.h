// A file system in memory that can lose power, run full and fail.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/io/file_system.h"

namespace omadm::test {

// What a power cut leaves of a file that changed since its last sync. "Changed" are the octets behind those both
// versions begin with; PowerCut::at counts from there.
enum class Remains : std::uint8_t {
  lost,      // the file as it was synced
  kept,      // the file as it was written
  torn,      // the first `at` new octets, then what was there before; the size is the larger one
  cut,       // the first `at` new octets and nothing behind them
  holed,     // the new size, but of the first `at` new octets only the room: zeros
  erased,    // the new size, but from the new octet `at` on the room is erased flash: 0xFF
  shuffled,  // the new size; an eighth of the new octets came down where `at` has its bit, in any order
};
inline constexpr Remains kAllRemains[] = {Remains::lost,  Remains::kept,   Remains::torn,    Remains::cut,
                                          Remains::holed, Remains::erased, Remains::shuffled};

struct PowerCut {
  Remains contents = Remains::lost;
  std::size_t at = 0;         // see Remains
  std::size_t undone = 0;     // so many of the last unsynced writes of a file had no effect at all
  std::uint64_t entries = 0;  // which of the unsynced directory changes are kept, one bit each in order of change
};

// Contents of files and entries of directories become durable separately: the first with AppendFile::sync, the
// second with sync_directory. Directories themselves are always there and durable. Mutating calls are counted.
class CrashFileSystem final : public FileSystem {
 public:
  enum class Fault : std::uint8_t { power, io, storage_full, read_only };

  // The mutating call number `call` (from 1) and, except for storage_full, every later one fails; appends that meet
  // io or storage_full have half of their effect. read_only: opening for writing fails as well.
  void fail_at(std::size_t call, Fault fault) {
    fail_at_ = call;
    fault_ = fault;
  }
  // The reading call number `call` (read, list; from 1) fails with io.
  void fail_reading_at(std::size_t call) { fail_reading_at_ = call; }
  // Makes no file durable from now on, and says it did: a test's test.
  void lie_about_syncs() { lies_ = true; }
  // Called after every mutating call that succeeded.
  void on_call(std::function<void()> observer) { observer_ = std::move(observer); }
  std::size_t calls() const { return calls_; }    // mutating calls so far
  bool failed() const { return failed_; }         // the fault was met
  std::size_t writes() const { return writes_; }  // appends
  std::size_t syncs() const { return syncs_; }    // of files and directories

  CrashFileSystem after_power_cut(const PowerCut& cut) const {
    CrashFileSystem result;
    std::map<std::string, std::shared_ptr<Inode>> names = durable_names_;
    for (std::size_t i = 0; i < unsynced_.size(); ++i) {
      if ((cut.entries >> i & 1U) != 0) apply(unsynced_[i], names);
    }
    for (const auto& [name, inode] : names) {
      auto copy = std::make_shared<Inode>();
      copy->durable = copy->current = remains_of(*inode, cut);
      result.names_[name] = copy;
    }
    result.durable_names_ = result.names_;
    return result;
  }
  std::size_t unsynced_entries() const { return unsynced_.size(); }
  // Of the file in which most is unsynced: writes, and octets that differ from what was synced.
  std::size_t unsynced_writes() const {
    std::size_t most = 0;
    for (const auto& [name, inode] : names_) most = std::max(most, inode->former.size());
    return most;
  }
  std::size_t unsynced_octets() const {
    std::size_t most = 0;
    for (const auto& [name, inode] : names_) {
      const std::size_t same = common_octets(inode->durable, inode->current);
      most = std::max(most, std::max(inode->durable.size(), inode->current.size()) - same);
    }
    return most;
  }
  // What another process sees after this one was killed: everything, nothing more durable than before.
  CrashFileSystem after_kill() const {
    CrashFileSystem result;
    std::map<const Inode*, std::shared_ptr<Inode>> copies;
    const auto copy = [&copies](const std::shared_ptr<Inode>& inode) {
      std::shared_ptr<Inode>& entry = copies[inode.get()];
      if (!entry) entry = std::make_shared<Inode>(*inode);
      return entry;
    };
    for (const auto& [name, inode] : names_) result.names_[name] = copy(inode);
    for (const auto& [name, inode] : durable_names_) result.durable_names_[name] = copy(inode);
    for (Change change : unsynced_) {
      if (change.inode) change.inode = copy(change.inode);
      result.unsynced_.push_back(std::move(change));
    }
    return result;
  }

  // For tests that look and damage.
  bool exists(const std::string& path) const { return names_.count(path) != 0; }
  Octets& content(const std::string& path) { return names_.at(path)->current; }
  void put(const std::string& path, Octets content) {
    auto inode = std::make_shared<Inode>();
    inode->durable = inode->current = std::move(content);
    names_[path] = durable_names_[path] = inode;
  }

  std::size_t octets() const {
    std::size_t sum = 0;
    for (const auto& [name, inode] : names_) sum += inode->current.size();
    return sum;
  }
  // Equal for equal names and contents.
  std::size_t fingerprint() const {
    std::string all;
    for (const auto& [name, inode] : names_) {
      all += name + '\n' + std::to_string(inode->current.size()) + '\n' + inode->current;
    }
    return std::hash<std::string>{}(all);
  }

  Result<Octets> read(const std::string& path, std::uint64_t max_octets) override {
    if (const auto fault = next_reading()) return *fault;
    const auto found = names_.find(path);
    if (found == names_.end()) return Error{Errc::not_found, path};
    if (found->second->current.size() > max_octets) return Error{Errc::too_large, path};
    return found->second->current;
  }

  Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) override {
    const auto found = names_.find(path);
    if (fault_ == Fault::read_only && failed_) return fault_error();
    if (found != names_.end()) return std::unique_ptr<AppendFile>(new File(*this, found->second));
    if (const auto fault = next_call()) return *fault;
    auto inode = std::make_shared<Inode>();
    change({Change::Kind::create, path, {}, inode});
    return std::unique_ptr<AppendFile>(new File(*this, inode));
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (const auto fault = next_call()) return *fault;
    if (!exists(from)) return Error{Errc::not_found, from};
    change({Change::Kind::rename, from, to, names_.at(from)});
    return {};
  }

  Result<void> remove(const std::string& path) override {
    if (!exists(path)) return Error{Errc::not_found, path};
    if (const auto fault = next_call()) return *fault;
    change({Change::Kind::remove, path, {}, nullptr});
    return {};
  }

  Result<void> sync_directory(const std::string&) override {
    if (const auto fault = next_call()) return *fault;
    durable_names_ = names_;
    unsynced_.clear();
    ++syncs_;
    tell();
    return {};
  }

  Result<std::vector<std::string>> list(const std::string& directory) override {
    if (const auto fault = next_reading()) return *fault;
    std::vector<std::string> names;
    for (const auto& [path, inode] : names_) {
      if (path.rfind(directory + "/", 0) == 0) names.push_back(path.substr(directory.size() + 1));
    }
    return names;
  }

  Result<void> make_directory(const std::string&) override { return {}; }

 private:
  struct Inode {
    Octets durable;
    Octets current;
    std::vector<Octets> former;  // the content before each unsynced write
  };
  struct Change {
    enum class Kind : std::uint8_t { create, rename, remove } kind;
    std::string from, to;
    std::shared_ptr<Inode> inode;
  };

  class File final : public AppendFile {
   public:
    File(CrashFileSystem& system, std::shared_ptr<Inode> inode)
        : system_(system), inode_(std::move(inode)), size_(content_size()) {}
    Result<void> append(Bytes octets) override {
      DM_TRY(write_behind(Octets(octets)));
      size_ += octets.size();
      return {};
    }
    Result<void> make_room(std::uint64_t octets) override {
      return write_behind(Octets(static_cast<std::size_t>(octets), '\0'));
    }
    Result<void> sync() override {
      if (const auto fault = system_.next_call()) return *fault;
      if (!system_.lies_) {
        inode_->durable = inode_->current;
        inode_->former.clear();
      }
      ++system_.syncs_;
      system_.tell();
      return {};
    }
    Result<void> truncate(std::uint64_t size) override {
      if (const auto fault = system_.next_call()) return *fault;
      Octets content = inode_->current;
      content.resize(static_cast<std::size_t>(size));
      write(std::move(content));
      size_ = content_size();
      system_.tell();
      return {};
    }
    std::uint64_t size() const override { return size_; }

   private:
    std::size_t content_size() const { return inode_->current.size(); }
    // Behind what was appended, in place of what room there is.
    Result<void> write_behind(const Octets& octets) {
      const auto with = [this](const Octets& added) {
        Octets content = inode_->current;
        return content.replace(size_, added.size(), added);
      };
      if (const auto fault = system_.next_call()) {
        const bool halfway = system_.fault_ == Fault::io || system_.fault_ == Fault::storage_full;
        if (halfway) write(with(octets.substr(0, octets.size() / 2)));
        return *fault;
      }
      write(with(octets));
      ++system_.writes_;
      system_.tell();
      return {};
    }
    void write(Octets content) {
      if (content == inode_->current) return;
      inode_->former.push_back(std::exchange(inode_->current, std::move(content)));
    }

    CrashFileSystem& system_;
    std::shared_ptr<Inode> inode_;
    std::size_t size_;  // without the room
  };

  std::optional<Error> next_call() {
    ++calls_;
    if (fail_at_ == 0 || calls_ < fail_at_ || (calls_ > fail_at_ && fault_ == Fault::storage_full)) return {};
    failed_ = true;
    return fault_error();
  }
  std::optional<Error> next_reading() {
    if (++reading_calls_ != fail_reading_at_) return {};
    return Error{Errc::io, "input/output error"};
  }
  Error fault_error() const {
    switch (fault_) {
      case Fault::power:
        return {Errc::io, "power is gone"};
      case Fault::storage_full:
        return {Errc::storage_full, "no space left on device"};
      case Fault::read_only:
        return {Errc::permission_denied, "read-only file system"};
      case Fault::io:
        break;
    }
    return {Errc::io, "input/output error"};
  }
  void tell() const {
    if (observer_) observer_();
  }

  static void apply(const Change& change, std::map<std::string, std::shared_ptr<Inode>>& names) {
    if (change.kind != Change::Kind::create) names.erase(change.from);
    if (change.kind == Change::Kind::create) names[change.from] = change.inode;
    if (change.kind == Change::Kind::rename) names[change.to] = change.inode;
  }
  void change(Change what) {
    apply(what, names_);
    unsynced_.push_back(std::move(what));
    tell();
  }

  static std::size_t common_octets(const Octets& a, const Octets& b) {
    const auto differ = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return static_cast<std::size_t>(differ.first - a.begin());
  }

  static Octets remains_of(const Inode& inode, const PowerCut& cut) {
    const Octets& before = inode.durable;
    const std::size_t undone = std::min(cut.undone, inode.former.size());
    const Octets& after = undone == 0 ? inode.current : inode.former[inode.former.size() - undone];
    if (cut.contents == Remains::lost || before == after) return before;
    const std::size_t same = common_octets(before, after);
    const std::size_t fresh = after.size() - same;
    const std::size_t middle = same + std::min(cut.at, fresh);
    Octets result = after;
    switch (cut.contents) {
      case Remains::torn:
        result.resize(middle);
        if (before.size() > middle) result += before.substr(middle);
        break;
      case Remains::cut:
        result.resize(middle);
        break;
      case Remains::holed:
        std::fill(result.begin() + offset(same), result.begin() + offset(middle), '\0');
        break;
      case Remains::erased:
        std::fill(result.begin() + offset(middle), result.end(), '\xFF');
        break;
      case Remains::shuffled:
        for (std::size_t i = 0; i < fresh; ++i) {
          if ((cut.at >> (i * 8 / fresh) & 1U) == 0)
            result[same + i] = same + i < before.size() ? before[same + i] : '\0';
        }
        break;
      case Remains::lost:
      case Remains::kept:
        break;
    }
    return result;
  }
  static std::ptrdiff_t offset(std::size_t octets) { return static_cast<std::ptrdiff_t>(octets); }

  std::map<std::string, std::shared_ptr<Inode>> names_;
  std::map<std::string, std::shared_ptr<Inode>> durable_names_;
  std::vector<Change> unsynced_;
  std::size_t calls_ = 0;
  std::size_t reading_calls_ = 0;
  std::size_t fail_at_ = 0;
  std::size_t fail_reading_at_ = 0;
  Fault fault_ = Fault::io;
  bool failed_ = false;
  bool lies_ = false;
  std::size_t writes_ = 0;
  std::size_t syncs_ = 0;
  std::function<void()> observer_;
};

}  // namespace omadm::test
