#include "dmtree/overlay.h"

#include <algorithm>
#include <bit>
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

void Shadow::clear() {
  state.reset();
  value_changed = pending = false;
  pending_edit.reset();
  children.clear();
}

void Shadows::clear() {
  for (std::size_t i = 0; i < size_; ++i) (*this)[i].clear();
  size_ = 0;
}

std::size_t ShadowIndex::place(const TreeNode* base) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  // Nodes lie at regular distances: only the highest bits of the product tell all of them apart.
  const std::uint64_t product = std::uint64_t{std::hash<const TreeNode*>{}(base)} * 0x9E3779B97F4A7C15U;
  auto at = static_cast<std::size_t>(product >> static_cast<unsigned>(64 - std::bit_width(mask)));
  while (slots_[at] != nullptr && slots_[at]->base != base) at = (at + 1) & mask;
  return at;
}

void ShadowIndex::insert(Shadow& shadow) {
  if (2 * (count_ + 1) > slots_.size()) {
    const std::vector<Shadow*> smaller =
        std::exchange(slots_, std::vector<Shadow*>(std::max(8 * kFew, 2 * slots_.size())));
    for (Shadow* const known : smaller) {
      if (known != nullptr) slots_[place(known->base)] = known;
    }
  }
  slots_[place(shadow.base)] = &shadow;
  ++count_;
}

Shadow* ShadowIndex::find(const TreeNode* base) const noexcept {
  return slots_.empty() ? nullptr : slots_[place(base)];
}

void ShadowIndex::clear() noexcept {
  if (count_ > 0) std::fill(slots_.begin(), slots_.end(), nullptr);
  count_ = 0;
}

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

NodeView NodeView::step(std::string_view& path) const {
  if (shadow_ == nullptr || shadow_->children.empty()) {
    const TreeNode* committed = base_ != nullptr ? base_->step(path) : nullptr;
    return committed != nullptr ? view(committed) : NodeView();
  }
  std::string_view rest = path;
  const NodeView next = child(Uri::next_segment(rest));
  if (next) path = rest;
  return next;
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
  if (shadows_.size() > kFew) return by_node_.find(committed);
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
  // Once they are many, all of them are in by_node_.
  const std::size_t count = shadows_.size();
  for (std::size_t i = count == kFew + 1 ? 0 : count - 1; count > kFew && i < count; ++i) {
    if (shadows_[i].base != nullptr) by_node_.insert(shadows_[i]);
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
  if (mark_pending(shadow)) shadow.pending_at = uri;
  return *shadow.state;
}

NodeState& Overlay::replace_value(const NodeView& node, Uri uri) {
  Shadow& shadow = shadow_of(node);
  if (!shadow.state) copy_committed(*shadow.base, shadow.state.emplace(), false);
  shadow.value_changed = true;
  if (mark_pending(shadow)) shadow.pending_edit = edits_.size();
  log(Edit::Kind::replace, std::move(uri));
  return *shadow.state;
}

void Overlay::create(const Uri& uri, NodeState state, const DdfNode* description) {
  Shadow& parent = shadow_of(root().find(uri.parent()));
  Shadow& created = add_shadow(nullptr, description);
  created.state = std::move(state);
  created.value_changed = true;
  if (mark_pending(created)) created.pending_at = uri;
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

bool Overlay::mark_pending(Shadow& shadow) {
  if (std::exchange(shadow.pending, true)) return false;
  ++pending_;
  shadow.next_pending = nullptr;
  (last_pending_ != nullptr ? last_pending_->next_pending : first_pending_) = &shadow;
  last_pending_ = &shadow;
  return true;
}

// Turns what is pending into records. Removing and renaming come after this, so that every record
// uses the addresses in force at its place in the order.
void Overlay::settle(bool take) {
  if (take) records_.reserve(records_.size() + pending_);
  pending_ = 0;
  for (Shadow* shadow = first_pending_; shadow != nullptr; shadow = shadow->next_pending) {
    shadow->pending = false;
    NodeState& state = *shadow->state;
    NodeRecord& node = records_.emplace_back().node;
    if (!shadow->pending_edit) {
      node.uri = std::move(shadow->pending_at);
    } else if (Uri& logged = edits_[*shadow->pending_edit].uri; take) {
      node.uri = std::move(logged);
    } else {
      node.uri = logged;
    }
    shadow->pending_edit.reset();
    node.format = state.format;
    node.type = state.type;
    node.title = state.title;
    node.acl = state.acl.str();
    node.tstamp = state.tstamp;
    node.verno = state.verno;
    node.data = take ? std::move(state.data) : state.data;
  }
  if (!take) first_pending_ = last_pending_ = nullptr;
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
  if (shadows_.size() > kNodesWorthKeeping || edits_.capacity() > 2 * kNodesWorthKeeping) return false;
  first_.clear();
  has_first_ = false;
  shadows_.clear();
  by_node_.clear();
  edits_.clear();
  records_.clear();
  first_pending_ = last_pending_ = nullptr;
  pending_ = 0;
  failed_at.reset();
  unrestricted = rehearsal = false;
  return true;
}

const TreeNode* Overlay::next_overwritten() noexcept {
  if (first_pending_ == nullptr) return nullptr;
  return std::exchange(first_pending_, first_pending_->next_pending)->base;
}

}  // namespace omadm
