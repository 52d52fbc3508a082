// What the handlers share: addresses, Data, errors.
#include <algorithm>

#include "base/text.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/tnds/tnds.h"
#include "syncml/session/command_context.h"

namespace omadm {

bool is_natively_base64(const Tree& tree, const Uri& target) {
  const DdfNode* node = tree.ddf().find(target);
  if (node == nullptr) return false;
  const auto has = [&](Format format) {
    return std::find(node->formats.begin(), node->formats.end(), format) != node->formats.end();
  };
  return has(Format::b64) && !has(Format::bin);
}

bool is_in_base64(const CommandContext& context, const ItemRequest& request) noexcept {
  if (!request.format) return false;
  if (*request.format == to_string(Format::b64)) return true;
  const bool opaque = request.item.data && request.item.data->opaque;
  return *request.format == to_string(Format::bin) && context.encoding == Encoding::xml && !opaque;
}

ItemOutcome refused(const Error& error, AccessType command) {
  ItemOutcome outcome;
  outcome.status = status_of(error, command);
  return outcome;
}

Result<Address> address_of(const std::optional<std::string_view>& loc_uri, const UriLimits& limits) {
  if (!loc_uri || loc_uri->empty()) return Error{Errc::not_found, "no LocURI"};  // TND-032
  auto address = Address::parse(*loc_uri, limits);
  if (!address && address.error().code == Errc::malformed) return Error{Errc::not_found, address.error().detail};
  return address;
}

Result<Uri> node_of(const Transaction& transaction, const std::optional<std::string_view>& loc_uri) {
  Address address = DM_TRY(address_of(loc_uri, transaction.tree().uri_limits()));
  if (address.suffix == Address::Suffix::none) return std::move(address.node);
  const auto property = property_from(address.argument);
  const bool of_property = address.suffix == Address::Suffix::property;
  if (of_property && !property) return Error{Errc::unsupported, "property " + address.argument};
  const auto seen = transaction.check_right(address.node, AccessType::get);
  if (!seen && seen.error().code == Errc::not_found) return seen.error();
  const auto node = transaction.peek(address.node);
  if (of_property && node && !transaction.has_property(address.node, *property)) {
    return Error{Errc::unsupported, address.node.str() + " has no " + address.argument};
  }
  return Error{Errc::not_allowed, "a command on " + std::string(of_property ? "a property" : "a list")};
}

Error first_refusal(Transaction& transaction, const Uri& target, AccessType command, const Error& content) {
  const auto admitted = transaction.check_command(target, command);
  return admitted ? content : admitted.error();
}

bool is_tnds(const ItemRequest& request) noexcept {
  return request.type &&
         (equals_ignoring_case(*request.type, kTndsXmlType) || equals_ignoring_case(*request.type, kTndsWbxmlType));
}

Result<DecodedData> decode_data(const CommandContext& context, const ItemRequest& request, const Uri& target) {
  DecodedData decoded;
  if (request.format) {
    decoded.format = format_from(*request.format);
    if (!decoded.format) return Error{Errc::bad_format, "Format " + std::string(*request.format)};  // PRO-084
  }
  if (request.value_in_file) {
    if (decoded.format == Format::b64) decoded.format = Format::bin;  // as which it was, or will be, written
    return decoded;
  }
  if (!request.item.data) {
    if (decoded.format == Format::node || decoded.format == Format::null) return decoded;
    return Error{Errc::incomplete, "Item without Data"};  // PRO-086
  }
  const Data& data = *request.item.data;
  const bool base64 = decoded.format == Format::b64 ||
                      (decoded.format == Format::bin && context.encoding == Encoding::xml && !data.opaque);
  if (!base64) {
    decoded.octets = Octets(data.octets);
    return decoded;
  }
  if (decoded.format == Format::b64 && is_natively_base64(context.tree, target)) {
    decoded.octets = Octets(data.octets);
    return decoded;
  }
  decoded.format = Format::bin;
  decoded.octets = DM_TRY(base64_decode(data.octets));
  return decoded;
}

}  // namespace omadm
