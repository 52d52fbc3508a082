// Any octets as WBXML; what was understood is written and must be read back as the same.
#include "wbxml/wbxml_reader.h"

#include "tests/fuzz/drain.h"
#include "tests/fuzz/events.h"
#include "wbxml/wbxml_writer.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const std::string_view input = fuzz::octets(data, size);
  static_cast<void>(read_wbxml_header(input));
  fuzz::drain([&](const Limits& limits) { return make_wbxml_reader(input, limits); });
  const fuzz::Document document = fuzz::read_all(*make_wbxml_reader(input, Limits{}));
  if (!document.complete || !document.all_known) return 0;
  const Octets written = fuzz::write_all(*make_wbxml_writer(WbxmlDocument::syncml), document);
  const fuzz::Document again = fuzz::read_all(*make_wbxml_reader(written, Limits{}));
  fuzz::require(again.complete && again.events == document.events, "what the writer wrote, the reader reads");
  return 0;
}
