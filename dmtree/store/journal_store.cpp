#include "dmtree/store/journal_store.h"

#include <algorithm>
#include <utility>

#include "dmtree/store/history.h"

namespace omadm {
namespace {

// A snapshot of a large tree, with the history behind it, takes the time of many commits; a longer journal only takes
// room and a little time at the next start.
constexpr std::uint64_t kJournalOverSnapshot = 8;
constexpr std::uint64_t kMostRoom = 256U << 10U;  // octets
constexpr int kMostEvidence = 9;                  // files of one kind: flash is small

std::string_view advice(Errc code) {
  switch (code) {
    case Errc::storage_full:
      return "make room on its file system, then start again";
    case Errc::permission_denied:
      return "its directory must be writable for this user; then start again";
    default:
      return "the medium may be failing: look into the system's log, then start again";
  }
}

constexpr std::string_view kNothingUsable = "no snapshot is usable and the journal does not begin at the beginning";

}  // namespace

JournalStore::JournalStore(FileSystem& files, std::string directory, JournalStoreOptions options)
    : files_(files), directory_(std::move(directory)), options_(options), compact_above_(options.compact_above) {}

Result<std::unique_ptr<JournalStore>> JournalStore::open(FileSystem& files, std::string directory,
                                                         JournalStoreOptions options) {
  DM_TRY(files.list(directory));
  return std::unique_ptr<JournalStore>(new JournalStore(files, std::move(directory), options));
}

std::string JournalStore::path(std::string_view name) const { return directory_ + "/" + std::string(name); }

Result<Octets> JournalStore::read_file(std::string_view name, bool& exists) const {
  Result<Octets> content = files_.read(path(name), options_.max_octets);
  exists = content || content.error().code != Errc::not_found;
  return content;
}

// --- loading

Result<LoadReport> JournalStore::load(const Replay& replay) {
  if (loaded_) return Error{Errc::unavailable, "the store was loaded before"};
  loaded_ = true;
  failed_ = true;  // until everything below succeeded
  LoadReport report;
  const CommitRecord snapshot = DM_TRY(load_snapshot(report));
  sequence_ = snapshot.sequence;
  time_ = snapshot.time;
  report.generation = generation_;
  if (sequence_ != 0) {
    DM_TRY(replay(snapshot));
    ++report.records;
  }
  DM_TRY(load_journal(replay, report));
  failed_ = false;
  return report;
}

// The best snapshot there is; one with sequence 0 when there has been none yet.
Result<CommitRecord> JournalStore::load_snapshot(LoadReport& report) {
  const auto use = [this](std::string_view name, SnapshotContent& content) {
    snapshot_in_use_ = name;
    generation_ = content.generation;
    return std::move(content.commit);
  };
  const Result<Octets> newest = read_file(kSnapshotFile, snapshot_exists_);
  if (newest) {
    Result<SnapshotContent> content = read_snapshot(*newest);
    const std::size_t history = content ? content->history.size() : 0;
    compact_above_ = longest_journal(newest->size() - history);
    if (content) return use(kSnapshotFile, *content);
    if (content.error().code == Errc::unsupported) return content.error();
    snapshot_bad_ = true;
    report.problems.push_back(std::string(kSnapshotFile) + ": " + content.error().detail);
  } else if (snapshot_exists_) {
    return newest.error();
  }
  // No newest one and a former one: power went between the two renames. The journal was not cut yet.
  bool exists = false;
  const Result<Octets> former = read_file(kFormerSnapshotFile, exists);
  if (former) {
    Result<SnapshotContent> content = read_snapshot(*former);
    if (content && snapshot_bad_) report.problems.emplace_back("the former snapshot is used instead");
    if (content) return use(kFormerSnapshotFile, *content);
    if (content.error().code == Errc::unsupported) return content.error();
    former_snapshot_bad_ = true;
    report.problems.push_back(std::string(kFormerSnapshotFile) + ": " + content.error().detail);
  } else if (exists) {
    return former.error();
  }
  return CommitRecord{};
}

Result<void> JournalStore::load_journal(const Replay& replay, LoadReport& report) {
  const bool needed = sequence_ == 0 && !report.problems.empty();  // no snapshot could be read
  const Result<Octets> journal = read_file(kJournalFile, journal_exists_);
  if (!journal && journal_exists_) return journal.error();
  if (!journal) {
    if (needed) return Error{Errc::corrupt, report.problems.front() + "; " + std::string(kNothingUsable)};
    return {};
  }
  bool follows = true;
  const std::uint64_t base = sequence_;
  std::uint64_t journal_last = 0;
  const auto each = [&](CommitRecord&& commit) -> Result<void> {
    ++report.records;
    journal_last = commit.sequence;
    if (!follows || commit.sequence <= sequence_) return {};  // in the snapshot already
    follows = commit.sequence == sequence_ + 1;
    if (!follows) return {};
    sequence_ = commit.sequence;
    time_ = commit.time;
    return replay(commit);
  };
  const JournalScan scan = DM_TRY(scan_journal(*journal, each));
  journal_size_ = journal_good_ = scan.good_size;
  if (!follows || (needed && sequence_ == 0)) {
    if (base == 0) {
      const std::string first = report.problems.empty() ? "the snapshot is missing" : report.problems.front();
      return Error{Errc::corrupt, first + "; " + std::string(kNothingUsable)};
    }
    report.problems.emplace_back("the journal does not continue the snapshot in use; later changes are lost");
    journal_damaged_ = true;
    journal_size_ = journal_good_ = kFileHeaderSize;
  } else if (scan.end == JournalScan::End::damaged) {
    report.problems.push_back(std::string(kJournalFile) + ": " + scan.problem + "; what follows is lost");
    journal_damaged_ = true;
  }
  // The power went before a compaction could cut the journal, and the snapshot holds commits the journal never had:
  // the next record would not follow the last one.
  journal_stale_ = journal_good_ > kFileHeaderSize && journal_last < sequence_;
  return {};
}

// --- the past

Result<Octets> JournalStore::snapshot_octets() const {
  if (snapshot_in_use_.empty()) return Octets{};
  return files_.read(path(snapshot_in_use_), options_.max_octets);
}

Result<Octets> JournalStore::journal_octets() const {
  const auto size = std::max<std::size_t>(static_cast<std::size_t>(journal_size_), kFileHeaderSize);
  Octets journal;
  if (size > kFileHeaderSize) journal = DM_TRY(files_.read(path(kJournalFile), options_.max_octets));
  journal.resize(std::clamp(journal.size(), kFileHeaderSize, size));
  journal += pending_;
  return journal;
}

Result<History> JournalStore::history() const {
  if (!loaded_) return Error{Errc::unavailable, "the store was not loaded"};
  const Octets snapshot = DM_TRY(snapshot_octets());
  const Octets journal = DM_TRY(journal_octets());
  return read_history(snapshot, Bytes(journal).substr(kFileHeaderSize));
}

Octets JournalStore::history_to_keep() const {
  if (options_.history_octets == 0) return {};
  const Result<Octets> snapshot = snapshot_octets();
  const Result<Octets> journal = journal_octets();
  if (!snapshot || !journal) return {};
  const Bytes records = Bytes(*journal).substr(kFileHeaderSize);
  return fit_history(*snapshot, records, static_cast<std::size_t>(options_.history_octets)).value_or(Octets{});
}

// --- writing

Result<void> JournalStore::writable() const {
  if (!loaded_) return Error{Errc::unavailable, "the store was not loaded"};
  if (failure_) return Error{Errc::unavailable, "the store failed before: " + failure_->detail};
  if (failed_) return Error{Errc::unavailable, "the store could not be loaded"};
  return {};
}

// To the tree's users permission_denied and not_found speak of nodes.
Result<void> JournalStore::fail(Error error) {
  error.detail += "; " + std::string(advice(error.code));
  if (error.code != Errc::storage_full) error.code = Errc::io;
  failed_ = true;
  failure_ = error;
  pending_.clear();
  journal_.reset();
  return error;
}

Result<void> JournalStore::append(const CommitRecord& commit) {
  DM_TRY(writable());
  if (commit.sequence != sequence_ + 1) return Error{Errc::failed, "commit is out of sequence"};
  DM_TRY(writer_.write(commit, pending_.empty(), pending_));
  sequence_ = commit.sequence;
  time_ = commit.time;
  return {};
}

Result<void> JournalStore::sync() {
  DM_TRY(writable());
  if (pending_.empty()) return {};
  if (const auto ready = prepare(); !ready) return fail(ready.error());
  if (const auto written = journal_->append(pending_); !written) return fail(written.error());
  if (const auto made = make_room(); !made) return fail(made.error());
  if (const auto synced = journal_->sync(); !synced) return fail(synced.error());
  journal_size_ += pending_.size();
  forget_pending();
  return {};
}

// Few commits together are large: what those took is not kept.
void JournalStore::forget_pending() {
  constexpr std::size_t kWorthKeeping = 64U << 10U;  // octets
  pending_.clear();
  if (pending_.capacity() > kWorthKeeping) pending_.shrink_to_fit();
}

// Once there are many commits they find the room for them in the file: a sync that need not save a new size takes half
// the time. There is never more room than was needed so far, so a few commits cost no more flash than they have octets.
Result<void> JournalStore::make_room() {
  written_ += pending_.size();
  if (pending_.size() <= room_) {
    room_ -= pending_.size();
    return {};
  }
  room_ = 0;
  if (!makes_room_ || written_ < options_.room_above) return {};
  const std::uint64_t room = std::min(written_, kMostRoom);
  const auto made = journal_->make_room(room);
  if (made) room_ = room;
  if (made || made.error().code != Errc::storage_full) return made;
  makes_room_ = false;
  return {};
}

Result<void> JournalStore::prepare() {
  if (prepared_) return {};
  if (snapshot_bad_) {
    DM_TRY(set_aside(kSnapshotFile));
    snapshot_bad_ = snapshot_exists_ = false;
  }
  if (former_snapshot_bad_) DM_TRY(set_aside(kFormerSnapshotFile));
  former_snapshot_bad_ = false;
  if (journal_damaged_) DM_TRY(repair_journal());
  if (journal_stale_) {
    // A killed process may have left the snapshot's name unsynced; only when that is durable may the journal be cut.
    DM_TRY(files_.sync_directory(directory_));
    journal_size_ = journal_good_ = kFileHeaderSize;
  }
  journal_ = DM_TRY(files_.open_append(path(kJournalFile)));
  if (journal_good_ < kFileHeaderSize) {
    // Also a torn header ends here. The header is durable before the first record: see scan_journal().
    DM_TRY(journal_->truncate(0));
    DM_TRY(journal_->append(write_file_header(FileKind::journal, 0)));
    journal_size_ = journal_good_ = kFileHeaderSize;
  } else {
    DM_TRY(journal_->truncate(journal_good_));
  }
  // A killed process may have left records, or the journal's name, unsynced. No later batch may stand behind those.
  DM_TRY(journal_->sync());
  DM_TRY(files_.sync_directory(directory_));
  journal_exists_ = prepared_ = true;
  return {};
}

std::string JournalStore::evidence_name(std::string_view name) const {
  const Result<std::vector<std::string>> names = files_.list(directory_);
  if (!names) return {};
  for (int n = 1; n <= kMostEvidence; ++n) {
    std::string candidate = std::string(name).append(kEvidenceMark) + std::to_string(n);
    if (std::find(names->begin(), names->end(), candidate) == names->end()) return candidate;
  }
  return {};
}

Result<void> JournalStore::set_aside(std::string_view name) {
  const std::string evidence = evidence_name(name);
  if (evidence.empty()) {
    DM_TRY(files_.remove(path(name)));
  } else {
    DM_TRY(files_.rename(path(name), path(evidence)));
  }
  return files_.sync_directory(directory_);
}

// The evidence is a copy: the good prefix is at no moment missing under the journal's name.
Result<void> JournalStore::repair_journal() {
  if (const std::string name = evidence_name(kJournalFile); !name.empty()) {
    const Octets journal = DM_TRY(files_.read(path(kJournalFile), options_.max_octets));
    const std::unique_ptr<AppendFile> copy = DM_TRY(files_.open_append(path(name)));
    DM_TRY(copy->append(journal));
    DM_TRY(copy->sync());
    DM_TRY(files_.sync_directory(directory_));
  }
  journal_damaged_ = false;  // prepare() cuts
  return {};
}

// --- compaction

// A journal of so many octets can be loaded with one more record of the largest size and the room behind it.
std::uint64_t JournalStore::readable_journal() const noexcept {
  constexpr std::uint64_t kBehind = kMaxRecordOctets + kMostRoom;
  return options_.max_octets > 2 * kBehind ? options_.max_octets - kBehind : options_.max_octets / 2;
}

// How long it gets, in octets, behind a snapshot whose nodes take so many.
std::uint64_t JournalStore::longest_journal(std::uint64_t nodes) const noexcept {
  return std::min(std::max(options_.compact_above, kJournalOverSnapshot * nodes), readable_journal());
}

bool JournalStore::wants_compaction() const {
  return loaded_ && !failed_ && journal_size_ + pending_.size() > compact_above_;
}

Result<void> JournalStore::compact(std::uint64_t sequence, const Snapshot& snapshot) {
  DM_TRY(writable());
  if (sequence != sequence_ || sequence == 0) return Error{Errc::failed, "a snapshot is of the last commit"};
  if (const auto ready = prepare(); !ready) return fail(ready.error());
  // First of all: it takes the former snapshot and the journal in memory for a moment.
  const Octets history = history_to_keep();
  Origin origin;
  origin.who = "device";
  writer_.begin(sequence, time_, origin, true);
  snapshot([this](const NodeRecord& node) { writer_.put(node); });
  Octets content = write_file_header(FileKind::snapshot, generation_ + 1);
  DM_TRY(writer_.finish(content));
  const std::uint64_t nodes = content.size();
  content += history;

  if (const auto written = write_new_snapshot(content); !written) {
    if (written.error().code != Errc::storage_full) return fail(written.error());
    compact_above_ = std::min(journal_size_ + pending_.size() + options_.compact_above, readable_journal());
    return written.error();
  }
  if (const auto installed = install_snapshot(); !installed) return fail(installed.error());
  ++generation_;
  forget_pending();  // all of it is in the snapshot
  compact_above_ = longest_journal(nodes);
  if (const auto cut = cut_journal(); !cut) return fail(cut.error());
  return {};
}

Result<void> JournalStore::write_new_snapshot(Bytes content) {
  const std::string name = path(kNewSnapshotFile);
  // What a power cut left of an earlier one.
  if (auto removed = files_.remove(name); !removed && removed.error().code != Errc::not_found) return removed;
  Result<void> result;
  if (const auto file = files_.open_append(name); file) {
    result = (*file)->append(content);
    if (result) result = (*file)->sync();
  } else {
    result = file.error();
  }
  if (!result && result.error().code == Errc::storage_full) {
    if (auto removed = files_.remove(name); !removed && removed.error().code != Errc::not_found) return removed;
  }
  return result;
}

Result<void> JournalStore::install_snapshot() {
  if (snapshot_exists_) DM_TRY(files_.rename(path(kSnapshotFile), path(kFormerSnapshotFile)));
  DM_TRY(files_.rename(path(kNewSnapshotFile), path(kSnapshotFile)));
  snapshot_exists_ = true;
  snapshot_in_use_ = kSnapshotFile;
  return files_.sync_directory(directory_);
}

Result<void> JournalStore::cut_journal() {
  DM_TRY(journal_->truncate(kFileHeaderSize));
  journal_size_ = kFileHeaderSize;
  room_ = 0;
  makes_room_ = true;
  return journal_->sync();
}

}  // namespace omadm
