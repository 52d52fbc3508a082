// The committed tree in memory. Only this room sees it; others go through Tree and Transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "dmtree/acl.h"
#include "dmtree/store/store.h"
#include "dmtree/uri.h"
#include "dmtree/value.h"

namespace omadm {

class Ddf;
struct DdfNode;
struct TreeNode;

// A child and the first octets of its name: most look-ups are decided without a look at the node.
struct ChildEntry {
  explicit ChildEntry(std::unique_ptr<TreeNode> child) noexcept;
  TreeNode* operator->() const noexcept { return node.get(); }
  TreeNode& operator*() const noexcept { return *node; }

  std::uint64_t head;
  std::unique_ptr<TreeNode> node;
};

// One committed node. What few nodes have (ACL, title) is allocated only where it is used.
// 1. `children` is sorted by name; only interior nodes have any. 2. `parent` is null for the root alone.
struct TreeNode {
  // What walking reads comes first, together.
  std::vector<ChildEntry> children;
  std::unique_ptr<Acl> acl;              // null: inherits
  const DdfNode* description = nullptr;  // null: not described
  Format format = Format::node;
  std::uint16_t verno = 0;
  TreeNode* parent = nullptr;
  std::string name;                   // canonical; "." for the root
  const std::string* type = nullptr;  // in the TypePool, never null
  Octets data;
  std::int64_t tstamp = 0;
  std::unique_ptr<std::string> title;  // null: empty

  bool is_interior() const noexcept { return format == Format::node; }
  bool inherits_acl() const noexcept { return acl == nullptr || acl->empty(); }
  TreeNode* child(std::string_view canonical) const noexcept;  // null: none
  // The child that the first segment of `path` names, and takes it off; null: none, and `path` stays.
  TreeNode* step(std::string_view& path) const noexcept;
  const Acl& own_acl() const noexcept;

 private:
  TreeNode* child(std::string_view canonical, std::uint64_t head) const noexcept;
};

// Few types name many nodes: each is kept once. Entries live until `sweep` finds them unused.
class TypePool {
 public:
  const std::string* intern(std::string_view type);
  bool wants_sweep() const noexcept { return types_.size() > sweep_above_; }
  void sweep(const TreeNode& root);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_set<std::string, Hash, std::equal_to<>> types_;
  std::size_t sweep_above_ = 256;
};

// The committed nodes and the one way to change them: the edits of a commit, in order.
class CommittedNodes {
 public:
  explicit CommittedNodes(const Ddf& ddf);

  const TreeNode& root() const noexcept { return *root_; }
  const TreeNode* find(const Uri& uri) const noexcept;
  std::size_t count() const noexcept { return count_; }

  // corrupt: the edit does not fit the tree, which happens only with damaged stores.
  // `overwritten`: the node a put changes, where the caller knows it; null: it is looked up.
  Result<void> apply(EditRecord&& edit, const TreeNode* overwritten = nullptr);
  // Parents first, children by name.
  void for_each(const std::function<void(const NodeRecord&)>& visit) const;
  void sweep_types();

 private:
  Result<void> put(NodeRecord&& record, TreeNode* node);  // null: a new one
  Result<void> remove(const Uri& uri);
  Result<void> rename(const Uri& uri, const Uri& renamed);
  TreeNode* locate(const Uri& uri) const noexcept;

  std::unique_ptr<TreeNode> root_;
  TypePool types_;
  std::size_t count_ = 1;
};

}  // namespace omadm
