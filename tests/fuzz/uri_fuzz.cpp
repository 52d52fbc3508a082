// An address that is accepted has one written form, and that form is an address again.
#include "dmtree/uri.h"

#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const std::string_view input = fuzz::octets(data, size);
  const UriLimits limits{16, 512, 128};
  if (const auto uri = Uri::parse(input, limits)) {
    // "A/B" may be within MaxTotLen where "./A/B" is not.
    const auto again = Uri::parse(uri->check(limits) ? uri->str() : std::string(uri->path()), limits);
    fuzz::require(again && *again == *uri, "parse(str()) gives the same address");
    fuzz::require(uri->depth() <= 16, "no address is deeper than the limit");
    fuzz::require(uri->is_root() || uri->parent().child(uri->name()) == *uri, "an address is its parent and its name");
  }
  static_cast<void>(Address::parse(input, limits));
  return 0;
}
