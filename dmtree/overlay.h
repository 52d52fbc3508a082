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
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "dmtree/acl.h"
#include "dmtree/management_object.h"
#include "dmtree/store/store.h"
#include "dmtree/uri.h"
#include "dmtree/value.h"

namespace omadm {

struct DdfNode;
struct TreeNode;

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
  std::optional<NodeState> state;  // nullopt: as committed
  bool value_changed = false;      // the value is this transaction's, not the committed or live one
  bool pending = false;            // its state is not yet among the records
  Uri pending_at;                  // its address then
  Shadow* next_pending = nullptr;
  std::map<std::string, Shadow*, std::less<>> children;  // new and renamed ones; null: no longer there
};

class Overlay;

// A node as the transaction sees it, committed and shadow together. Valid until the next change.
class NodeView {
 public:
  NodeView() = default;
  NodeView(const Overlay& overlay, const TreeNode* base, const Shadow* shadow) noexcept
      : overlay_(&overlay), base_(base), shadow_(shadow) {}

  explicit operator bool() const noexcept { return base_ != nullptr || shadow_ != nullptr; }
  Format format() const noexcept;
  bool is_interior() const noexcept { return format() == Format::node; }
  std::string_view type() const noexcept;
  std::string_view title() const noexcept;
  const Acl& own_acl() const noexcept;
  bool inherits_acl() const noexcept;
  std::int64_t tstamp() const noexcept;
  std::uint16_t verno() const noexcept;
  Bytes data() const noexcept;
  const DdfNode* description() const noexcept;  // null: not described
  bool value_changed() const noexcept { return shadow_ != nullptr && shadow_->value_changed; }

  NodeView child(std::string_view canonical) const;  // false: none
  std::vector<std::pair<std::string_view, NodeView>> children() const;
  bool has_children() const;

 private:
  friend class Overlay;
  const NodeState* own() const noexcept { return shadow_ != nullptr && shadow_->state ? &*shadow_->state : nullptr; }
  NodeState state(bool with_value) const;  // a copy

  const Overlay* overlay_ = nullptr;
  const TreeNode* base_ = nullptr;
  const Shadow* shadow_ = nullptr;
};

class Overlay {
 public:
  Overlay(const TreeNode& root, std::uint64_t generation);

  NodeView root() const noexcept { return view(root_); }
  NodeView find(const Uri& uri) const;
  std::uint64_t generation() const noexcept { return generation_; }

  // The state of an existing node, to be changed in place.
  NodeState& modify(const Uri& uri);
  // The same for the leaf `node` at `uri` whose value is about to be replaced: the state comes without.
  NodeState& modify_value(const NodeView& node, const Uri& uri);
  void create(const Uri& uri, NodeState state, const DdfNode* description);  // the parent exists, the node does not
  void remove(const Uri& uri);
  void rename(const Uri& uri, const Uri& renamed);  // same parent, free name

  // The edits for people and objects, in the order made.
  void log(Edit::Kind kind, const Uri& uri, const Uri& renamed = {});
  const std::vector<Edit>& edits() const noexcept { return edits_; }
  // The edits for the store, which lead from the committed state to this one. Takes the values out of
  // the overlay, which is of no use afterwards.
  std::vector<EditRecord> take_records() &&;
  // After take_records, for each record in turn: the committed node it overwrites; null: it does something else, or
  // not only overwriting is done.
  const TreeNode* next_overwritten() noexcept;

  std::optional<Uri> failed_at;
  bool unrestricted = false;  // while objects check a commit they see everything

 private:
  friend class NodeView;
  NodeView view(const TreeNode* committed) const noexcept { return {*this, committed, shadow_of(committed)}; }
  Shadow* shadow_of(const TreeNode* committed) const noexcept;  // null: none
  Shadow& shadow_of(const NodeView& node);
  Shadow& add_shadow(const TreeNode* base, const DdfNode* description);
  void mark_pending(const Uri& uri, Shadow& shadow);
  void settle(bool take_values);

  const TreeNode* root_;
  std::uint64_t generation_;
  Shadow first_;  // most transactions change one node
  bool has_first_ = false;
  std::vector<std::unique_ptr<Shadow>> shadows_;                           // the others
  std::unique_ptr<std::unordered_map<const TreeNode*, Shadow*>> by_node_;  // of shadows_, when they are many
  std::vector<Edit> edits_;
  std::vector<EditRecord> records_;
  Shadow* first_pending_ = nullptr;
  Shadow* last_pending_ = nullptr;
  std::size_t pending_ = 0;
};

}  // namespace omadm
