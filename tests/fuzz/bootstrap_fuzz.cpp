// Whole bootstrap documents of every kind, as a server may answer with them: installed or refused, never half.
#include "bootstrap/bootstrap.h"

#include "tests/fuzz/empty_device.h"
#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  fuzz::EmptyDevice device;
  Tree& tree = device.tree();
  const std::size_t before = tree.node_count();
  const auto outcome = install_bootstrap(tree, {Octets(fuzz::octets(data, size)), ""});
  fuzz::require(outcome.has_value() || tree.node_count() == before, "a refused document leaves nothing");
  fuzz::require(!outcome || !outcome->server_ids.empty(), "an installed document is an account");
  return 0;
}
