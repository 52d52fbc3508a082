#include "bootstrap/dm_profile.h"

#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/tnds/mo_id.h"
#include "dmtree/tnds/transferred_value.h"

namespace omadm {
namespace {

constexpr int kMaxNesting = 8;  // Atomic and Sequence in each other

// An Item together with what its command's Meta says for all items.
struct BootstrapItem {
  Address address;
  std::optional<Format> format;
  std::string_view type;
  Data data;
};

std::string_view or_empty(const std::optional<std::string_view>& text) { return text.value_or(std::string_view()); }

Result<BootstrapItem> read_item(const Command& command, const Item& item, const UriLimits& limits) {
  BootstrapItem result;
  if (!item.target) return Error{Errc::malformed, "an Item without Target"};
  if (item.more_data) return Error{Errc::unsupported, "a large object in pieces"};
  result.address = DM_TRY(Address::parse(*item.target, limits));
  const std::string_view format = trim(or_empty(item.meta.format ? item.meta.format : command.meta.format));
  if (!format.empty()) {
    result.format = format_from(format);
    if (!result.format) return Error{Errc::bad_format, "unknown Format " + std::string(format)};
  }
  result.type = trim(or_empty(item.meta.type ? item.meta.type : command.meta.type));
  if (item.data) result.data = *item.data;
  return result;
}

bool is_tnds(std::string_view type) {
  return equals_ignoring_case(type, kTndsXmlType) || equals_ignoring_case(type, kTndsWbxmlType);
}

Result<TndsDocument> tnds_of(const BootstrapItem& item) {
  Octets octets(item.data.octets);
  // In an XML message a WBXML object travels as Base64 (TNDS-042).
  if (item.format == Format::b64 && !item.data.opaque) octets = DM_TRY(base64_decode(octets));
  return read_tnds(octets, Limits{});
}

Result<NewNode> new_node(const Installation& installation, const BootstrapItem& item) {
  NewNode node;
  node.format = item.format;
  if (!item.type.empty()) node.type = std::string(item.type);
  if (item.format == Format::node) {
    if (node.type) node.type = std::string(registered_mo_id(*node.type));
    return node;
  }
  const DdfNode* description = installation.ddf().find(item.address.node);
  TransferredValue value = DM_TRY(store_transferred(description, item.format, item.data.octets, item.data.opaque));
  node.format = value.format;
  node.data = std::move(value.data);
  return node;
}

Result<void> add_item(Installation& installation, const BootstrapItem& item) {
  const Uri& target = item.address.node;
  if (item.address.suffix != Address::Suffix::none) return Error{Errc::not_allowed, "Add of a property"};
  if (is_tnds(item.type)) {
    const TndsDocument document = DM_TRY(tnds_of(item));
    if (!is_in_inbox(target)) return installation.add(target, document);
    DM_TRY(installation.add_to_inbox(target, document));
    return {};
  }
  if (is_in_inbox(target)) return Error{Errc::not_found, "an object for the Inbox comes as TNDS"};
  NewNode node = DM_TRY(new_node(installation, item));
  return installation.add(target, std::move(node));
}

Result<void> replace_item(Installation& installation, const BootstrapItem& item) {
  const Uri& target = item.address.node;
  if (item.address.suffix == Address::Suffix::property) {
    const std::optional<Property> property = property_from(item.address.argument);
    if (!property) return Error{Errc::unsupported, "unknown property " + item.address.argument};
    return installation.set_property(target, *property, item.data.octets);
  }
  if (item.address.suffix == Address::Suffix::list) return Error{Errc::not_allowed, "Replace of a list"};
  if (is_tnds(item.type)) {
    // A whole subtree outside the Inbox may hold what others own, so it is never replaced (BOOT-063).
    if (!is_in_inbox(target)) return Error{Errc::not_allowed, "Replace of a subtree"};
    const TndsDocument document = DM_TRY(tnds_of(item));
    DM_TRY(installation.add_to_inbox(target, document));
    return {};
  }
  if (is_in_inbox(target)) return Error{Errc::not_found, "an object for the Inbox comes as TNDS"};
  NewNode node = DM_TRY(new_node(installation, item));
  return installation.replace(target, {node.format, std::move(node.type), std::move(node.data)});
}

Result<void> apply_commands(Installation& installation, const std::vector<Command>& commands, const UriLimits& limits,
                            int depth) {
  if (depth > kMaxNesting) return Error{Errc::too_large, "commands nested too deep"};
  for (const Command& command : commands) {
    switch (command.name) {
      case CommandName::add:
      case CommandName::replace:
        for (const Item& item : command.items) {
          const BootstrapItem read = DM_TRY(read_item(command, item, limits));
          DM_TRY(command.name == CommandName::add ? add_item(installation, read) : replace_item(installation, read));
        }
        break;
      case CommandName::atomic:
      case CommandName::sequence:
        DM_TRY(apply_commands(installation, command.children, limits, depth + 1));
        break;
      case CommandName::alert:
      case CommandName::copy:
      case CommandName::exec:
      case CommandName::get:
      case CommandName::results:
      case CommandName::status:
        break;  // they ask for, or are, an answer, and there is none in a bootstrap (BOOT-042, 051)
      default:
        return Error{Errc::unsupported,
                     "the command " + std::string(command.element.empty() ? to_string(command.name) : command.element)};
    }
  }
  return {};
}

}  // namespace

Result<void> apply_dm_profile(Installation& installation, const Message& message) {
  const SyncHdr& header = message.header;
  if (header.ver_dtd != "1.2" && header.ver_dtd != "1.3") return Error{Errc::unsupported, "VerDTD is not 1.2"};
  if (header.ver_proto == "DM/1.3") {
    installation.require_address(header.source);
  } else if (header.ver_proto != "DM/1.2") {
    return Error{Errc::unsupported, "VerProto is not DM/1.2"};
  }
  return apply_commands(installation, message.commands, installation.uri_limits(), 0);
}

}  // namespace omadm
