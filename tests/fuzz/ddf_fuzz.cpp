// Descriptions, as an integrator or a stranger writes them. What is accepted describes a device that can be opened;
// what is refused leaves no trace, and its error says where.
#include "dmtree/ddf/ddf.h"

#include <algorithm>

#include "base/io/clock.h"
#include "dmtree/store/memory_store.h"
#include "dmtree/tree.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace omadm;  // NOLINT(google-build-using-namespace)

// The shape of a description: names and what they take.
void describe(const DdfNode& node, std::string& out) {
  out += node.name + (node.is_interior() ? "/" : "=") + (node.scope == Scope::permanent ? "p" : "d");
  for (const Format format : node.formats) out += to_string(format);
  for (const std::string& type : node.types) out += " " + type;
  out += node.default_value.value_or("") + "(";
  for (const auto& child : node.children) describe(*child, out);
  out += ")";
}

std::string shape(const Ddf& ddf) {
  std::string out;
  describe(ddf.root(), out);
  return out;
}

void check_node(const DdfNode& node) {
  fuzz::require(!node.formats.empty(), "every node has a format");
  fuzz::require(node.max_occurs == 0 || node.min_occurs <= node.max_occurs, "the bounds of Occurrence are in order");
  fuzz::require(node.children.empty() || node.is_interior(), "a leaf has no children");
  for (const auto& child : node.children) {
    fuzz::require(child->name.empty() || node.child(child->name) == child.get(), "a child is found by its name");
    check_node(*child);
  }
}

std::size_t open_and_count(const Ddf& ddf, Store& store) {
  const SystemClock clock;
  const auto tree = Tree::open(store, ddf, clock);
  fuzz::require(tree.has_value(), "a device with an accepted description opens");
  const auto nodes = (*tree)->begin(Principal::device()).list(Uri());
  fuzz::require(nodes.has_value(), "its tree can be read");
  for (const Node& node : *nodes) fuzz::require(ddf.may_exist(node.uri), "what is there may be there");
  return nodes->size();
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::octets(data, size);
  Limits limits;
  limits.max_octets = 1U << 16U;
  Ddf ddf;
  const std::string before = shape(ddf);
  const auto added = ddf.add(input, "fuzz", limits);
  if (!added) {
    fuzz::require(shape(ddf) == before, "a refused document leaves no trace");
    fuzz::require(added.error().detail.starts_with("fuzz:"), "an error names the file");
    return 0;
  }
  check_node(ddf.root());
  const std::string once = shape(ddf);
  fuzz::require(ddf.add(input, "fuzz", limits).has_value(), "a document can be added twice");
  fuzz::require(shape(ddf) == once, "and says the same");
  MemoryStore store;
  const std::size_t nodes = open_and_count(ddf, store);
  fuzz::require(open_and_count(ddf, store) == nodes, "reopened, nothing is new");
  return 0;
}
