#include "dmtree/node_content.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/tnds/mo_id.h"

namespace omadm {
namespace {

constexpr std::size_t kMaxTypeSize = 255;

Error bad_format(std::string_view what) { return Error{Errc::bad_format, std::string(what)}; }

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

bool is_alphanumeric(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_number(std::string_view text) {
  return parse_unsigned(text).has_value() && (text.size() == 1 || text.front() != '0');
}

bool is_version(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view major = text.substr(0, dot);
  return is_number(major) && major != "0" && is_number(text.substr(dot + 1));
}

// The media type without parameters.
std::string_view essence(std::string_view mime) { return trim(mime.substr(0, mime.find(';'))); }

bool is_listed(const DdfNode* description, std::string_view mime) {
  if (description == nullptr || description->types.empty()) return true;
  return std::any_of(description->types.begin(), description->types.end(),
                     [&](const std::string& type) { return equals_ignoring_case(essence(type), essence(mime)); });
}

// What came as Base64 for a `bin` leaf was decoded on its way here (TND-059): b64 is data of which that is the true
// form.
Result<Format> accepted_format(const DdfNode* description, Format wanted) {
  if (description == nullptr || description->formats.empty()) return wanted;
  const auto described = [&](Format format) {
    return std::find(description->formats.begin(), description->formats.end(), format) != description->formats.end();
  };
  if (described(wanted)) return wanted;
  return bad_format("Format " + std::string(to_string(wanted)) + " is not described here");
}

Result<std::string> leaf_type(const DdfNode* description, std::string type) {
  if (!is_type(type)) return bad_format("Type is not a media type");
  if (!is_listed(description, type)) return bad_format("Type " + type + " is not described here");
  return type;
}

// Servers that leave Type at its default send text/plain for interior nodes too; it names no object.
Result<std::string> interior_type(const DdfNode* description, std::string type) {
  if (type == kTextPlain) type.clear();
  if (description == nullptr || description->types.empty()) {
    if (!type.empty() && !is_mo_id(type)) return bad_format("Type is not a management object identifier");
    return type;
  }
  const std::vector<std::string>& types = description->types;
  const bool known = type.empty() || std::find(types.begin(), types.end(), type) != types.end() ||
                     std::find(types.begin(), types.end(), registered_mo_id(type)) != types.end();
  if (!known) return bad_format("Type " + type + " is not the object described here");
  return types.front();
}

}  // namespace

bool is_mo_id(std::string_view text) noexcept {
  if (text.size() > kMaxTypeSize || !is_printable(text) || text.find(' ') != std::string_view::npos) return false;
  if (text.size() > 4 && equals_ignoring_case(text.substr(0, 4), "urn:")) return true;
  const std::vector<std::string_view> parts = split(text, '/');
  if (parts.size() < 3 || parts[0].empty() || !is_version(parts[1])) return false;
  return std::all_of(parts.begin() + 2, parts.end(), [](std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), is_alphanumeric);
  });
}

bool is_type(std::string_view text) noexcept { return text.size() <= kMaxTypeSize && is_printable(text); }

Result<NodeState> content_of_new(const DdfNode* description, NewNode node) {
  NodeState state;
  if (node.format) {
    state.format = DM_TRY(accepted_format(description, *node.format));
  } else {
    state.format = description != nullptr && !description->formats.empty() ? description->formats.front() : Format::chr;
  }
  std::string type = std::move(node.type).value_or(std::string());
  if (state.format == Format::node) {
    if (!node.data.empty()) return bad_format("an interior node has no value");
    state.type = DM_TRY(interior_type(description, std::move(type)));
    return state;
  }
  if (type.empty()) {
    type = description != nullptr && !description->types.empty() ? description->types.front() : std::string(kTextPlain);
  }
  state.type = DM_TRY(leaf_type(description, std::move(type)));
  DM_TRY(check_value(state.format, node.data));
  state.data = std::move(node.data);
  return state;
}

bool changes_kind(const NodeView& leaf, const NewValue& value) {
  const bool same_format = !value.format || *value.format == leaf.format();
  return !same_format || (value.type && !value.type->empty() && !equals_ignoring_case(*value.type, leaf.type()));
}

Result<void> settle_content(const NodeView& leaf, NewValue& value) {
  Format format = leaf.format();
  if (value.format) format = *value.format;
  if (format == Format::node) return bad_format("a leaf cannot become an interior node");
  if (format != leaf.format()) format = DM_TRY(accepted_format(leaf.description(), format));
  if (!value.type || value.type->empty() || *value.type == leaf.type()) {
    value.type.reset();
  } else {
    value.type = DM_TRY(leaf_type(leaf.description(), *std::move(value.type)));
  }
  DM_TRY(check_value(format, value.data));
  value.format = format;
  return {};
}

}  // namespace omadm
