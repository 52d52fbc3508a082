#include "syncml/session/live_reads.h"

#include <optional>
#include <string_view>

#include "dmtree/uri.h"

namespace omadm {
namespace {

constexpr std::string_view kStructure = "Struct";  // the one list without values

void read_of(const std::optional<std::string_view>& loc_uri, const UriLimits& limits, std::vector<LiveRead>& reads) {
  if (!loc_uri) return;
  auto address = Address::parse(*loc_uri, limits);
  if (!address) return;  // answered when its turn comes
  const bool list = address->suffix == Address::Suffix::list;
  if (list && address->argument == kStructure) return;
  if (address->suffix == Address::Suffix::property && address->argument != to_string(Property::size)) return;
  reads.push_back({std::move(address->node), list});
}

// Recursion is bounded by the depth the codec accepts.
void reads_of(const Command& command, const UriLimits& limits, std::vector<LiveRead>& reads) {
  for (const Command& child : command.children) reads_of(child, limits, reads);
  for (const Item& item : command.items) {
    if (command.name == CommandName::get) read_of(item.target, limits, reads);
    if (command.name == CommandName::copy) read_of(item.source, limits, reads);
  }
}

}  // namespace

std::vector<LiveRead> live_reads(const Message& message, const UriLimits& limits) {
  std::vector<LiveRead> reads;
  for (const Command& command : message.commands) reads_of(command, limits, reads);
  return reads;
}

}  // namespace omadm
