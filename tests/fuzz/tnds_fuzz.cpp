// Serialised subtrees in either encoding; what is read can be applied or refused, never more.
#include "base/io/clock.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/store/memory_store.h"
#include "dmtree/tnds/inbox.h"
#include "dmtree/tnds/tnds.h"
#include "dmtree/tree.h"

#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace omadm;  // NOLINT(google-build-using-namespace)

// What is in the tree can be exported, and the export makes the same subtree again.
void check_round_trip(Tree& tree, const Transaction& transaction, const Uri& uri) {
  TndsSelection selection;
  selection.tstamp = selection.verno = false;  // the device's own
  for (const Encoding encoding : {Encoding::xml, Encoding::wbxml}) {
    const auto written = write_tnds(transaction, uri, encoding, selection);
    if (!written) continue;  // a value XML cannot carry
    const auto read = read_tnds(*written, Limits{});
    fuzz::require(read.has_value(), "an export can be read");
    auto again = tree.begin(Principal::device());
    fuzz::require(add_tnds(again, uri.parent(), *read).has_value(), "an export can be imported");
    const auto rewritten = write_tnds(again, uri, encoding, selection);
    fuzz::require(rewritten && *rewritten == *written, "an import is what was exported");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::octets(data, size);
  Limits limits;
  limits.max_octets = 1U << 16U;
  const auto document = read_tnds(input, limits);
  if (!document) return 0;
  const SystemClock clock;
  Ddf ddf;
  fuzz::require(
      ddf.add("<MgmtTree><VerDTD>1.2</VerDTD><Node><NodeName>DMAcc</NodeName><DFProperties><AccessType><Add/>"
              "<Get/></AccessType><DFFormat><node/></DFFormat><DFType><DDFName/></DFType></DFProperties>"
              "<Node><NodeName/><DFProperties><AccessType><Add/><Get/></AccessType><DFFormat><node/></DFFormat>"
              "<Occurrence><ZeroOrMore/></Occurrence><DFType><DDFName>urn:oma:mo:oma-dm-dmacc:1.0</DDFName>"
              "</DFType></DFProperties></Node></Node></MgmtTree>",
              "fuzz")
          .has_value(),
      "the description is good");
  MemoryStore store;
  auto tree = Tree::open(store, ddf, clock);
  fuzz::require(tree.has_value(), "an empty tree opens");
  const auto target = Uri::parse("./Target");
  auto transaction = (*tree)->begin(Principal::device());
  if (add_tnds(transaction, *target, *document)) {
    check_round_trip(**tree, transaction, *target);
    if (transaction.exists(*target)) {
      const auto replaced = replace_tnds(transaction, *target, *document);
      if (replaced) check_round_trip(**tree, transaction, *target);
    }
  }
  auto boot = (*tree)->begin(Principal::device());
  const auto placed = place_inbox_objects(boot, *document, InboxMode::bootstrap);
  if (!placed) return 0;
  for (const PlacedObject& object : *placed) {
    fuzz::require(boot.exists(object.uri) && !is_in_inbox(object.uri), "an object is where it is said to be");
  }
  return 0;
}
