#include "dmtree/tree_node.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_map>

#include "dmtree/ddf/ddf.h"

namespace omadm {
namespace {

// The root ACL a device has from the factory (TND-071).
constexpr std::string_view kFactoryRootAcl = "Add=*&Get=*";

constexpr std::size_t kFewChildren = 8;  // looked through one by one

template <typename T>
std::uint64_t load_as(const char* octets) noexcept {
  T value = 0;
  std::memcpy(&value, octets, sizeof value);
  return value;
}

// Up to eight octets, the first one lowest; 0 where there are none.
std::uint64_t load(const char* octets, std::size_t count) noexcept {
  std::uint64_t word = 0;
  if constexpr (std::endian::native == std::endian::little) {
    if (count >= sizeof word) return load_as<std::uint64_t>(octets);
    std::size_t at = 0;
    if ((count & 4U) != 0) word = load_as<std::uint32_t>(octets), at = 4;
    if ((count & 2U) != 0) word |= load_as<std::uint16_t>(octets + at) << 8 * at, at += 2;
    if ((count & 1U) != 0) word |= load_as<std::uint8_t>(octets + at) << 8 * at;
  } else {
    for (std::size_t at = 0; at < std::min(count, sizeof word); ++at) {
      word |= load_as<std::uint8_t>(octets + at) << 8 * at;
    }
  }
  return word;
}

// Heads compare as the names do, as far as they reach: octets are never 0 in a name.
std::uint64_t head_of(std::string_view name) noexcept { return __builtin_bswap64(load(name.data(), name.size())); }

// Of two names of one size whose heads are the same.
bool same_behind_head(std::string_view a, std::string_view b) noexcept {
  constexpr std::size_t kHead = sizeof(std::uint64_t);
  if (a.size() <= kHead) return true;
  if (a.size() > 2 * kHead) return a == b;
  std::uint64_t end_of_a = 0;
  std::uint64_t end_of_b = 0;
  std::memcpy(&end_of_a, a.data() + a.size() - kHead, kHead);
  std::memcpy(&end_of_b, b.data() + b.size() - kHead, kHead);
  return end_of_a == end_of_b;
}

// Size and head of the first segment of a path, looked for eight octets at a time.
struct FirstSegment {
  explicit FirstSegment(std::string_view path) noexcept {
    constexpr std::uint64_t kEach = 0x0101010101010101U;
    for (std::size_t at = 0;; at += sizeof head) {
      const std::uint64_t word = load(path.data() + at, path.size() - at);
      // The lowest octet that is '/' is the lowest from which 1 cannot be taken away.
      const std::uint64_t slashed = word ^ (kEach * '/');
      const std::uint64_t slash = (slashed - kEach) & ~slashed & (kEach * 0x80);
      const std::uint64_t in_front = slash == 0 ? ~std::uint64_t{0} : ((slash & -slash) - 1) >> 7U;
      if (at == 0) head = __builtin_bswap64(word & in_front);
      size = slash == 0 ? path.size() : at + static_cast<std::size_t>(std::countr_zero(slash)) / 8;
      if (slash != 0 || path.size() - at <= sizeof head) return;
    }
  }
  std::size_t size = 0;
  std::uint64_t head = 0;
};

auto position(const TreeNode& parent, std::string_view name) noexcept {
  const std::uint64_t head = head_of(name);
  return std::lower_bound(parent.children.begin(), parent.children.end(), name,
                          [head](const ChildEntry& entry, std::string_view text) {
                            return entry.head != head ? entry.head < head : entry->name < text;
                          });
}

std::size_t count_nodes(const TreeNode& node) {
  std::size_t count = 1;
  for (const auto& child : node.children) count += count_nodes(*child);
  return count;
}

void mark_types(const TreeNode& node, std::unordered_map<const std::string*, bool>& used) {
  used[node.type] = true;
  for (const auto& child : node.children) mark_types(*child, used);
}

// One record serves all nodes: its texts keep their room. It comes with the address of `node`, and goes with it.
void visit_nodes(const TreeNode& node, NodeRecord& record, const std::function<void(const NodeRecord&)>& visit) {
  record.format = node.format;
  record.type = *node.type;
  record.title.clear();
  if (node.title) record.title = *node.title;
  record.acl.clear();
  if (node.acl) record.acl = node.acl->str();
  record.tstamp = node.tstamp;
  record.verno = node.verno;
  record.data = node.data;
  visit(record);
  const std::size_t path_octets = record.uri.path().size();
  for (const auto& child : node.children) {
    record.uri.descend(child->name);
    visit_nodes(*child, record, visit);
    record.uri.ascend_to(path_octets);
  }
}

Error corrupt(const Uri& uri, std::string_view what) {
  return Error{Errc::corrupt, "stored edit of " + uri.str() + ": " + std::string(what)};
}

}  // namespace

ChildEntry::ChildEntry(std::unique_ptr<TreeNode> child) noexcept : head(head_of(child->name)), node(std::move(child)) {}

TreeNode* TreeNode::child(std::string_view canonical) const noexcept { return child(canonical, head_of(canonical)); }

TreeNode* TreeNode::step(std::string_view& path) const noexcept {
  const FirstSegment first(path);
  TreeNode* const found = child(path.substr(0, first.size), first.head);
  if (found != nullptr) path.remove_prefix(std::min(first.size + 1, path.size()));
  return found;
}

TreeNode* TreeNode::child(std::string_view canonical, std::uint64_t head) const noexcept {
  auto found = children.begin();
  if (children.size() > kFewChildren) {
    found = std::lower_bound(found, children.end(), head,
                             [](const ChildEntry& entry, std::uint64_t wanted) { return entry.head < wanted; });
  } else {
    while (found != children.end() && found->head < head) ++found;
  }
  if (found == children.end() || found->head != head) return nullptr;
  // Names of up to eight octets are told apart by their heads.
  TreeNode* const node = found->node.get();
  if (node->name.size() == canonical.size() && same_behind_head(node->name, canonical)) return node;
  if (canonical.size() < sizeof head) return nullptr;
  found = position(*this, canonical);
  return found != children.end() && (*found)->name == canonical ? found->node.get() : nullptr;
}

const Acl& TreeNode::own_acl() const noexcept {
  static const Acl kNone;
  return acl ? *acl : kNone;
}

const std::string* TypePool::intern(std::string_view type) {
  const auto found = types_.find(type);
  return found != types_.end() ? &*found : &*types_.emplace(type).first;
}

void TypePool::sweep(const TreeNode& root) {
  std::unordered_map<const std::string*, bool> used;
  mark_types(root, used);
  std::erase_if(types_, [&](const std::string& type) { return !used.contains(&type); });
  sweep_above_ = std::max<std::size_t>(256, types_.size() * 2);
}

CommittedNodes::CommittedNodes(const Ddf& ddf) : root_(std::make_unique<TreeNode>()) {
  root_->name = ".";
  root_->description = &ddf.root();
  root_->type = types_.intern("");
  if (auto acl = Acl::parse(kFactoryRootAcl)) root_->acl = std::make_unique<Acl>(std::move(acl).value());
}

TreeNode* CommittedNodes::locate(const Uri& uri) const noexcept {
  TreeNode* node = root_.get();
  std::string_view rest = uri.path();
  while (node != nullptr && !rest.empty()) node = node->step(rest);
  return node;
}

const TreeNode* CommittedNodes::find(const Uri& uri) const noexcept { return locate(uri); }

Result<void> CommittedNodes::apply(EditRecord&& edit, const TreeNode* overwritten) {
  switch (edit.op) {
    case EditRecord::Op::put: {
      // Looked for before the record moves on. Every node is one of ours.
      TreeNode* const node = overwritten != nullptr ? const_cast<TreeNode*>(overwritten) : locate(edit.node.uri);
      return put(std::move(edit.node), node);
    }
    case EditRecord::Op::remove:
      return remove(edit.node.uri);
    case EditRecord::Op::rename:
      return rename(edit.node.uri, edit.renamed);
  }
  return corrupt(edit.node.uri, "unknown operation");
}

Result<void> CommittedNodes::put(NodeRecord&& record, TreeNode* node) {
  Acl acl;
  if (!record.acl.empty()) {
    auto parsed = Acl::parse(record.acl);
    if (!parsed) return corrupt(record.uri, parsed.error().detail);
    acl = std::move(parsed).value();
  }
  if (node == nullptr) {
    TreeNode* parent = locate(record.uri.parent());
    if (parent == nullptr || !parent->is_interior()) return corrupt(record.uri, "no interior parent");
    auto created = std::make_unique<TreeNode>();
    created->name = record.uri.name();
    created->parent = parent;
    if (parent->description != nullptr) created->description = parent->description->child(created->name);
    node = created.get();
    const auto place = position(*parent, created->name);
    parent->children.emplace(place, std::move(created));
    ++count_;
  } else if (record.format != Format::node && (node == root_.get() || !node->children.empty())) {
    return corrupt(record.uri, "a leaf with children");
  }
  node->format = record.format;
  if (node->type == nullptr || *node->type != record.type) node->type = types_.intern(record.type);
  if (acl.empty()) {
    node->acl = nullptr;
  } else {
    node->acl = std::make_unique<Acl>(std::move(acl));
  }
  if (record.title.empty()) {
    node->title = nullptr;
  } else {
    node->title = std::make_unique<std::string>(std::move(record.title));
  }
  node->tstamp = record.tstamp;
  node->verno = record.verno;
  node->data = std::move(record.data);
  return {};
}

Result<void> CommittedNodes::remove(const Uri& uri) {
  TreeNode* node = locate(uri);
  if (node == nullptr || node == root_.get()) return corrupt(uri, "nothing to remove");
  count_ -= count_nodes(*node);
  TreeNode& parent = *node->parent;
  parent.children.erase(position(parent, node->name));
  return {};
}

Result<void> CommittedNodes::rename(const Uri& uri, const Uri& renamed) {
  TreeNode* node = locate(uri);
  if (node == nullptr || node == root_.get()) return corrupt(uri, "nothing to rename");
  TreeNode& parent = *node->parent;
  if (renamed.parent() != uri.parent() || parent.child(renamed.name()) != nullptr) {
    return corrupt(uri, "no room for the new name");
  }
  auto slot = parent.children.begin() + (position(parent, node->name) - parent.children.cbegin());
  std::unique_ptr<TreeNode> moved = std::move(slot->node);
  parent.children.erase(slot);
  moved->name = renamed.name();
  const auto place = position(parent, moved->name);
  parent.children.emplace(place, std::move(moved));
  return {};
}

void CommittedNodes::for_each(const std::function<void(const NodeRecord&)>& visit) const {
  NodeRecord record;
  visit_nodes(*root_, record, visit);
}

void CommittedNodes::sweep_types() {
  if (types_.wants_sweep()) types_.sweep(*root_);
}

}  // namespace omadm
