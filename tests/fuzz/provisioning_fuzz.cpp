// Client Provisioning documents in either encoding: what is read can be written, and is then the same.
#include "bootstrap/bootstrap.h"
#include "bootstrap/cp/provisioning_document.h"
#include "bootstrap/cp/provisioning_mac.h"

#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const std::string_view input = fuzz::octets(data, size);
  const auto document = read_provisioning(input);
  if (!document) return 0;
  const Octets wbxml = write_provisioning(*document, Encoding::wbxml);
  const auto again = read_provisioning(wbxml);
  fuzz::require(again || again.error().code == Errc::too_large, "what was read can be written");
  if (!again) return 0;  // tokens became the texts they stand for
  fuzz::require(write_provisioning(*again, Encoding::wbxml) == wbxml, "what was written is read as it was");
  const auto type = parse_content_type("application/vnd.wap.connectivity-wbxml; SEC=USERPINMAC");
  BootstrapSecrets secrets;
  secrets.pin = Secret("0000000000");
  const auto proof = check_provisioning_mac(*type, "another document", secrets);
  fuzz::require(!proof, "a PIN that does not fit proves nothing");
  return 0;
}
