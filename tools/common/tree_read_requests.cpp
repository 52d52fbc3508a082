// Requests that change nothing.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"
#include "dmtree/ddf/ddf.h"
#include "tools/common/tree_request_parts.h"

namespace omadm {
namespace {

using nlohmann::json;

constexpr std::array kProperties{Property::acl,   Property::format, Property::name, Property::size,
                                 Property::title, Property::tstamp, Property::type, Property::verno};

// A node that can be seen and not read, as the user is shown it. The error of `refused` unless it is one.
Result<Node> unreadable(const TreeRequest& request, const Uri& uri, const Error& refused) {
  if (refused.code != Errc::not_allowed || request.acts_as_server()) return refused;
  std::optional<Node> node = request.tree().begin(request.who()).peek(uri);
  if (!node) return refused;
  node->readable = false;
  node->data.clear();
  node->children.clear();
  return std::move(*node);
}

json describe(const Node& node) {
  json object{{"uri", node.uri.str()}, {"format", to_string(node.format)}, {"type", node.type}};
  put_value(object, node);
  return object;
}

Result<json> get_property(const Transaction& transaction, const Uri& uri, const std::string& name) {
  const auto property = property_from(name);
  if (!property) return Error{Errc::unsupported, "there is no property '" + name + "'"};
  return json{{"uri", uri.str()}, {"prop", name}, {"value", DM_TRY(transaction.property(uri, *property))}};
}

json subtree_node(const Transaction& transaction, const Node& node) {
  json object = describe(node);
  object["name"] = node.uri.name();
  object["scope"] = node.scope == Scope::permanent ? "permanent" : "dynamic";
  const Result<Acl> acl = transaction.own_acl(node.uri);
  object["acl"] = acl ? acl->str() : std::string();
  if (const auto title = transaction.property(node.uri, Property::title); title && !title->empty()) {
    object["title"] = *title;
  }
  if (!node.is_leaf()) object["children"] = json::array();
  return object;
}

struct EffectiveRight {
  std::string acl;
  Uri decided_by;
};
EffectiveRight effective_acl(const Transaction& transaction, Uri uri) {
  while (true) {
    const Result<Acl> own = transaction.own_acl(uri);
    if (own && !own->empty()) return {own->str(), uri};
    if (uri.is_root()) return {{}, uri};
    uri = uri.parent();
  }
}

// The pattern as it meets stored names: letters beyond ASCII are escaped in those.
std::string stored_form(const std::string& pattern) {
  std::string stored;
  for (const char c : pattern) {
    const auto octet = static_cast<unsigned char>(c);
    stored += octet < 0x80 ? std::string(1, c) : fmt::format("%{:02X}", octet);
  }
  return stored;
}

// A pattern with a slash is matched against the whole address, else against the name.
bool matches_pattern(const std::string& pattern, const Node& node) {
  const bool whole = pattern.find('/') != std::string::npos;
  const std::string text = whole ? node.uri.str() : std::string(node.uri.name());
  return ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

// A management object identifier may be given without its version.
bool is_object(const Node& node, const std::string& id) {
  if (node.is_leaf() || node.type.empty()) return false;
  return node.type == id || (node.type.compare(0, id.size(), id) == 0 && node.type[id.size()] == ':');
}

std::string occurrence(const DdfNode& described) {
  const bool optional = described.min_occurs == 0;
  if (described.max_occurs == 0) return optional ? "ZeroOrMore" : "OneOrMore";
  if (described.max_occurs == 1) return optional ? "ZeroOrOne" : "One";
  return (optional ? "ZeroOrN " : "OneOrN ") + std::to_string(described.max_occurs);
}

}  // namespace

Result<json> get_node(const TreeRequest& request) {
  const Address address = DM_TRY(request.address("uri"));
  const Transaction transaction = request.begin("Get");
  if (const auto property = request.text("prop")) return get_property(transaction, address.node, *property);
  if (address.suffix == Address::Suffix::property) return get_property(transaction, address.node, address.argument);
  if (address.suffix == Address::Suffix::list) return Error{Errc::unsupported, "?list=: use tree or export"};
  Result<Node> node = transaction.get(address.node);
  if (!node) node = unreadable(request, address.node, node.error());
  if (!node) return node.error();
  json object = describe(*node);
  if (!node->is_leaf() && node->readable) object["children"] = node->children;
  return object;
}

Result<json> list_children(const TreeRequest& request) {
  const Uri uri = DM_TRY(request.uri("uri"));
  const Node node = DM_TRY(request.begin("Get").get(uri));
  if (node.is_leaf()) return json::array({node.uri.name()});
  return json(node.children);
}

Result<json> show_subtree(const TreeRequest& request) {
  const Uri top = DM_TRY(request.uri("uri"));
  const std::size_t most = request.number("depth").value_or(SIZE_MAX);
  const Transaction transaction = request.begin("Get");
  Result<std::vector<Node>> nodes = transaction.list(top);
  if (!nodes) nodes = std::vector<Node>{DM_TRY(unreadable(request, top, nodes.error()))};
  // Parents come first: the open branch is a path of arrays, the innermost last.
  json result;
  std::vector<json*> branch;
  for (const Node& node : *nodes) {
    const std::size_t depth = node.uri.depth() - top.depth();
    if (depth > most) continue;
    branch.resize(std::min(branch.size(), depth));
    json* place = &result;
    if (depth > 0) {
      json& siblings = (*branch.back())["children"];
      siblings.push_back(nullptr);
      place = &siblings.back();
    }
    *place = subtree_node(transaction, node);
    if (depth == most && !node.children.empty()) (*place)["more"] = node.children.size();
    branch.push_back(place);
  }
  return result;
}

Result<json> show_properties(const TreeRequest& request) {
  const Uri uri = DM_TRY(request.uri("uri"));
  const Transaction transaction = request.begin("Get");
  json object{{"uri", uri.str()}};
  for (const Property property : kProperties) {
    Result<std::string> value = transaction.property(uri, property);
    if (!value && value.error().code == Errc::unsupported) continue;
    if (!value) return value.error();
    const std::string name = to_lower(to_string(property));
    const bool is_number = property == Property::size || property == Property::verno;
    if (is_number) {
      object[name] = parse_unsigned(*value).value_or(0);
    } else {
      object[name] = std::move(*value);
    }
  }
  return object;
}

Result<json> show_acl(const TreeRequest& request) {
  const Uri uri = DM_TRY(request.uri("uri"));
  const Transaction transaction = request.begin("Get");
  const std::string own = DM_TRY(transaction.property(uri, Property::acl));
  const EffectiveRight effective = effective_acl(transaction, uri);
  return json{
      {"uri", uri.str()}, {"acl", own}, {"effective", effective.acl}, {"decided_by", effective.decided_by.str()}};
}

Result<json> explain_access(const TreeRequest& request) {
  const Uri uri = DM_TRY(request.uri("uri"));
  const Transaction transaction = request.begin("Get");
  if (!transaction.exists(uri)) return Error{Errc::not_found, uri.str() + " does not exist"};
  json rows = json::array();
  for (const AccessType command : {AccessType::add, AccessType::delete_, AccessType::exec, AccessType::get,
                                   AccessType::replace, AccessType::copy}) {
    const AccessDecision decision = transaction.decide(uri, command);
    rows.push_back({{"command", to_string(command)},
                    {"allowed", decision.allowed},
                    {"decided_by", decision.decided_by.str()},
                    {"why", decision.why}});
  }
  return rows;
}

Result<json> find_nodes(const TreeRequest& request) {
  auto pattern = request.text("pattern");
  if (pattern) pattern = stored_form(*pattern);
  const auto value = request.text("value"), object = request.text("mo");
  if (!pattern && !value && !object) return Error{Errc::incomplete, "nothing to look for"};
  const Transaction transaction = request.begin("Get");
  json found = json::array();
  for (const Node& node : DM_TRY(transaction.list(Uri()))) {
    if (pattern && !matches_pattern(*pattern, node)) continue;
    if (object && !is_object(node, *object)) continue;
    const bool shown = node.is_leaf() && node.readable && !is_secret_name(node.uri.name());
    if (value && (!shown || node.data.find(*value) == std::string::npos)) continue;
    found.push_back(describe(node));
  }
  return found;
}

Result<json> show_description(const TreeRequest& request) {
  const Uri uri = DM_TRY(request.uri("uri"));
  const Ddf& ddf = request.tree().ddf();
  const DdfNode* described = ddf.find(uri);
  if (described == nullptr) {
    if (ddf.may_exist(uri)) return json{{"uri", uri.str()}, {"described", false}};
    return Error{Errc::not_found, "no description has a place for " + uri.str()};
  }
  json object{{"uri", uri.str()},
              {"described", true},
              {"access", json::array()},
              {"format", json::array()},
              {"type", described->types},
              {"occurrence", occurrence(*described)},
              {"scope", described->scope == Scope::permanent ? "permanent" : "dynamic"},
              {"title", described->title},
              {"description", described->description}};
  for (const AccessType command : {AccessType::add, AccessType::copy, AccessType::delete_, AccessType::exec,
                                   AccessType::get, AccessType::replace}) {
    if (described->can(command)) object["access"].push_back(to_string(command));
  }
  for (const Format format : described->formats) object["format"].push_back(to_string(format));
  if (described->default_value && is_utf8(*described->default_value)) object["default"] = *described->default_value;
  if (described->is_interior()) {
    object["open"] = described->is_open();
    object["children"] = json::array();
    for (const auto& child : described->children) object["children"].push_back(child->name.empty() ? "*" : child->name);
  }
  return object;
}

}  // namespace omadm
