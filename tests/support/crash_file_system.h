// A file system in memory that can lose power, run full and fail.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/io/file_system.h"

namespace omadm::test {

// What of the changes since the last sync a power cut leaves behind.
enum class Remains : std::uint8_t { lost, torn, holed, kept };
inline constexpr Remains kAllRemains[] = {Remains::lost, Remains::torn, Remains::holed, Remains::kept};

// Contents of files and entries of directories become durable separately: the first with AppendFile::sync, the
// second with sync_directory. Directories themselves are always there and durable. Mutating calls are counted.
class CrashFileSystem final : public FileSystem {
 public:
  enum class Fault : std::uint8_t { power, io, storage_full };

  // The mutating call number `call` (from 1) and, for power and io, every later one fails; power: without effect,
  // else appends have half of theirs.
  void fail_at(std::size_t call, Fault fault) {
    fail_at_ = call;
    fault_ = fault;
  }
  std::size_t calls() const { return calls_; }    // mutating calls so far
  bool failed() const { return failed_; }         // the fault was met
  std::size_t writes() const { return writes_; }  // appends
  std::size_t syncs() const { return syncs_; }    // of files and directories

  // The file system after a power cut. `entries` says which of the unsynced directory changes are kept, one bit
  // each in order of change.
  CrashFileSystem after_power_cut(Remains contents, std::uint64_t entries) const {
    CrashFileSystem result;
    std::map<std::string, std::shared_ptr<Inode>> names = durable_names_;
    for (std::size_t i = 0; i < unsynced_.size(); ++i) {
      if ((entries >> i & 1U) != 0) apply(unsynced_[i], names);
    }
    for (const auto& [name, inode] : names) {
      auto copy = std::make_shared<Inode>();
      copy->durable = copy->current = remains_of(*inode, contents);
      result.names_[name] = copy;
    }
    result.durable_names_ = result.names_;
    return result;
  }
  std::size_t unsynced_entries() const { return unsynced_.size(); }
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

  Result<Octets> read(const std::string& path, std::uint64_t max_octets) override {
    const auto found = names_.find(path);
    if (found == names_.end()) return Error{Errc::not_found, path};
    if (found->second->current.size() > max_octets) return Error{Errc::too_large, path};
    return found->second->current;
  }

  Result<std::unique_ptr<AppendFile>> open_append(const std::string& path) override {
    const auto found = names_.find(path);
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
    return {};
  }

  Result<std::vector<std::string>> list(const std::string& directory) override {
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
  };
  struct Change {
    enum class Kind : std::uint8_t { create, rename, remove } kind;
    std::string from, to;
    std::shared_ptr<Inode> inode;
  };

  class File final : public AppendFile {
   public:
    File(CrashFileSystem& system, std::shared_ptr<Inode> inode) : system_(system), inode_(std::move(inode)) {}
    Result<void> append(Bytes octets) override {
      if (const auto fault = system_.next_call()) {
        if (system_.fault_ != Fault::power) inode_->current += octets.substr(0, octets.size() / 2);
        return *fault;
      }
      inode_->current += octets;
      ++system_.writes_;
      return {};
    }
    Result<void> sync() override {
      if (const auto fault = system_.next_call()) return *fault;
      inode_->durable = inode_->current;
      ++system_.syncs_;
      return {};
    }
    Result<void> truncate(std::uint64_t size) override {
      if (const auto fault = system_.next_call()) return *fault;
      inode_->current.resize(static_cast<std::size_t>(size));
      return {};
    }
    Result<std::uint64_t> size() const override { return inode_->current.size(); }

   private:
    CrashFileSystem& system_;
    std::shared_ptr<Inode> inode_;
  };

  std::optional<Error> next_call() {
    ++calls_;
    if (fail_at_ == 0 || calls_ < fail_at_ || (calls_ > fail_at_ && fault_ == Fault::storage_full)) return {};
    failed_ = true;
    if (fault_ == Fault::storage_full) return Error{Errc::storage_full, "no space left on device"};
    return Error{Errc::io, fault_ == Fault::power ? "power is gone" : "input/output error"};
  }

  static void apply(const Change& change, std::map<std::string, std::shared_ptr<Inode>>& names) {
    if (change.kind != Change::Kind::create) names.erase(change.from);
    if (change.kind == Change::Kind::create) names[change.from] = change.inode;
    if (change.kind == Change::Kind::rename) names[change.to] = change.inode;
  }
  void change(Change what) {
    apply(what, names_);
    unsynced_.push_back(std::move(what));
  }

  static Octets remains_of(const Inode& inode, Remains remains) {
    const Octets& before = inode.durable;
    const Octets& after = inode.current;
    if (remains == Remains::lost || before == after) return before;
    if (remains == Remains::kept) return after;
    const auto differ = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
    const auto same = static_cast<std::size_t>(differ.second - after.begin());
    const std::size_t middle = same + (after.size() - same) / 2;
    Octets result = after;
    if (remains == Remains::torn) {
      // The first half of the new octets came down; the size is the larger of both.
      result.resize(middle);
      if (before.size() > middle) result += before.substr(middle);
    } else {
      // The size and the second half came down, of the first half only the room.
      std::fill(result.begin() + static_cast<std::ptrdiff_t>(same),
                result.begin() + static_cast<std::ptrdiff_t>(middle), '\0');
    }
    return result;
  }

  std::map<std::string, std::shared_ptr<Inode>> names_;
  std::map<std::string, std::shared_ptr<Inode>> durable_names_;
  std::vector<Change> unsynced_;
  std::size_t calls_ = 0;
  std::size_t fail_at_ = 0;
  Fault fault_ = Fault::io;
  bool failed_ = false;
  std::size_t writes_ = 0;
  std::size_t syncs_ = 0;
};

}  // namespace omadm::test
