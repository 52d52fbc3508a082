// The one record format of journal and snapshot: a commit as octets.
//
//   record  = length crc body               length: varint, octets of body; crc: CRC-32C of length and body, u32le
//   body    = sequence flags time [who] [session] [msg] [cmd] [command] count *edit
//   flags   = one octet: bit 0 first of a batch (what stood before it was synced), bits 1–5 which texts of the
//             origin follow, bit 6 who is "server:" and the text
//   edit    = head uri [rename: uri | put: format verno [tstamp] [type] [title] [acl] [data]]
//   head    = one octet: bits 0–1 Op, bit 2 type, 3 title, 4 acl, 5 data follow, bit 6 tstamp follows (else it is
//             the commit's time), bit 7 type is text/plain
//   uri     = count of leading octets shared with the former uri of the record, then the rest as text
//   text    = length octets; numbers are LEB128 varints, times zigzag
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/octet_buffer.h"
#include "base/result.h"
#include "dmtree/store/store.h"

namespace omadm {

inline constexpr std::size_t kMaxRecordOctets = 64U << 20U;  // body
inline constexpr std::size_t kMaxRecordUris = 64U << 20U;    // octets of all addresses of one record, unfolded

// Writes records, one after the other and edit by edit: a snapshot is never held as edits.
class RecordWriter {
 public:
  void begin(std::uint64_t sequence, std::int64_t time, const Origin& origin, bool first_of_batch);
  void add(const EditRecord& edit);
  void put(const NodeRecord& node);
  // Puts the record behind `out`. too_large: over one of the two limits above; `out` is as it was.
  Result<void> finish(Octets& out);
  Result<void> write(const CommitRecord& commit, bool first_of_batch, Octets& out);  // all of the above

 private:
  void add_uri(const Uri& uri);

  OctetBuffer head_;
  OctetBuffer edits_;
  std::int64_t time_ = 0;
  std::uint64_t count_ = 0;
  std::size_t uri_octets_ = 0;
  std::string last_path_;
};

Result<Octets> write_record(const CommitRecord& commit, bool first_of_batch);

struct ReadRecord {
  CommitRecord commit;
  bool first_of_batch = false;
  std::size_t size = 0;  // octets of the whole record
};
// The record at the front of `octets`. incomplete: it would reach past their end; malformed: length,
// checksum or content is wrong; too_large: over a limit above.
Result<ReadRecord> read_record(Bytes octets);
// The same without keeping the edits: each is handed over as it is read. An error of `each` is the end and the result.
using OnEdit = std::function<Result<void>(EditRecord&&)>;
Result<ReadRecord> read_record(Bytes octets, const OnEdit& each);
// Also without the nodes nobody wants: a put is handed over only if its address is wanted, of the others nothing but
// the address is taken up. Removing and renaming is always handed over.
using WantsNode = std::function<bool(std::string_view path)>;
Result<ReadRecord> read_record(Bytes octets, const WantsNode& wants, const OnEdit& each);

// What stands at the beginning of a record that fits into `octets`, checksum unchecked. Cheap. malformed, too_large,
// incomplete.
struct RecordHead {
  std::size_t size = 0;  // octets of the whole record
  std::uint64_t sequence = 0;
  std::int64_t time = 0;
};
Result<RecordHead> read_record_head(Bytes octets);

// The claimed size of the record at the front of `octets`, checksum unchecked, if it fits in there and looks like
// the first of a batch with a sequence number above `after` and not above `last`; else 0. Cheap.
std::size_t batch_start_size(Bytes octets, std::uint64_t after, std::uint64_t last);

}  // namespace omadm
