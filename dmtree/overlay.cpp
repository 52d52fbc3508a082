#include "dmtree/overlay.h"

#include <algorithm>
#include <utility>

#include "dmtree/tree_node.h"

namespace omadm {
namespace {

// So many shadows are looked through one by one.
constexpr std::size_t kFew = 16;

// After a child has gone from its name: the committed node of that name must not show through.
void hide_committed(Shadow& parent, std::string_view name) {
  if (parent.base == nullptr || parent.base->child(name) == nullptr) return;
  parent.children.emplace(std::string(name), nullptr);
}

// What an overlay has not changed yet is as committed.
void copy_committed(const TreeNode& node, NodeState& state, bool with_value) {
  state.format = node.format;
  state.type = *node.type;
  if (node.title) state.title = *node.title;
  if (node.acl) state.acl = *node.acl;
  state.tstamp = node.tstamp;
  state.verno = node.verno;
  if (with_value) state.data = node.data;
}

}  // namespace

std::string_view NodeView::title() const noexcept {
  if (own() != nullptr) return own()->title;
  return base_->title ? std::string_view(*base_->title) : std::string_view();
}

NodeView NodeView::child(std::string_view canonical) const {
  if (shadow_ != nullptr && !shadow_->children.empty()) {
    const auto found = shadow_->children.find(canonical);
    if (found != shadow_->children.end()) {
      const Shadow* shadow = found->second;
      return shadow != nullptr ? NodeView(overlay_, shadow->base, shadow) : NodeView();
    }
  }
  const TreeNode* committed = base_ != nullptr ? base_->child(canonical) : nullptr;
  return committed != nullptr ? view(committed) : NodeView();
}

std::vector<std::pair<std::string_view, NodeView>> NodeView::children() const {
  std::vector<std::pair<std::string_view, NodeView>> all;
  if (base_ != nullptr) {
    all.reserve(base_->children.size());
    for (const ChildEntry& node : base_->children) {
      const bool hidden = shadow_ != nullptr && shadow_->children.contains(node->name);
      if (!hidden) all.emplace_back(node->name, view(node.node.get()));
    }
  }
  if (shadow_ == nullptr || shadow_->children.empty()) return all;
  const auto committed = static_cast<std::ptrdiff_t>(all.size());
  for (const auto& [name, shadow] : shadow_->children) {
    if (shadow != nullptr) all.emplace_back(name, NodeView(overlay_, shadow->base, shadow));
  }
  std::inplace_merge(all.begin(), all.begin() + committed, all.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
  return all;
}

bool NodeView::has_children() const {
  if (shadow_ == nullptr || shadow_->children.empty()) return base_ != nullptr && !base_->children.empty();
  return !children().empty();
}

NodeView NodeView::find(const Uri& uri) const {
  NodeView node = *this;
  std::string_view rest = uri.path();
  while (node && !rest.empty()) node = node.step(rest);
  return node;
}

Shadow* Overlay::shadow_of(const TreeNode* committed) const noexcept {
  if (!has_first_) return nullptr;
  if (first_.base == committed) return const_cast<Shadow*>(&first_);
  if (by_node_) {
    const auto found = by_node_->find(committed);
    return found != by_node_->end() ? found->second : nullptr;
  }
  for (std::size_t i = 0; i < shadows_.size(); ++i) {
    if (shadows_[i].base == committed) return &shadows_[i];
  }
  return nullptr;
}

Shadow& Overlay::add_shadow(const TreeNode* base, const DdfNode* description) {
  Shadow& shadow = has_first_ ? shadows_.add() : first_;
  shadow.base = base;
  shadow.description = description;
  if (!std::exchange(has_first_, true)) return shadow;
  if (by_node_) {
    by_node_->emplace(base, &shadow);
  } else if (shadows_.size() > kFew) {
    by_node_ = std::make_unique<std::unordered_map<const TreeNode*, Shadow*>>(8 * kFew);
    for (std::size_t i = 0; i < shadows_.size(); ++i) by_node_->emplace(shadows_[i].base, &shadows_[i]);
  }
  return shadow;
}

// The shadow of an existing node, created where there is none.
Shadow& Overlay::shadow_of(const NodeView& node) {
  if (node.shadow_ != nullptr) return const_cast<Shadow&>(*node.shadow_);  // one of shadows_
  return add_shadow(node.base_, node.base_->description);
}

NodeState& Overlay::modify(const Uri& uri) {
  const NodeView node = root().find(uri);
  Shadow& shadow = shadow_of(node);
  if (!shadow.state) copy_committed(*shadow.base, shadow.state.emplace(), true);
  mark_pending(uri, shadow);
  return *shadow.state;
}

NodeState& Overlay::modify_value(const NodeView& node, const Uri& uri) {
  Shadow& shadow = shadow_of(node);
  if (!shadow.state) copy_committed(*shadow.base, shadow.state.emplace(), false);
  shadow.value_changed = true;
  mark_pending(uri, shadow);
  return *shadow.state;
}

void Overlay::create(const Uri& uri, NodeState state, const DdfNode* description) {
  Shadow& parent = shadow_of(root().find(uri.parent()));
  Shadow& created = add_shadow(nullptr, description);
  created.state = std::move(state);
  created.value_changed = true;
  mark_pending(uri, created);
  parent.children.insert_or_assign(std::string(uri.name()), &created);
}

void Overlay::remove(const Uri& uri) {
  settle(false);
  Shadow& parent = shadow_of(root().find(uri.parent()));
  const auto found = parent.children.find(uri.name());
  if (found != parent.children.end()) parent.children.erase(found);
  hide_committed(parent, uri.name());
  EditRecord record;
  record.op = EditRecord::Op::remove;
  record.node.uri = uri;
  records_.push_back(std::move(record));
}

void Overlay::rename(const Uri& uri, const Uri& renamed) {
  settle(false);
  Shadow& moved = shadow_of(root().find(uri));
  Shadow& parent = shadow_of(root().find(uri.parent()));
  const auto found = parent.children.find(uri.name());
  if (found != parent.children.end()) parent.children.erase(found);
  hide_committed(parent, uri.name());
  parent.children.insert_or_assign(std::string(renamed.name()), &moved);
  EditRecord record;
  record.op = EditRecord::Op::rename;
  record.node.uri = uri;
  record.renamed = renamed;
  records_.push_back(std::move(record));
}

void Overlay::log(Edit::Kind kind, Uri uri, Uri renamed) {
  edits_.push_back({kind, std::move(uri), std::move(renamed)});
}

void Overlay::mark_pending(const Uri& uri, Shadow& shadow) {
  if (shadow.pending) return;
  shadow.pending = true;
  ++pending_;
  shadow.pending_at = uri;
  shadow.next_pending = nullptr;
  (last_pending_ != nullptr ? last_pending_->next_pending : first_pending_) = &shadow;
  last_pending_ = &shadow;
}

// Turns what is pending into records. Removing and renaming come after this, so that every record
// uses the addresses in force at its place in the order.
void Overlay::settle(bool take_values) {
  if (take_values) records_.reserve(records_.size() + pending_);
  pending_ = 0;
  for (Shadow* shadow = first_pending_; shadow != nullptr; shadow = shadow->next_pending) {
    shadow->pending = false;
    NodeState& state = *shadow->state;
    NodeRecord& node = records_.emplace_back().node;
    node.uri = std::move(shadow->pending_at);
    node.format = state.format;
    node.type = state.type;
    node.title = state.title;
    node.acl = state.acl.str();
    node.tstamp = state.tstamp;
    node.verno = state.verno;
    node.data = take_values ? std::move(state.data) : state.data;
  }
  if (!take_values) first_pending_ = last_pending_ = nullptr;
}

void Overlay::take_records(std::vector<EditRecord>& records) && {
  const bool overwrites_alone = records_.empty();
  if (overwrites_alone) records_.swap(records);
  settle(true);
  if (!overwrites_alone) first_pending_ = last_pending_ = nullptr;
  records_.swap(records);
}

bool Overlay::clear() {
  received.clear();
  supplied.reset();
  constexpr std::size_t kWorthKeeping = 8;
  if (shadows_.size() > 0 || edits_.capacity() > kWorthKeeping) return false;
  first_.state.reset();
  first_.value_changed = first_.pending = false;
  first_.children.clear();
  has_first_ = false;
  edits_.clear();
  records_.clear();
  first_pending_ = last_pending_ = nullptr;
  failed_at.reset();
  unrestricted = false;
  return true;
}

const TreeNode* Overlay::next_overwritten() noexcept {
  if (first_pending_ == nullptr) return nullptr;
  return std::exchange(first_pending_, first_pending_->next_pending)->base;
}

}  // namespace omadm
