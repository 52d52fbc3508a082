// Any octets as a SyncML message, WBXML or XML by the first octet: reading and writing settles at once.
#include "syncml/codec/codec.h"
#include "tests/fuzz/fuzz_input.h"
#include "wbxml/wbxml_reader.h"

namespace {

using namespace omadm;  // NOLINT(google-build-using-namespace)

Octets write_again(Bytes document, Encoding encoding) {
  const Result<Message> message = decode(encoding, document, Limits{});
  fuzz::require(message.has_value(), "what the writer wrote, the reader reads");
  return encode(*message, encoding);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input = fuzz::octets(data, size);
  const Encoding encoding = looks_like_wbxml(input) ? Encoding::wbxml : Encoding::xml;
  const Result<Message> message = decode(encoding, input, Limits{});
  if (!message) return 0;
  const Result<Message> header = decode_header(encoding, input, Limits{});
  fuzz::require(header && header->header.session_id == message->header.session_id, "the header is the same read alone");
  const Octets once = encode(*message, encoding);
  const Octets twice = write_again(once, encoding);
  fuzz::require(twice == write_again(twice, encoding), "writing settles");
  return 0;
}
