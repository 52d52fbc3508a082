#include "dmtree/overlay.h"

#include <algorithm>

#include "dmtree/tree_node.h"

namespace omadm {
namespace {

// After a child has gone from its name: the committed node of that name must not show through.
void hide_committed(Shadow& parent, std::string_view name) {
  if (parent.base == nullptr || parent.base->child(name) == nullptr) return;
  auto tombstone = std::make_unique<Shadow>();
  tombstone->removed = true;
  parent.children.emplace(std::string(name), std::move(tombstone));
}

}  // namespace

Format NodeView::format() const noexcept { return own() != nullptr ? own()->format : base_->format; }

std::string_view NodeView::type() const noexcept { return own() != nullptr ? own()->type : *base_->type; }

std::string_view NodeView::title() const noexcept {
  if (own() != nullptr) return own()->title;
  return base_->title ? std::string_view(*base_->title) : std::string_view();
}

const Acl& NodeView::own_acl() const noexcept { return own() != nullptr ? own()->acl : base_->own_acl(); }

std::int64_t NodeView::tstamp() const noexcept { return own() != nullptr ? own()->tstamp : base_->tstamp; }

std::uint16_t NodeView::verno() const noexcept { return own() != nullptr ? own()->verno : base_->verno; }

Bytes NodeView::data() const noexcept { return own() != nullptr ? own()->data : base_->data; }

const DdfNode* NodeView::description() const noexcept {
  return shadow_ != nullptr ? shadow_->description : base_->description;
}

NodeView NodeView::child(std::string_view canonical) const {
  if (shadow_ != nullptr) {
    const auto found = shadow_->children.find(canonical);
    if (found != shadow_->children.end()) {
      const Shadow& shadow = *found->second;
      return shadow.removed ? NodeView() : NodeView(shadow.base, &shadow);
    }
  }
  return {base_ != nullptr ? base_->child(canonical) : nullptr, nullptr};
}

std::vector<std::pair<std::string_view, NodeView>> NodeView::children() const {
  std::vector<std::pair<std::string_view, NodeView>> all;
  if (base_ != nullptr) {
    all.reserve(base_->children.size());
    for (const ChildEntry& node : base_->children) {
      const bool shadowed = shadow_ != nullptr && shadow_->children.contains(node->name);
      if (!shadowed) all.emplace_back(node->name, NodeView(node.node.get(), nullptr));
    }
  }
  if (shadow_ == nullptr || shadow_->children.empty()) return all;
  const auto committed = static_cast<std::ptrdiff_t>(all.size());
  for (const auto& [name, shadow] : shadow_->children) {
    if (!shadow->removed) all.emplace_back(name, NodeView(shadow->base, shadow.get()));
  }
  std::inplace_merge(all.begin(), all.begin() + committed, all.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
  return all;
}

bool NodeView::has_children() const {
  if (shadow_ == nullptr || shadow_->children.empty()) return base_ != nullptr && !base_->children.empty();
  return !children().empty();
}

NodeState NodeView::state() const {
  if (own() != nullptr) return *own();
  return {format(), std::string(type()), std::string(title()), own_acl(), tstamp(), verno(), Octets(data())};
}

Overlay::Overlay(const TreeNode& root, std::uint64_t generation) : generation_(generation) {
  shadow_.base = &root;
  shadow_.description = root.description;
}

NodeView Overlay::find(const Uri& uri) const {
  NodeView node = root();
  std::string_view rest = uri.path();
  while (node && !rest.empty()) node = node.child(Uri::next_segment(rest));
  return node;
}

// The shadow of an existing node; shadows on the way are created where there are none.
Shadow& Overlay::shadow_of(const Uri& uri) {
  Shadow* shadow = &shadow_;
  std::string_view rest = uri.path();
  while (!rest.empty()) {
    const std::string_view name = Uri::next_segment(rest);
    auto found = shadow->children.find(name);
    if (found == shadow->children.end()) {
      auto created = std::make_unique<Shadow>();
      created->base = shadow->base->child(name);
      created->description = created->base->description;
      found = shadow->children.emplace(std::string(name), std::move(created)).first;
    }
    shadow = found->second.get();
  }
  return *shadow;
}

NodeState& Overlay::modify(const Uri& uri) {
  Shadow& shadow = shadow_of(uri);
  if (!shadow.state) shadow.state = std::make_unique<NodeState>(NodeView(shadow.base, &shadow).state());
  mark_pending(uri, shadow);
  return *shadow.state;
}

void Overlay::mark_value_changed(const Uri& uri) { shadow_of(uri).value_changed = true; }

void Overlay::create(const Uri& uri, NodeState state, const DdfNode* description) {
  Shadow& parent = shadow_of(uri.parent());
  auto created = std::make_unique<Shadow>();
  created->description = description;
  created->state = std::make_unique<NodeState>(std::move(state));
  created->value_changed = true;
  mark_pending(uri, *created);
  parent.children.insert_or_assign(std::string(uri.name()), std::move(created));
}

void Overlay::remove(const Uri& uri) {
  settle(false);
  Shadow& parent = shadow_of(uri.parent());
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
  shadow_of(uri);
  Shadow& parent = shadow_of(uri.parent());
  std::unique_ptr<Shadow> moved = std::move(parent.children.extract(std::string(uri.name())).mapped());
  hide_committed(parent, uri.name());
  parent.children.insert_or_assign(std::string(renamed.name()), std::move(moved));
  EditRecord record;
  record.op = EditRecord::Op::rename;
  record.node.uri = uri;
  record.renamed = renamed;
  records_.push_back(std::move(record));
}

void Overlay::log(Edit::Kind kind, const Uri& uri, const Uri& renamed) { edits_.push_back({kind, uri, renamed}); }

void Overlay::mark_pending(const Uri& uri, Shadow& shadow) {
  if (shadow.pending) return;
  shadow.pending = true;
  pending_.emplace_back(uri, &shadow);
}

// Turns what is pending into records. Removing and renaming come after this, so that every record
// uses the addresses in force at its place in the order.
void Overlay::settle(bool take_values) {
  for (auto& [uri, shadow] : pending_) {
    shadow->pending = false;
    NodeState& state = *shadow->state;
    EditRecord record;
    record.op = EditRecord::Op::put;
    record.node.uri = uri;
    record.node.format = state.format;
    record.node.type = state.type;
    record.node.title = state.title;
    record.node.acl = state.acl.str();
    record.node.tstamp = state.tstamp;
    record.node.verno = state.verno;
    record.node.data = take_values ? std::move(state.data) : state.data;
    records_.push_back(std::move(record));
  }
  pending_.clear();
}

std::vector<EditRecord> Overlay::take_records() && {
  settle(true);
  return std::move(records_);
}

}  // namespace omadm
