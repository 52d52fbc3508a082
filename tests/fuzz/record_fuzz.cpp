// A record of the journal that is accepted is written so that it reads the same. The input is taken as it is, and as
// the body of a record whose length and checksum are right, for a checksum keeps a fuzzer out.
#include "dmtree/store/crc32c.h"
#include "dmtree/store/record.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace omadm;  // NOLINT(google-build-using-namespace)

bool same_node(const NodeRecord& a, const NodeRecord& b) {
  return a.uri == b.uri && a.format == b.format && a.type == b.type && a.title == b.title && a.acl == b.acl &&
         a.tstamp == b.tstamp && a.verno == b.verno && a.data == b.data;
}

bool same_origin(const Origin& a, const Origin& b) {
  return a.who == b.who && a.session == b.session && a.msg == b.msg && a.cmd == b.cmd && a.command == b.command;
}

void check_edits(const CommitRecord& read, const CommitRecord& again) {
  fuzz::require(again.edits.size() == read.edits.size(), "no edit is lost or made");
  for (std::size_t i = 0; i < read.edits.size(); ++i) {
    const EditRecord& edit = read.edits[i];
    const EditRecord& twin = again.edits[i];
    fuzz::require(edit.op == twin.op && same_node(edit.node, twin.node) && edit.renamed == twin.renamed,
                  "an edit stays what it is");
  }
}

void check(Bytes octets) {
  const auto record = read_record(octets);
  if (!record) return;
  fuzz::require(record->size <= octets.size(), "a record ends within its input");
  const auto written = write_record(record->commit, record->first_of_batch);
  fuzz::require(written.has_value(), "what was read can be written");
  const auto again = read_record(*written);
  fuzz::require(again.has_value(), "what was written can be read");
  fuzz::require(again->size == written->size(), "and is the whole of it");
  fuzz::require(again->commit.sequence == record->commit.sequence, "the sequence number stays");
  fuzz::require(again->commit.time == record->commit.time, "the time stays");
  fuzz::require(again->first_of_batch == record->first_of_batch, "where a batch begins stays");
  fuzz::require(same_origin(again->commit.origin, record->commit.origin), "who it was stays");
  check_edits(record->commit, again->commit);
  const std::uint64_t sequence = record->commit.sequence;
  if (record->first_of_batch && sequence > 0) {
    fuzz::require(batch_start_size(octets, sequence - 1, sequence) == record->size, "a batch is found again");
  }
}

Octets as_record(Bytes body) {
  Octets record;
  for (std::size_t left = body.size(); true; left >>= 7U) {
    record += static_cast<char>((left & 0x7FU) | (left > 0x7FU ? 0x80U : 0U));
    if (left <= 0x7FU) break;
  }
  const std::uint32_t checksum = crc32c(body, crc32c(record));
  put_u32le(record, checksum);
  record += body;
  return record;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::octets(data, size);
  check(input);
  check(as_record(input));
  return 0;
}
