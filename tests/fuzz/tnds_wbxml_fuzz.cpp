// Serialised subtrees in WBXML. The input is what follows the header, which a fuzzer would break first.
#include "tests/fuzz/tnds_trees.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  // Version 1.2, the public identifier as entry 0 of the string table, UTF-8 (TNDS-073).
  constexpr std::string_view kHeader("\x02\x00\x00\x6A\x1B-//OMA//DTD-DM-DDF 1.2//EN\x00", 32);
  Octets input(kHeader);
  input += fuzz::octets(data, size);
  Limits limits;
  limits.max_octets = 1U << 16U;
  const auto document = read_tnds(input, limits);
  if (document) fuzz::TndsDevice().check_document(*document);
  return 0;
}
