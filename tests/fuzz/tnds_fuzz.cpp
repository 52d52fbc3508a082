// Serialised subtrees in either encoding; what is read can be applied or refused, never more.
#include "tests/fuzz/tnds_trees.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  Limits limits;
  limits.max_octets = 1U << 16U;
  const auto document = read_tnds(fuzz::octets(data, size), limits);
  if (document) fuzz::TndsDevice().check_document(*document);
  return 0;
}
