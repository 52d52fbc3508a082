// An ACL that is accepted is written so that it reads the same.
#include "dmtree/acl.h"

#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const std::string_view input = fuzz::octets(data, size);
  if (const auto acl = Acl::parse(input)) {
    const auto again = Acl::parse(acl->str());
    fuzz::require(again && *again == *acl, "parse(str()) gives the same ACL");
    fuzz::require(again->str() == acl->str(), "the written form is normal");
  }
  return 0;
}
