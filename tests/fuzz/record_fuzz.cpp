// A record of the journal that is accepted is written so that it reads the same. The input is taken as it is, and as
// the body of a record whose length and checksum are right, for a checksum keeps a fuzzer out.
#include "dmtree/store/crc32c.h"
#include "dmtree/store/record.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace omadm;  // NOLINT(google-build-using-namespace)

void check(Bytes octets) {
  const auto record = read_record(octets);
  if (!record) return;
  fuzz::require(record->size <= octets.size(), "a record ends within its input");
  const auto written = write_record(record->commit, record->first_of_batch);
  fuzz::require(written.has_value(), "what was read can be written");
  const auto again = read_record(*written);
  fuzz::require(again.has_value(), "what was written can be read");
  fuzz::require(again->commit.sequence == record->commit.sequence, "the sequence number stays");
  fuzz::require(again->commit.edits.size() == record->commit.edits.size(), "no edit is lost or made");
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
