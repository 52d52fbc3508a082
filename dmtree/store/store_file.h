// The files of a journal store: header, then records. Reading is safe on hostile octets.
//
//   header   = "omadm" kind version "\n" generation crc     kind 'j' or 's'; u32le each; 16 octets
//   journal  = header *commit *zero         zeros: room for the next commits
//   snapshot = header nodes [history]     nodes: one record of puts; history: since version 2, see history.h
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "dmtree/store/record.h"

namespace omadm {

enum class FileKind : char { journal = 'j', snapshot = 's' };
inline constexpr std::size_t kFileHeaderSize = 16;
// The versions written; all earlier ones are read.
inline constexpr char kJournalVersion = 1;
inline constexpr char kSnapshotVersion = 2;

Octets write_file_header(FileKind kind, std::uint32_t generation);  // a journal's generation is 0
struct FileHeader {
  char version = 0;
  std::uint32_t generation = 0;
};
// incomplete: shorter than a header; malformed; unsupported: a version to come.
Result<FileHeader> read_file_header(Bytes file, FileKind kind);

// What a journal turned out to be.
struct JournalScan {
  enum class End : std::uint8_t {
    clean,    // good to the last octet, or to the room behind the records
    torn,     // what follows `good_size` was being written when the power went: never acknowledged
    damaged,  // what follows `good_size` had been synced once
  };
  End end = End::clean;
  std::size_t good_size = 0;  // octets, header included; 0: not even the header
  std::size_t records = 0;
  std::string problem;  // for people: where and what, when damaged
};
// Hands every good record to `each`, in order; an error of `each` is the end and the result. unsupported: version.
Result<JournalScan> scan_journal(Bytes file, const std::function<Result<void>(CommitRecord&&)>& each);

struct SnapshotContent {
  std::uint32_t generation = 0;
  CommitRecord commit;
  Bytes history;  // part of the file, not looked at: damage to the past is no damage to the tree
};
// corrupt: anything else is wrong with it; unsupported: version.
Result<SnapshotContent> read_snapshot(Bytes file);

}  // namespace omadm
