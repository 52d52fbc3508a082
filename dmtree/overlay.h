// What a transaction has changed: a sparse shadow of the committed tree. Dropping it is the roll back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "dmtree/acl.h"
#include "dmtree/management_object.h"
#include "dmtree/store/store.h"
#include "dmtree/tree_node.h"
#include "dmtree/uri.h"
#include "dmtree/value.h"

namespace omadm {

// Everything of a node but its name and children, as a transaction wants it to be.
struct NodeState {
  Format format = Format::node;
  std::string type;
  std::string title;
  Acl acl;
  std::int64_t tstamp = 0;
  std::uint16_t verno = 0;
  Octets data;
};

// What is different about one node. 1. base == null: the node is new. 2. Committed children that `children` does not
// name show through, with the shadow of their own that the overlay may have.
struct Shadow {
  const TreeNode* base = nullptr;
  const DdfNode* description = nullptr;
  std::optional<NodeState> state;           // nullopt: as committed
  bool value_changed = false;               // the value is this transaction's, not the committed or live one
  bool pending = false;                     // its state is not yet among the records
  Uri pending_at;                           // its address then, where no edit has it
  std::optional<std::size_t> pending_edit;  // the edit that has it
  Shadow* next_pending = nullptr;
  std::map<std::string, Shadow*, std::less<>> children;  // new and renamed ones; null: no longer there

  void clear();  // as new
};

class Overlay;

// A node as the transaction sees it, committed and shadow together. Valid until the next change.
class NodeView {
 public:
  NodeView() = default;
  explicit NodeView(const TreeNode& committed) noexcept : base_(&committed) {}  // while nothing is edited
  NodeView(const Overlay* overlay, const TreeNode* base, const Shadow* shadow) noexcept
      : overlay_(overlay), base_(base), shadow_(shadow) {}

  explicit operator bool() const noexcept { return base_ != nullptr || shadow_ != nullptr; }
  Format format() const noexcept { return own() != nullptr ? own()->format : base_->format; }
  bool is_interior() const noexcept { return format() == Format::node; }
  std::string_view type() const noexcept { return own() != nullptr ? own()->type : *base_->type; }
  std::string_view title() const noexcept;
  const Acl& own_acl() const noexcept { return own() != nullptr ? own()->acl : base_->own_acl(); }
  bool inherits_acl() const noexcept { return own() != nullptr ? own()->acl.empty() : base_->inherits_acl(); }
  std::int64_t tstamp() const noexcept { return own() != nullptr ? own()->tstamp : base_->tstamp; }
  std::uint16_t verno() const noexcept { return own() != nullptr ? own()->verno : base_->verno; }
  Bytes data() const noexcept { return own() != nullptr ? own()->data : base_->data; }
  const DdfNode* description() const noexcept {  // null: not described
    return shadow_ != nullptr ? shadow_->description : base_->description;
  }
  bool value_changed() const noexcept { return shadow_ != nullptr && shadow_->value_changed; }

  // The node where the transaction changes nothing at all, else null.
  const TreeNode* unchanged() const noexcept { return sees_changes() ? nullptr : base_; }
  NodeView child(std::string_view canonical) const;  // false: none
  // The child that the first segment of `path` names, and takes it off; false: none, and `path` stays.
  NodeView step(std::string_view& path) const;
  NodeView find(const Uri& uri) const;  // of the root; false: no such node
  std::vector<std::pair<std::string_view, NodeView>> children() const;
  bool has_children() const;

 private:
  friend class Overlay;
  const NodeState* own() const noexcept { return shadow_ != nullptr && shadow_->state ? &*shadow_->state : nullptr; }
  bool sees_changes() const noexcept;
  NodeView view(const TreeNode* committed) const noexcept;

