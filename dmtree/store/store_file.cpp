#include "dmtree/store/store_file.h"

#include <utility>

#include "dmtree/store/crc32c.h"

namespace omadm {
namespace {

constexpr std::string_view kMagic = "omadm";
constexpr std::size_t kKindAt = 5;
constexpr std::size_t kVersionAt = 6;

// Whether `rest`, which begins with a bad record, holds a good one that was written after a sync. If so
// the bad one had been durable before: damage, and no torn write. When the bounded work does not suffice to
// tell, damage is assumed: evidence is kept then.
bool holds_later_batch(Bytes rest, std::uint64_t last_sequence) {
  std::size_t budget = 128U << 20U;  // octets to compute checksums of
  const std::uint64_t highest = last_sequence + rest.size();
  for (std::size_t at = 1; at < rest.size(); ++at) {
    const std::size_t size = batch_start_size(rest.substr(at), last_sequence, highest);
    if (size == 0) continue;
    if (size > budget) return true;
    budget -= size;
    if (read_record(rest.substr(at))) return true;
  }
  return false;
}

// Zeros the next records were to take the place of.
bool is_room(Bytes rest) { return rest.find_first_not_of('\0') == Bytes::npos; }

char version_of(FileKind kind) { return kind == FileKind::journal ? kJournalVersion : kSnapshotVersion; }

}  // namespace

Octets write_file_header(FileKind kind, std::uint32_t generation) {
  Octets header(kMagic);
  header.push_back(static_cast<char>(kind));
  header.push_back(version_of(kind));
  header.push_back('\n');
  put_u32le(header, generation);
  put_u32le(header, crc32c(header));
  return header;
}

Result<FileHeader> read_file_header(Bytes file, FileKind kind) {
  if (file.size() < kFileHeaderSize) return Error{Errc::incomplete, "shorter than a file header"};
  if (file.substr(0, kMagic.size()) != kMagic || file[kKindAt] != static_cast<char>(kind)) {
    return Error{Errc::malformed, "not a file of this kind"};
  }
  const char version = file[kVersionAt];
  if (version > version_of(kind)) {
    return Error{Errc::unsupported, "written by a later version of this program (format " +
                                        std::to_string(static_cast<int>(version)) + ")"};
  }
  ByteReader in(file.substr(kMagic.size() + 3));
  const std::uint32_t generation = DM_TRY(in.u32le());
  const std::uint32_t checksum = DM_TRY(in.u32le());
  if (version < 1 || crc32c(file.substr(0, kFileHeaderSize - 4)) != checksum) {
    return Error{Errc::malformed, "file header is damaged"};
  }
  return FileHeader{version, generation};
}

Result<JournalScan> scan_journal(Bytes file, const std::function<Result<void>(CommitRecord&&)>& each) {
  JournalScan scan;
  if (file.empty()) return scan;
  const Result<FileHeader> header = read_file_header(file, FileKind::journal);
  if (!header) {
    if (header.error().code == Errc::unsupported) return header.error();
    // A header is synced before the first record is written: a file that is no longer than one was being made.
    const bool torn = file.size() <= kFileHeaderSize;
    scan.end = torn ? JournalScan::End::torn : JournalScan::End::damaged;
    if (!torn) scan.problem = header.error().detail;
    return scan;
  }
  scan.good_size = kFileHeaderSize;
  std::uint64_t last = 0;
  while (scan.good_size < file.size()) {
    const Bytes rest = file.substr(scan.good_size);
    Result<ReadRecord> record = read_record(rest);
    const bool gap = record && last != 0 && record->commit.sequence != last + 1;
    if (!record && is_room(rest)) return scan;
    if (!record || gap) {
      const bool damaged = gap || holds_later_batch(rest, last);
      scan.end = damaged ? JournalScan::End::damaged : JournalScan::End::torn;
      if (damaged) {
        scan.problem = "octet " + std::to_string(scan.good_size) + ": " +
                       (gap ? "sequence number is not the next" : record.error().detail);
      }
      return scan;
    }
    last = record->commit.sequence;
    DM_TRY(each(std::move(record->commit)));
    scan.good_size += record->size;
    ++scan.records;
  }
  return scan;
}

Result<SnapshotContent> read_snapshot(Bytes file) {
  const Result<FileHeader> header = read_file_header(file, FileKind::snapshot);
  if (!header) {
    if (header.error().code == Errc::unsupported) return header.error();
    return Error{Errc::corrupt, header.error().detail};
  }
  Result<ReadRecord> record = read_record(file.substr(kFileHeaderSize));
  if (!record) return Error{Errc::corrupt, record.error().detail};
  const Bytes rest = file.substr(kFileHeaderSize + record->size);
  if (header->version == 1 && !rest.empty()) return Error{Errc::corrupt, "octets after the record"};
  for (const EditRecord& edit : record->commit.edits) {
    if (edit.op != EditRecord::Op::put) return Error{Errc::corrupt, "a snapshot holds nodes only"};
  }
  return SnapshotContent{header->generation, std::move(record->commit), rest};
}

}  // namespace omadm
