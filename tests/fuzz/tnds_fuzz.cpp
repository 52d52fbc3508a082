// Serialised subtrees in either encoding; what is read can be applied or refused, never more.
#include "base/io/clock.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/store/memory_store.h"
#include "dmtree/tnds/tnds.h"
#include "dmtree/tree.h"

#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const std::string_view input = fuzz::octets(data, size);
  Limits limits;
  limits.max_octets = 1U << 16U;
  const auto document = read_tnds(input, limits);
  if (!document) return 0;
  const SystemClock clock;
  const Ddf ddf;
  MemoryStore store;
  auto tree = Tree::open(store, ddf, clock);
  fuzz::require(tree.has_value(), "an empty tree opens");
  const auto target = Uri::parse("./Target");
  auto transaction = (*tree)->begin(Principal::device());
  if (!add_tnds(transaction, *target, *document)) return 0;
  for (const Encoding encoding : {Encoding::xml, Encoding::wbxml}) {
    const auto written = write_tnds(transaction, *target, encoding, TndsSelection{});
    if (written) fuzz::require(read_tnds(*written, Limits{}).has_value(), "an export can be read");
  }
  return 0;
}
