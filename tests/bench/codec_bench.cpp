// What a message costs us, against libwbxml and against what it takes to copy it.
#include "syncml/codec/codec.h"
#include "tests/bench/ratios.h"
#include "tests/interop/libwbxml.h"

namespace omadm::bench {
namespace {

constexpr int kCommands = 100;

Octets sample(Encoding encoding) {
  Octets text =
      "<SyncML "
      "xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID>"
      "<MsgID>2</MsgID><Target><LocURI>IMEI:493005100592800</LocURI></Target><Source><LocURI>https://srv.example.com/dm"
      "</LocURI></Source></SyncHdr><SyncBody>";
  for (int i = 1; i <= kCommands; ++i) {
    text += "<Replace><CmdID>" + std::to_string(i) + "</CmdID><Item><Target><LocURI>./Vendor/Group/Value" +
            std::to_string(i) +
            "</LocURI></Target><Meta><Format xmlns=\"syncml:metinf\">chr</Format><Type "
            "xmlns=\"syncml:metinf\">text/plain</Type>"
            "</Meta><Data>the value number " +
            std::to_string(i) + "</Data></Item></Replace>";
  }
  text += "<Final/></SyncBody></SyncML>";
  if (encoding == Encoding::xml) return text;
  return encode(*decode(Encoding::xml, text, {}), Encoding::wbxml);
}

void read_and_write(benchmark::State& state, Encoding encoding) {
  const Octets document = sample(encoding);
  for (auto _ : state) {
    const auto message = decode(encoding, document, {});
    if (!message) std::abort();
    benchmark::DoNotOptimize(encode(*message, encoding));
  }
  state.SetItemsProcessed(state.iterations() * kCommands);
}
void ours_xml(benchmark::State& state) { read_and_write(state, Encoding::xml); }
void ours_wbxml(benchmark::State& state) { read_and_write(state, Encoding::wbxml); }
void libwbxml(benchmark::State& state) {
  const Octets document = sample(Encoding::wbxml);
  for (auto _ : state) {
    const test::Conversion xml = test::libwbxml_to_xml(document);
    if (xml.error != WBXML_OK) std::abort();
    benchmark::DoNotOptimize(test::libwbxml_to_wbxml(xml.document, false));
  }
  state.SetItemsProcessed(state.iterations() * kCommands);
}
BENCHMARK(ours_xml);
BENCHMARK(ours_wbxml);
BENCHMARK(libwbxml);

}  // namespace

std::vector<Ratio> codec_ratios() {
  return {{"reading and writing 100 commands in WBXML, over libwbxml's two conversions", "ours_wbxml", "libwbxml",
           Bound::at_most, 0.2},
          {"reading and writing 100 commands in XML, over libwbxml's two conversions", "ours_xml", "libwbxml",
           Bound::at_most, 0.5}};
}

}  // namespace omadm::bench
