#include "dmtree/access.h"

#include "dmtree/ddf/ddf.h"
#include "dmtree/tnds/inbox.h"

namespace omadm {
namespace {

Error not_allowed(const Uri& uri, std::string_view what) {
  return Error{Errc::not_allowed, uri.str() + ": " + std::string(what)};
}

// Whether something may be added below the deepest existing node on the way.
Result<void> require_room(const Located& at, const Viewer& who, const Uri& uri) {
  if (who.bound_by_description() && is_private(uri)) return not_allowed(uri, "reserved");
  if (!at.node.is_interior()) return not_allowed(prefix(uri, at.depth), "a leaf has no children");
  const DdfNode* description = at.node.description();
  if (who.bound_by_description() && description != nullptr && !description->can(AccessType::add)) {
    return not_allowed(prefix(uri, at.depth), "AccessType lacks Add");
  }
  return require_grant(at.acl, who, uri, AccessType::add);
}

}  // namespace

namespace {

// As locate() walks, while nothing is changed: nearly always. Leaves in `rest` what is missing.
Located walk_committed(const TreeNode& root, std::string_view& rest) {
  Located at;
  const TreeNode* node = &root;
  const TreeNode* parent = nullptr;
  at.acl = {&root.own_acl(), 0};
  at.nearest = root.description;
  while (!rest.empty()) {
    const TreeNode* const next = node->step(rest);
    if (next == nullptr) break;
    parent = node;
    node = next;
    at.parent_acl = at.acl;
    ++at.depth;
    if (!next->inherits_acl()) at.acl = {next->acl.get(), at.depth};
    if (next->description != nullptr) at.nearest = next->description;
  }
  at.node = NodeView(*node);
  if (parent != nullptr) at.parent = NodeView(*parent);
  return at;
}

Located walk(const NodeView& root, std::string_view& rest) {
  Located at;
  at.node = root;
  at.acl = {&at.node.own_acl(), 0};
  at.nearest = at.node.description();
  while (!rest.empty()) {
    const NodeView next = at.node.step(rest);
    if (!next) break;
    at.parent = at.node;
    at.parent_acl = at.acl;
    at.node = next;
    ++at.depth;
    if (!next.inherits_acl()) at.acl = {&next.own_acl(), at.depth};
    if (next.description() != nullptr) at.nearest = next.description();
  }
  return at;
}

}  // namespace

Located locate(const NodeView& root, const Uri& uri) {
  std::string_view rest = uri.path();
  const TreeNode* const committed = root.unchanged();
  Located at = committed != nullptr ? walk_committed(*committed, rest) : walk(root, rest);
  at.missing = rest;
  const DdfNode* description = at.node.description();
  while (description != nullptr && !rest.empty()) {
    description = description->child(Uri::next_segment(rest));
    if (description != nullptr) at.nearest = description;
  }
  at.nearest_is_above = description == nullptr;
  return at;
}

bool is_private(const Uri& uri) noexcept {
  std::string_view path = uri.path();
  return path.starts_with(kPrivateRoot.front()) && Uri::next_segment(path) == kPrivateRoot;
}

Uri prefix(const Uri& uri, std::size_t depth) {
  Uri result;
  std::string_view rest = uri.path();
  for (; depth != 0 && !rest.empty(); --depth) result = result.child(Uri::next_segment(rest));
  return result;
}

bool is_permanent(const NodeView& node, bool is_root) noexcept {
  return is_root || (node.description() != nullptr && node.description()->scope == Scope::permanent);
}

bool holds_permanent(const NodeView& node) {
  if (node.description() == nullptr) return false;  // described nodes are below described ones alone
  for (const auto& [name, child] : node.children()) {
    if (is_permanent(child, false) || holds_permanent(child)) return true;
  }
  return false;
}

bool is_inbox(const Located& at, const Uri& uri) noexcept {
  return at.nearest != nullptr && at.nearest->is_interior() && !at.nearest->can(AccessType::get) && is_in_inbox(uri);
}

Result<void> require_node(const Located& at, const Viewer& who, const Uri& uri, AccessType command) {
  if (who.bound_by_description()) {
    if (is_private(uri)) return Error{Errc::not_found, uri.str() + " does not exist"};
    if (is_inbox(at, uri) && (at.nearest_is_above || command == AccessType::get)) {
      return not_allowed(uri, "nothing can be read here");
    }
  }
  if (!at.found()) return Error{Errc::not_found, uri.str() + " does not exist"};
  return {};
}

Result<void> require_access(const Located& at, const Viewer& who, const Uri& uri, AccessType command) {
  const DdfNode* description = at.node.description();
  if (!who.bound_by_description() || description == nullptr || description->can(command)) return {};
  return not_allowed(uri, "AccessType lacks " + std::string(to_string(command)));
}

Result<void> require_grant(const EffectiveAcl& acl, const Viewer& who, const Uri& uri, AccessType command) {
  if (!who.bound_by_acl() || acl.acl->grants(command, who.server_id)) return {};
  return Error{Errc::permission_denied, uri.str() + ": the ACL of " + prefix(uri, acl.depth).str() +
                                            " does not grant " + std::string(to_string(command)) + " to " +
                                            std::string(who.server_id)};
}

Result<void> require(const Located& at, const Viewer& who, const Uri& uri, AccessType command) {
  if (command == AccessType::add) {
    if (at.found() && !(who.bound_by_description() && is_private(uri))) {
      return Error{Errc::already_exists, uri.str() + " exists"};
    }
    return require_room(at, who, uri);
  }
  DM_TRY(require_node(at, who, uri, command));
  if (uri.is_root() && (command == AccessType::delete_ || command == AccessType::exec)) {
    return not_allowed(uri, "the root");
  }
  DM_TRY(require_access(at, who, uri, command));
  if (command == AccessType::replace && at.node.is_interior()) return not_allowed(uri, "an interior node has no value");
  if (command == AccessType::delete_ && who.bound_by_description()) {
    if (is_permanent(at.node, false)) return not_allowed(uri, "permanent");
    if (holds_permanent(at.node)) return not_allowed(uri, "holds a permanent node");
  }
  // Copy has no word of its own: its target needs Replace (TND-072).
  return require_grant(at.acl, who, uri, command == AccessType::copy ? AccessType::replace : command);
}

AccessDecision explain(const Located& at, const Viewer& who, const Uri& uri, AccessType command) {
  AccessDecision decision;
  // Asked of a node that is there, Add means: may there be something new below it?
  const bool below = command == AccessType::add && at.found() && at.node.is_interior();
  const Result<void> checked = below ? require_room(at, who, uri) : require(at, who, uri, command);
  decision.allowed = checked.has_value();
  const bool decided_by_acl = who.bound_by_acl() && (checked || checked.error().code == Errc::permission_denied);
  decision.decided_by = prefix(uri, decided_by_acl ? at.acl.depth : at.depth);
  if (!checked) {
    decision.why = checked.error().detail;
  } else if (decided_by_acl) {
    const AccessType word = command == AccessType::copy ? AccessType::replace : command;
    decision.why = "the ACL of " + decision.decided_by.str() + " grants " + std::string(to_string(word));
  } else {
    decision.why = who.bound_by_description() ? "AccessType allows it" : "the device itself";
  }
  return decision;
}

}  // namespace omadm
