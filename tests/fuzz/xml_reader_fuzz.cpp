// Any octets as XML; what was understood is written and must be read back as the same.
#include "base/markup/xml_reader.h"

#include "base/markup/xml_writer.h"
#include "tests/fuzz/drain.h"
#include "tests/fuzz/events.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const std::string_view input = fuzz::octets(data, size);
  fuzz::drain([&](const Limits& limits) { return make_xml_reader(input, limits); });
  const fuzz::Document document = fuzz::read_all(*make_xml_reader(input, Limits{}));
  if (!document.complete || !document.all_known) return 0;
  const Octets written = fuzz::write_all(*make_xml_writer(), document);
  const fuzz::Document again = fuzz::read_all(*make_xml_reader(written, Limits{}));
  fuzz::require(again.complete && again.events == document.events, "what the writer wrote, the reader reads");
  return 0;
}
