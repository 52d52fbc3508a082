// Editing nodes: Add, Replace, Delete, Copy. The order of the checks is TND-117's.
#include <algorithm>
#include <utility>

#include "base/io/clock.h"
#include "dmtree/access.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/node_content.h"
#include "dmtree/overlay.h"
#include "dmtree/tnds/inbox.h"
#include "dmtree/tree.h"
#include "dmtree/tree_impl.h"

namespace omadm {
namespace {

Error not_allowed(const Uri& uri, std::string_view what) {
  return Error{Errc::not_allowed, uri.str() + ": " + std::string(what)};
}

Error refused_copy(const Uri& uri, std::string_view what) {
  return Error{Errc::unavailable, uri.str() + ": cannot be copied: " + std::string(what)};
}

// Whether another instance of a placeholder would be one too many (TNDS-010).
bool is_full(const NodeView& parent, const DdfNode& described) {
  if (!parent || !described.name.empty() || described.max_occurs == 0) return false;
  const auto siblings = parent.children();
  const auto instances = std::count_if(siblings.begin(), siblings.end(),
                                       [&](const auto& child) { return child.second.description() == &described; });
  return static_cast<std::uint64_t>(instances) >= described.max_occurs;
}

// Whether the description of the parent lets a node be created at `uri`. `parent` is false when it is new itself.
Result<void> check_place(const DdfNode& above, const NodeView& parent, const Uri& uri, const Viewer& who) {
  if (who.bound_by_description() && !above.can(AccessType::add))
    return not_allowed(uri.parent(), "AccessType lacks Add");
  const DdfNode* described = above.child(uri.name());
  if (described == nullptr) {
    return above.is_open() ? Result<void>() : not_allowed(uri, "not described below " + uri.parent().str());
  }
  if (who.bound_by_description() && described->scope == Scope::permanent) return not_allowed(uri, "permanent");
  if (is_full(parent, *described)) return not_allowed(uri, "no further one may be added");
  return {};
}

}  // namespace

Result<void> Transaction::check_length(const Uri& uri) const {
  // The client's own bookkeeping is no address a server could be asked to keep short.
  return uri.check(is_private(uri) ? UriLimits() : tree_->impl_->limits);
}

void Transaction::mark_changed(NodeState& state) const {
  state.tstamp = tree_->impl_->clock.utc_seconds();
  ++state.verno;  // 65535 is followed by 0 (TND-136)
}

NodeState& Transaction::touch(const Uri& uri) {
  NodeState& state = overlay().modify(uri);
  mark_changed(state);
  return state;
}

Result<void> Transaction::check_shape(const Located& at, const Uri& uri) {
  const DdfNode* above = at.node.description();
  NodeView parent = at.node;
  Uri place = prefix(uri, at.depth);
  std::string_view rest = at.missing;
  while (!rest.empty() && above != nullptr) {
    place = place.child(Uri::next_segment(rest));
    Result<void> checked = check_place(*above, parent, place, viewer());
    above = above->child(place.name());
    if (checked && !rest.empty() && above != nullptr && !above->is_interior()) {
      checked = Error{Errc::bad_format, place.str() + " is described as a leaf"};
    }
    if (!checked) {
      if (!rest.empty()) overlay().failed_at = place;
      return checked;
    }
    parent = NodeView();
  }
  return {};
}

// The parent exists. TND-008, TND-066, TND-137.
void Transaction::create_node(const Uri& uri, NodeState state, const DdfNode* description) {
  const Viewer who = viewer();
  const Uri parent = uri.parent();
  if (state.format == Format::node && !require_grant(locate(root(), parent).acl, who, uri, AccessType::replace)) {
    state.acl = Acl::granting(who.server_id, {AccessType::add, AccessType::delete_, AccessType::replace});
  }
  state.tstamp = tree_->impl_->clock.utc_seconds();
  overlay().create(uri, std::move(state), description);
  touch(parent);
  overlay().log(Edit::Kind::add, uri);
}

Result<void> Transaction::check_add(const Located& at, const Uri& uri) {
  // TND-117: what a description forbids (TND-094) comes before what an ACL does.
  Result<void> granted = require(at, viewer(), uri, AccessType::add);
  if (!granted && granted.error().code != Errc::permission_denied) return granted;
  const Result<void> shape = check_shape(at, uri);
  if (!granted && (shape || shape.error().code == Errc::bad_format)) {
    if (overlay_ != nullptr) overlay_->failed_at.reset();
    return granted;
  }
  return shape;
}

Result<void> Transaction::add_at(const Uri& uri, NewNode node) {
  DM_TRY(check_length(uri));
  const Located at = locate(root(), uri);
  DM_TRY(check_add(at, uri));
  const DdfNode* described = at.nearest_is_above ? nullptr : at.nearest;
  NodeState state = DM_TRY(content_of_new(described, std::move(node)));
  if (!tree_->impl_->keepers.empty() && state.format != Format::node) DM_TRY(keep_in_file(uri, state.data));

  // What follows changes the overlay, and with it what `at` refers to.
  const std::size_t existing = at.depth;
  const std::size_t wanted = uri.depth();
  const DdfNode* above = at.node.description();
  for (std::size_t depth = existing + 1; depth < wanted; ++depth) {
    const Uri parent = prefix(uri, depth);
    above = above != nullptr ? above->child(parent.name()) : nullptr;
    NewNode interior;
    interior.format = Format::node;
    Result<NodeState> content = content_of_new(above, std::move(interior));
    if (!content) {
      overlay().failed_at = parent;
      return content.error();
    }
    create_node(parent, std::move(content).value(), above);
  }
  create_node(uri, std::move(state), described);
  return {};
}

Result<void> Transaction::add(const Uri& uri, NewNode node) {
  DM_TRY(ready());
  if (overlay_ != nullptr) overlay_->failed_at.reset();
  const Viewer who = viewer();
  const Located at = locate(root(), uri);
  if (!who.bound_by_description() || !is_inbox(at, uri)) return add_at(uri, std::move(node));
  // MO-061: only an object can be added to ./Inbox, by its identifier.
  if (node.format != Format::node) return not_allowed(uri, "only objects can be added here");
  TndsDocument document;
  TndsNode object;
  object.format = node.format;
  object.type = std::move(node.type).value_or(std::string());
  document.nodes.push_back(std::move(object));
  DM_TRY(add_to_inbox(*this, document, InboxMode::session, uri));
  return {};
}

Result<void> Transaction::check_command(const Uri& uri, AccessType command) {
  DM_TRY(ready());
  const Located at = locate(root(), uri);
  if (command != AccessType::add) return require(at, viewer(), uri, command);
  DM_TRY(check_length(uri));
  const bool to_inbox = viewer().bound_by_description() && is_inbox(at, uri);
  return to_inbox ? Result<void>() : check_add(at, uri);
}

// A value that is kept in a file: its octets go there, and the tree gets what leads to them.
Result<void> Transaction::keep_in_file(const Uri& uri, Octets& data) {
  FileKeeper* keeper = tree_->file_keeper(uri);
  if (keeper == nullptr) return {};
  Overlay& overlay = this->overlay();
  std::unique_ptr<ValueSink> sink;
  if (overlay.supplied && overlay.supplied->first == uri) {
    sink = std::move(overlay.supplied->second);
    overlay.supplied.reset();
  }
  if (overlay.rehearsal || (sink == nullptr && data.empty())) return {};
  if (sink == nullptr) {
    sink = DM_TRY(keeper->receive(uri, data.size()));
    DM_TRY(sink->write(data));
  }
  data = DM_TRY(sink->finish());
  overlay.received.push_back(std::move(sink));
  return {};
}

Result<void> Transaction::supply(const Uri& leaf, std::unique_ptr<ValueSink> value) {
  if (tree_->file_keeper(leaf) == nullptr) return Error{Errc::unavailable, leaf.str() + " is kept in the tree again"};
  overlay().supplied.emplace(leaf, std::move(value));
  return {};
}

void Transaction::rehearse() { overlay().rehearsal = true; }

Result<void> Transaction::replace_at(Uri uri, const NodeView& node, NewValue value) {
  DM_TRY(settle_content(node, value));
  if (!tree_->impl_->keepers.empty()) DM_TRY(keep_in_file(uri, value.data));
  NodeState& changed = overlay().replace_value(node, std::move(uri));
  changed.format = *value.format;
  if (value.type) changed.type = *std::move(value.type);
  changed.data = std::move(value.data);
  mark_changed(changed);
  return {};
}

Result<void> Transaction::replace(Uri uri, NewValue value) {
  DM_TRY(ready());
  const Viewer who = viewer();
  const Located at = locate(root(), uri);
  DM_TRY(require_node(at, who, uri, AccessType::replace));
  const bool fixed = who.bound_by_description() && is_permanent(at.node, uri.is_root());
  if (fixed && !at.node.is_interior() && changes_kind(at.node, value)) {
    return not_allowed(uri, "Format and Type of a permanent node stay");
  }
  DM_TRY(require(at, who, uri, AccessType::replace));
  return replace_at(std::move(uri), at.node, std::move(value));
}

Result<void> Transaction::remove(const Uri& uri) {
  DM_TRY(ready());
  DM_TRY(require(locate(root(), uri), viewer(), uri, AccessType::delete_));
  overlay().remove(uri);
  touch(uri.parent());
  overlay().log(Edit::Kind::remove, uri);
  return {};
}

// TND-095, TND-112. What is not possible for other reasons than rights is `unavailable`.
Result<void> Transaction::copy(const Uri& source, const Uri& target) {
  DM_TRY(ready());
  if (overlay_ != nullptr) overlay_->failed_at.reset();
  const Viewer who = viewer();
  const Located from = locate(root(), source);
  DM_TRY(require_node(from, who, source, AccessType::get));
  DM_TRY(require_access(from, who, source, AccessType::get));
  DM_TRY(check_length(target));
  const Located to = locate(root(), target);
  if (to.found()) {
    DM_TRY(require_node(to, who, target, AccessType::copy));
    DM_TRY(require_access(to, who, target, AccessType::copy));
  }
  if (from.node.is_interior()) return refused_copy(source, "an interior node");
  if (to.found() == to.node.is_interior()) return refused_copy(target, "not a leaf");
  DM_TRY(require_grant(from.acl, who, source, AccessType::get));
  Octets data = DM_TRY(value_of(from.node, source));
  const Format format = from.node.format();
  std::string type(from.node.type());

  Result<void> copied;
  if (!to.found()) {
    copied = add(target, {format, std::move(type), std::move(data)});
  } else {
    DM_TRY(require_grant(to.acl, who, target, AccessType::replace));
    NewValue value{format, std::move(type), std::move(data)};
    const bool fixed = who.bound_by_description() && is_permanent(to.node, target.is_root());
    if (fixed && changes_kind(to.node, value)) return refused_copy(target, "another Format or Type");
    copied = replace_at(target, to.node, std::move(value));
  }
  if (!copied && copied.error().code == Errc::bad_format) return refused_copy(target, copied.error().detail);
  return copied;
}

Result<void> Transaction::put(const Uri& uri, NewNode node) {
  DM_TRY(ready());
  if (viewer().kind != Principal::Kind::device) return not_allowed(uri, "put is for the device itself");
  const NodeView there = root().find(uri);
  if (!there) return add(uri, std::move(node));
  if (there.is_interior()) {
    NewNode wanted{Format::node, std::move(node.type), std::move(node.data)};
    if (node.format.value_or(Format::node) != Format::node) return Error{Errc::bad_format, uri.str() + " is interior"};
    const bool names_type = wanted.type && !wanted.type->empty();
    const NodeState state = DM_TRY(content_of_new(there.description(), std::move(wanted)));
    if (!names_type || state.type == there.type()) return {};
    touch(uri).type = state.type;
    overlay().log(Edit::Kind::property, uri);
    return {};
  }
  NewValue value{node.format, std::move(node.type), std::move(node.data)};
  if (!changes_kind(there, value) && there.data() == value.data) return {};
  return replace_at(uri, there, std::move(value));
}

}  // namespace omadm
