// An address that is accepted has one written form, that form is an address again, and no limit is passed.
#include "dmtree/uri.h"

#include <algorithm>

#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace omadm;  // NOLINT(google-build-using-namespace)

constexpr UriLimits kLimits{16, 512, 128};

void check_uri(std::string_view input) {
  const auto uri = Uri::parse(input, kLimits);
  if (!uri) return;
  // "A/B" may be within MaxTotLen where "./A/B" is not.
  const auto again = Uri::parse(uri->check(kLimits) ? uri->str() : std::string(uri->path()), kLimits);
  fuzz::require(again && *again == *uri, "parse(str()) gives the same address");
  fuzz::require(uri->is_root() == (uri->depth() == 0), "the root alone has no segment");
  std::size_t depth = 0;
  std::string_view rest = uri->path();
  Uri walked;
  while (!rest.empty()) {
    const std::string_view name = Uri::next_segment(rest);
    fuzz::require(canonical_name(name).value_or("") == name, "segments are canonical names");
    fuzz::require(name.size() <= 3 * kLimits.max_seg_len, "no segment is longer than the limit");
    fuzz::require(uri->is_within(walked), "an address is within those it leads through");
    walked = walked.child(name);
    ++depth;
  }
  fuzz::require(depth == uri->depth() && depth <= kLimits.max_depth, "no address is deeper than the limit");
  fuzz::require(walked == *uri, "an address is its names");
  fuzz::require(uri->is_root() || uri->parent().child(uri->name()) == *uri, "an address is its parent and its name");
  const Uri moved = uri->rebased(uri->parent(), Uri().child("M"));
  fuzz::require(moved.rebased(Uri().child("M"), uri->parent()) == *uri, "moved there and back");
}

void check_address(std::string_view input) {
  const auto address = Address::parse(input, kLimits);
  if (!address) return;
  const std::string_view node = input.substr(0, input.find('?'));
  const auto uri = Uri::parse(node, kLimits);
  fuzz::require(uri && *uri == address->node, "the part before the suffix is the node's address");
  const bool has_suffix = address->suffix != Address::Suffix::none;
  fuzz::require(has_suffix == (node.size() < input.size()), "a suffix begins with a question mark");
  const bool escaped = input.find('%') != std::string_view::npos;
  if (has_suffix && !escaped) fuzz::require(input.ends_with(address->argument), "the argument stands at the end");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::octets(data, size);
  check_uri(input);
  check_address(input);
  return 0;
}
