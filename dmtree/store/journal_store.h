// The tree on flash: tree.snapshot, tree.snapshot.prev and tree.journal in one directory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/io/file_system.h"
#include "dmtree/store/record.h"
#include "dmtree/store/store.h"
#include "dmtree/store/store_file.h"

namespace omadm {

struct History;  // dmtree/store/history.h

inline constexpr std::string_view kSnapshotFile = "tree.snapshot";
inline constexpr std::string_view kFormerSnapshotFile = "tree.snapshot.prev";
inline constexpr std::string_view kNewSnapshotFile = "tree.snapshot.new";
inline constexpr std::string_view kJournalFile = "tree.journal";
inline constexpr std::string_view kEvidenceMark = ".bad-";  // behind the name of a damaged file, then a number

inline constexpr std::uint64_t kHistoryOctets = 64U << 10U;  // unless configured

struct JournalStoreOptions {
  std::uint64_t compact_above = 64U << 10U;  // octets of journal; a larger snapshot raises it to eight times its own
  std::uint64_t max_octets = 256U << 20U;    // of one file to read
  std::uint64_t room_above = 4U << 10U;      // octets written until room is made for more, see make_room()
  std::uint64_t history_octets = kHistoryOctets;  // of commits a snapshot keeps of the time before it; 0: none
};

// One process at a time uses a directory; the caller sees to that (FileLock).
// 1. What is on disk before sync() returned is what was there before, or that and the first commits appended
//    since: never a part of a commit. 2. Opening and loading write nothing; the first sync() or compact() after
//    it repairs: cuts a torn tail, sets damaged files aside as tree.journal.bad-<n>, tree.snapshot.bad-<n>.
// 3. A snapshot is durable under its name before the journal is cut. 4. After a failed write or sync every
//    further one is unavailable. A compaction that found no room (storage_full) leaves the store usable.
// 5. The history rides on the writes of the snapshot and never stands in the way of the tree: one that cannot be read
//    begins anew with the next snapshot.
class JournalStore final : public Store {
 public:
  // not_found: no such directory; io.
  static Result<std::unique_ptr<JournalStore>> open(FileSystem& files, std::string directory,
                                                    JournalStoreOptions options = {});

  // Newest good snapshot, then the journal's higher sequence numbers; else the former snapshot, with the journal
  // if it continues it. corrupt: neither; unsupported: written by a later version; unavailable: loaded before.
  Result<LoadReport> load(const Replay& replay) override;
  Result<void> append(const CommitRecord& commit) override;
  Result<void> sync() override;  // one write and one fdatasync, now and then a second write; nothing to do: nothing
  bool wants_compaction() const override;
  Result<void> compact(std::uint64_t sequence, const Snapshot& snapshot) override;
  // Why nothing is written any more: the first write or sync that failed. Let go of it, open it again and load.
  const std::optional<Error>& failure() const noexcept { return failure_; }

  // The past as far as it is kept, up to the last commit; reads the files again. After load(). corrupt: the history
  // alone is damaged; io.
  Result<History> history() const;

 private:
  JournalStore(FileSystem& files, std::string directory, JournalStoreOptions options);

  std::string path(std::string_view name) const;
  Result<Octets> read_file(std::string_view name, bool& exists) const;
  Result<CommitRecord> load_snapshot(LoadReport& report);
  Result<void> load_journal(const Replay& replay, LoadReport& report);

  Result<Octets> snapshot_octets() const;  // the file in use; empty: none
  Result<Octets> journal_octets() const;   // the header and all records there are
  Octets history_to_keep() const;
  Result<void> writable() const;
  Result<void> prepare();  // repairs, and makes sure there is a journal
  Result<void> repair_journal();
  void forget_pending();
  std::uint64_t readable_journal() const noexcept;
  std::uint64_t longest_journal(std::uint64_t nodes) const noexcept;
  Result<void> make_room();
  Result<void> set_aside(std::string_view name);
  std::string evidence_name(std::string_view name) const;  // free, or empty: enough were kept
  Result<void> write_new_snapshot(Bytes content);
  Result<void> install_snapshot();
  Result<void> cut_journal();
  Result<void> fail(Error error);

  FileSystem& files_;
  std::string directory_;
  JournalStoreOptions options_;

  bool loaded_ = false;
  bool failed_ = false;
  std::optional<Error> failure_;
  bool prepared_ = false;
  // Found by load(), put right by prepare().
  std::string_view snapshot_in_use_;  // name of the file; empty: none
  bool snapshot_exists_ = false;
  bool snapshot_bad_ = false;
  bool former_snapshot_bad_ = false;
  bool journal_exists_ = false;
  bool journal_damaged_ = false;
  bool journal_stale_ = false;      // all of it is in the snapshot, which goes further
  std::uint64_t journal_good_ = 0;  // octets that stay

  std::unique_ptr<AppendFile> journal_;
  RecordWriter writer_;
  Octets pending_;  // records appended since the last sync
  std::uint64_t sequence_ = 0;
  std::int64_t time_ = 0;  // of the last commit
  std::uint32_t generation_ = 0;
  std::uint64_t journal_size_ = 0;  // without the room
  std::uint64_t room_ = 0;          // zeros behind the records, which the next ones take the place of
  std::uint64_t written_ = 0;       // octets of records so far
  bool makes_room_ = true;
  std::uint64_t compact_above_ = 0;
};

}  // namespace omadm
