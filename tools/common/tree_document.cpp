#include "tools/common/tree_document.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"

namespace omadm {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDepth = 128;  // nested nodes of a JSON document

std::string text_of(const json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// A node as `tree --json` and `export --tnds json` print it.
Result<TndsNode> node_from(const json& object, const std::string& relative) {
  TndsNode node;
  node.relative = relative;
  const std::string format = text_of(object, "format");
  if (!format.empty()) {
    node.format = format_from(format);
    if (!node.format) return Error{Errc::bad_format, "'" + format + "' is no format"};
  }
  node.type = text_of(object, "type");
  if (object.contains("acl")) node.acl = text_of(object, "acl");
  if (object.contains("title")) node.title = text_of(object, "title");
  node.has_children = object.contains("children");
  if (object.contains("value_base64")) {
    Result<Octets> value = base64_decode(text_of(object, "value_base64"));
    if (!value) return Error{Errc::bad_format, "value_base64 of " + relative + ": " + value.error().detail};
    node.value = std::move(*value);
    node.has_value = true;
  } else if (object.contains("value")) {
    node.value = text_of(object, "value");
    node.has_value = true;
  }
  node.value_is_opaque = node.has_value && node.format != Format::b64;
  return node;
}

Result<void> read_json_node(const json& object, const std::string& parent, std::size_t depth, TndsDocument& out) {
  if (depth > kMaxDepth) return Error{Errc::too_large, "too many nested nodes"};
  if (!object.is_object()) return Error{Errc::bad_format, "a node is not an object"};
  const std::string name = text_of(object, "name");
  std::string relative = parent;
  if (depth > 0 || (name != "." && !name.empty())) {
    const Result<std::string> canonical = canonical_name(name);
    if (!canonical) return Error{Errc::bad_format, "'" + name + "' is no name of a node"};
    relative += (parent.empty() ? "" : "/") + *canonical;
  }
  out.nodes.push_back(DM_TRY(node_from(object, relative)));
  const auto children = object.find("children");
  if (children == object.end()) return {};
  if (!children->is_array()) return Error{Errc::bad_format, "children of " + relative + " are not an array"};
  for (const json& child : *children) DM_TRY(read_json_node(child, relative, depth + 1, out));
  return {};
}

}  // namespace

Result<TndsDocument> read_tree_document(Bytes content) {
  if (trim(content).substr(0, 1) == "{") {
    const json document = json::parse(content, nullptr, false);
    if (document.is_discarded()) return Error{Errc::bad_format, "the document is not JSON"};
    TndsDocument nodes;
    DM_TRY(read_json_node(document, {}, 0, nodes));
    return nodes;
  }
  Result<TndsDocument> document = read_tnds(content, Limits{});
  if (!document && document.error().code == Errc::malformed) return Error{Errc::bad_format, document.error().detail};
  return document;
}

}  // namespace omadm
