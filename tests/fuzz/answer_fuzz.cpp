// The answer to a bootstrap request, or a push: a line with its content type, then the document. Without the secret
// nothing that has a MAC, and nothing without one that was pushed, changes the tree.
#include "bootstrap/bootstrap.h"

#include "tests/fuzz/empty_device.h"
#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const std::string_view input = fuzz::octets(data, size);
  const std::size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  const BootstrapDocument document{Octets(input.substr(line + 1)), std::string(input.substr(0, line))};
  fuzz::EmptyDevice device;
  Tree& tree = device.tree();
  const std::size_t before = tree.node_count();
  const auto needs = bootstrap_needs(document);
  BootstrapSecrets secrets;
  secrets.pin = Secret("90817263544536271809");
  secrets.network = Secret("001010999999999");
  BootstrapOrigin origin;
  origin.source = BootstrapSource::push;
  fuzz::require(!install_bootstrap(tree, document, secrets, origin), "a push proves nothing without the secret");
  origin.source = BootstrapSource::https;
  origin.dry_run = true;
  const auto tried = install_bootstrap(tree, document, secrets, origin);
  fuzz::require(tree.node_count() == before, "what is refused, and what is only tried, leaves nothing");
  fuzz::require(needs || !tried, "what needs nothing to be said of cannot be installed");
  origin.dry_run = false;
  const auto outcome = install_bootstrap(tree, document, secrets, origin);
  fuzz::require(outcome.has_value() == tried.has_value(), "a trial tells how it will be");
  fuzz::require(!outcome || !needs->mac, "a MAC made with another secret is wrong");
  return 0;
}
