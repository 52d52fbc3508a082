// Descriptions, as an integrator or a stranger writes them.
#include "dmtree/ddf/ddf.h"

#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const std::string_view input = fuzz::octets(data, size);
  Limits limits;
  limits.max_octets = 1U << 16U;
  Ddf ddf;
  if (ddf.add(input, "fuzz", limits)) {
    const auto uri = Uri::parse("./A/B/C");
    static_cast<void>(ddf.find(*uri));
    static_cast<void>(ddf.may_exist(*uri));
  }
  return 0;
}
