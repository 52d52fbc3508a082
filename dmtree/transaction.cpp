// Reading. The editing half is in transaction_edit.cpp and transaction_property.cpp, commit in tree.cpp.
#include <utility>

#include "base/io/clock.h"
#include "dmtree/access.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/overlay.h"
#include "dmtree/tree.h"
#include "dmtree/tree_impl.h"

namespace omadm {
namespace {

bool node_has(const NodeView& node, const Viewer& who, Property property) {
  if (property == Property::size && node.is_interior()) return false;
  const DdfNode* description = node.description();
  return !who.bound_by_description() || description == nullptr || description->has(property);
}

}  // namespace

Transaction::Transaction(Tree& tree, const Principal& who)
    : tree_(&tree), generation_(tree.impl_->generation), who_(who) {}

Transaction::Transaction(Transaction&&) noexcept = default;
Transaction& Transaction::operator=(Transaction&&) noexcept = default;
Transaction::~Transaction() = default;

NodeView Transaction::root() const noexcept {
  return overlay_ != nullptr ? overlay_->root() : NodeView(tree_->impl_->nodes.root());
}

// Reading needs none; a transaction that edits takes the one the last commit has left behind.
Overlay& Transaction::overlay() {
  if (overlay_ == nullptr) overlay_ = std::move(tree_->impl_->spare_overlay);
  if (overlay_ == nullptr) overlay_ = std::make_unique<Overlay>(tree_->impl_->nodes.root());
  return *overlay_;
}

// What the overlay points to is gone once another transaction has committed.
Result<void> Transaction::ready() const {
  if (generation_ == tree_->impl_->generation) return {};
  return Error{Errc::conflict, "the tree has changed since this transaction began"};
}

Viewer Transaction::viewer() const noexcept {
  const bool unrestricted = overlay_ != nullptr && overlay_->unrestricted;
  return {unrestricted ? Principal::Kind::device : who_.kind, who_.server_id};
}

Result<Octets> Transaction::value_of(const NodeView& node, const Uri& uri) const {
  if (node.is_interior()) return Octets();
  if (node.value_changed() && !node.data().empty() && tree_->file_keeper(uri) != nullptr) {
    return Error{Errc::unavailable, uri.str() + ": its new value can be read once it is committed"};
  }
  ManagementObject* object = node.value_changed() ? nullptr : tree_->impl_->owner(uri);
  if (object != nullptr && !(object->reads_slowly() && tree_->impl_->is_untold(object, uri))) {
    if (auto live = DM_TRY(object->read(uri))) return std::move(*live);
  }
  return Octets(node.data());
}

Result<Node> Transaction::node_of(const NodeView& view, Uri address, bool readable) const {
  Node node;
  node.uri = std::move(address);
  const Uri& uri = node.uri;
  node.format = view.format();
  node.type = view.type();
  node.scope = is_permanent(view, uri.is_root()) ? Scope::permanent : Scope::dynamic;
  node.readable = readable;
  if (!readable) return node;
  if (!view.is_interior()) {
    node.data = DM_TRY(value_of(view, uri));
    return node;
  }
  const bool hides_private = uri.is_root() && viewer().bound_by_description();
  for (const auto& [name, child] : view.children()) {
    if (!hides_private || name != kPrivateRoot) node.children.emplace_back(name);
  }
  return node;
}

Result<Node> Transaction::get(Uri uri) const {
  DM_TRY(ready());
  const Located at = locate(root(), uri);
  DM_TRY(require(at, viewer(), uri, AccessType::get));
  return node_of(at.node, std::move(uri), true);
}

Result<std::string> Transaction::property(const Uri& uri, Property property) const {
  DM_TRY(ready());
  const Viewer who = viewer();
  const Located at = locate(root(), uri);
  // AccessType protects the value alone (TND-049).
  DM_TRY(require_node(at, who, uri, AccessType::get));
  if (!node_has(at.node, who, property)) {
    return Error{Errc::unsupported, uri.str() + " has no " + std::string(to_string(property))};
  }
  const bool parent_decides = property == Property::acl && !at.node.is_interior();
  if (!parent_decides || !require_grant(at.parent_acl, who, uri, AccessType::get)) {
    DM_TRY(require_grant(at.acl, who, uri, AccessType::get));
  }
  switch (property) {
    case Property::acl:
      return at.node.own_acl().str();
    case Property::format:
      return std::string(to_string(at.node.format()));
    case Property::name:
      return std::string(uri.name());
    case Property::size: {
      const FileKeeper* keeper = at.node.value_changed() ? nullptr : tree_->file_keeper(uri);
      if (keeper != nullptr) return std::to_string(DM_TRY(keeper->size(uri)));
      return std::to_string(DM_TRY(value_of(at.node, uri)).size());
    }
    case Property::title:
      return std::string(at.node.title());
    case Property::tstamp:
      return iso8601_basic(at.node.tstamp());
    case Property::type:
      return std::string(at.node.type());
    case Property::verno:
      return std::to_string(at.node.verno());
  }
  return Error{Errc::unsupported, "unknown property"};
}

bool Transaction::exists(const Uri& uri) const {
  if (!ready() || (viewer().bound_by_description() && is_private(uri))) return false;
  return static_cast<bool>(root().find(uri));
}

std::optional<Node> Transaction::peek(const Uri& uri) const {
  if (!ready()) return std::nullopt;
  const NodeView view = root().find(uri);
  if (!view) return std::nullopt;
  Node node;
  node.uri = uri;
  node.format = view.format();
  node.type = view.type();
  node.data = view.data();
  node.scope = is_permanent(view, uri.is_root()) ? Scope::permanent : Scope::dynamic;
  for (const auto& [name, child] : view.children()) node.children.emplace_back(name);
  return node;
}

// Recursion is bounded by kMaxSegments.
Result<void> Transaction::list_below(const NodeView& view, const Uri& uri, const Acl& acl,
                                     std::vector<Node>& out) const {
  const Viewer who = viewer();
  const DdfNode* description = view.description();
  const bool readable = !who.bound_by_description() || description == nullptr || description->can(AccessType::get);
  Result<Node> node = node_of(view, uri, readable);
  // One value that cannot be had must not keep all others from being read.
  if (!node && readable) node = node_of(view, uri, false);
  out.push_back(DM_TRY(std::move(node)));
  if (!readable) return {};
  for (const auto& [name, child] : view.children()) {
    if (uri.is_root() && name == kPrivateRoot && who.bound_by_description()) continue;
    const Acl& effective = child.own_acl().empty() ? acl : child.own_acl();
    if (who.bound_by_acl() && !effective.grants(AccessType::get, who.server_id)) continue;
    DM_TRY(list_below(child, uri.child(name), effective, out));
  }
  return {};
}

Result<std::vector<Node>> Transaction::list(const Uri& uri) const {
  DM_TRY(ready());
  const Located at = locate(root(), uri);
  DM_TRY(require(at, viewer(), uri, AccessType::get));
  std::vector<Node> nodes;
  DM_TRY(list_below(at.node, uri, *at.acl.acl, nodes));
  return nodes;
}

Result<Acl> Transaction::own_acl(const Uri& uri) const {
  DM_TRY(ready());
  if (!exists(uri)) return Error{Errc::not_found, uri.str() + " does not exist"};
  return root().find(uri).own_acl();
}

Result<std::string> Transaction::own_title(const Uri& uri) const {
  if (!exists(uri)) return Error{Errc::not_found, uri.str() + " does not exist"};
  return std::string(root().find(uri).title());
}

bool Transaction::has_property(const Uri& uri, Property property) const {
  return node_has(root().find(uri), viewer(), property);
}

AccessDecision Transaction::decide(const Uri& uri, AccessType command) const {
  if (auto usable = ready(); !usable) return {false, uri, usable.error().detail};
  return explain(locate(root(), uri), viewer(), uri, command);
}

Result<void> Transaction::check_right(const Uri& uri, AccessType command) const {
  DM_TRY(ready());
  const Located at = locate(root(), uri);
  DM_TRY(require_node(at, viewer(), uri, command));
  DM_TRY(require_access(at, viewer(), uri, command));
  return require_grant(at.acl, viewer(), uri, command);
}

const std::optional<Uri>& Transaction::failed_at() const noexcept {
  static const std::optional<Uri> kNowhere;
  return overlay_ != nullptr ? overlay_->failed_at : kNowhere;
}
bool Transaction::empty() const noexcept { return overlay_ == nullptr || overlay_->edits().empty(); }
const Principal& Transaction::principal() const noexcept { return who_; }
const Tree& Transaction::tree() const noexcept { return *tree_; }

}  // namespace omadm
