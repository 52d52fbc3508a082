// Values of the transport header x-syncml-hmac: what is read is usable, and reads the same when written anew.
#include "base/text.h"
#include "syncml/auth/credential.h"
#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const auto header = parse_hmac_header(fuzz::octets(data, size));
  if (!header) return 0;
  fuzz::require(!header->username.empty() && !header->mac.empty(), "both parts a proof needs are there");
  // What is no Base64 matches nothing, and need not be writable.
  if (!base64_decode(header->mac)) return 0;
  const auto again = parse_hmac_header(format_hmac_header(*header));
  fuzz::require(again && again->username == header->username && again->mac == header->mac,
                "what was written can be read");
  fuzz::require(!mac_matches(header->mac, header->username, Secret(Octets("secret")), "nonce", "body"),
                "no one guesses the proof");
  return 0;
}
