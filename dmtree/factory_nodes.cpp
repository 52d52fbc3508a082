#include "dmtree/factory_nodes.h"

#include <algorithm>
#include <utility>

#include "dmtree/ddf/ddf.h"
#include "dmtree/tree.h"

namespace omadm {
namespace {

bool leads_to_permanent(const DdfNode& described) {
  return std::any_of(described.children.begin(), described.children.end(), [](const auto& child) {
    if (child->name.empty()) return false;
    return child->scope == Scope::permanent || (child->implied && leads_to_permanent(*child));
  });
}

NewNode factory_node(const DdfNode& described) {
  NewNode node;
  if (described.default_value) {
    node.data = *described.default_value;
  } else if (described.formats.front() == Format::int_) {
    node.data = "0";
  } else if (described.formats.front() == Format::bool_) {
    node.data = "false";
  }
  return node;
}

Result<void> add_below(Transaction& transaction, const DdfNode& described, const Uri& uri) {
  for (const auto& child : described.children) {
    if (child->name.empty()) continue;
    const Uri place = uri.child(child->name);
    std::optional<Node> there = transaction.peek(place);
    if (!there) {
      const bool wanted = child->scope == Scope::permanent || (child->implied && leads_to_permanent(*child));
      if (!wanted) continue;
      DM_TRY(transaction.add(place, factory_node(*child)));
      there = transaction.peek(place);
    }
    // A store from before the description may hold a leaf where now an interior node belongs.
    if (there && !there->is_leaf()) DM_TRY(add_below(transaction, *child, place));
  }
  return {};
}

bool names(std::string_view acl, AccessType command) {
  return acl.find(std::string(to_string(command)) + '=') != std::string_view::npos;
}

// Of the factory ACL the root keeps every command it had, and all when nothing else is left.
std::string root_acl(const std::string& before, std::string after) {
  const bool empty = after.empty();
  for (const AccessType command : {AccessType::add, AccessType::get}) {
    if (names(after, command) || !(empty || names(before, command))) continue;
    after += (after.empty() ? "" : "&") + std::string(to_string(command)) + "=*";
  }
  return after;
}

}  // namespace

Result<void> add_factory_nodes(Transaction& transaction) {
  return add_below(transaction, transaction.tree().ddf().root(), Uri());
}

Result<void> withdraw_server(Transaction& transaction, std::string_view server_id) {
  std::vector<Uri> rest{Uri()};
  while (!rest.empty()) {
    const Uri uri = std::move(rest.back());
    rest.pop_back();
    const std::optional<Node> node = transaction.peek(uri);
    if (!node) continue;
    for (const std::string& name : node->children) rest.push_back(uri.child(name));
    Acl acl = DM_TRY(transaction.own_acl(uri));
    const std::string before = acl.str();
    if (!acl.remove_server(server_id)) continue;
    DM_TRY(transaction.set_property(uri, Property::acl, uri.is_root() ? root_acl(before, acl.str()) : acl.str()));
  }
  return {};
}

}  // namespace omadm