  const Overlay* overlay_ = nullptr;  // null: the committed nodes alone
  const TreeNode* base_ = nullptr;
  const Shadow* shadow_ = nullptr;
};

// What a transaction of so many nodes took from memory is kept for the next one.
inline constexpr std::size_t kNodesWorthKeeping = 128;

// Shadows that stay where they are, taken from memory some at a time.
class Shadows {
 public:
  std::size_t size() const noexcept { return size_; }
  Shadow& operator[](std::size_t index) const noexcept { return blocks_[index / kBlock][index % kBlock]; }
  Shadow& add() {
    if (size_ == blocks_.size() * kBlock) blocks_.push_back(std::make_unique<Shadow[]>(kBlock));
    return (*this)[size_++];
  }
  void clear();  // keeps their memory

 private:
  static constexpr std::size_t kBlock = 8;
  std::vector<std::unique_ptr<Shadow[]>> blocks_;
  std::size_t size_ = 0;
};

// Which shadow a committed node has: open addressing, never more than half full.
class ShadowIndex {
 public:
  void insert(Shadow& shadow);                        // its base is not null and not among them
  Shadow* find(const TreeNode* base) const noexcept;  // null: none
  void clear() noexcept;                              // keeps its memory

 private:
  std::size_t place(const TreeNode* base) const noexcept;  // where it is, or is to be

  std::vector<Shadow*> slots_;  // a power of two of them
  std::size_t count_ = 0;
};

class Overlay {
 public:
  explicit Overlay(const TreeNode& root) noexcept : root_(&root) {}

  NodeView root() const noexcept { return view(root_); }

  // The state of an existing node, to be changed in place.
  NodeState& modify(const Uri& uri);
  // The same for the leaf `node` at `uri` whose value is about to be replaced: the state comes without, and the edit is
  // logged.
  NodeState& replace_value(const NodeView& node, Uri uri);
  void create(const Uri& uri, NodeState state, const DdfNode* description);  // the parent exists, the node does not
  void remove(const Uri& uri);
  void rename(const Uri& uri, const Uri& renamed);  // same parent, free name

  // The edits for people and objects, in the order made.
  void log(Edit::Kind kind, Uri uri, Uri renamed = {});
  const std::vector<Edit>& edits() const noexcept { return edits_; }
  // The edits for the store, which lead from the committed state to this one, into `records`, which is empty. Takes
  // values and addresses out of the overlay, which is of no use before it is cleared.
  void take_records(std::vector<EditRecord>& records) &&;
  // After take_records, for each record in turn: the committed node it overwrites; null: it does something else, or
  // not only overwriting is done.
  const TreeNode* next_overwritten() noexcept;
  // As new. False: it has grown too large to be worth keeping.
  bool clear();

  std::optional<Uri> failed_at;
  bool unrestricted = false;  // while objects check a commit they see everything
  bool rehearsal = false;     // see Transaction::rehearse
  std::optional<std::pair<Uri, std::unique_ptr<ValueSink>>> supplied;  // see Transaction::supply
  std::vector<std::unique_ptr<ValueSink>> received;  // values on their way to files, until the transaction is over

 private:
  friend class NodeView;
  NodeView view(const TreeNode* committed) const noexcept { return {this, committed, shadow_of(committed)}; }
  Shadow* shadow_of(const TreeNode* committed) const noexcept;  // null: none
  Shadow& shadow_of(const NodeView& node);
  Shadow& add_shadow(const TreeNode* base, const DdfNode* description);
  bool mark_pending(Shadow& shadow);  // false: it was
  void settle(bool take);

  const TreeNode* root_;
  Shadow first_;  // most transactions change one node
  bool has_first_ = false;
  Shadows shadows_;      // the others
  ShadowIndex by_node_;  // of shadows_, when they are many
  std::vector<Edit> edits_;
  std::vector<EditRecord> records_;
  Shadow* first_pending_ = nullptr;
  Shadow* last_pending_ = nullptr;
  std::size_t pending_ = 0;
};

inline bool NodeView::sees_changes() const noexcept { return overlay_ != nullptr && overlay_->has_first_; }

inline NodeView NodeView::view(const TreeNode* committed) const noexcept {
  return sees_changes() ? overlay_->view(committed) : NodeView(*committed);
}

}  // namespace omadm
