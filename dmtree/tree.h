// The management tree: committed state and private transactions on it. [TND].
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dmtree/acl.h"
#include "dmtree/management_object.h"
#include "dmtree/store/store.h"
#include "dmtree/uri.h"
#include "dmtree/value.h"

namespace omadm {

class Clock;
class Ddf;
struct DdfNode;
struct TreeNode;  // dmtree/tree_node.h
class NodeView;   // dmtree/overlay.h
class Overlay;
struct NodeState;
struct Located;  // dmtree/access.h
struct Viewer;

// On whose behalf a transaction acts.
struct Principal {
  enum class Kind : std::uint8_t {
    server,  // ACL, AccessType and permanence apply
    user,    // a person at the device: AccessType and permanence apply, ACLs do not
    device,  // the client itself: only formats, occurrence and the shape of the tree apply; sees the private area
  };
  Kind kind = Kind::device;
  std::string server_id;  // of a server, else empty

  static Principal server(std::string id) { return {Kind::server, std::move(id)}; }
  static Principal user() { return {Kind::user, {}}; }
  static Principal device() { return {Kind::device, {}}; }
};

// Subtree in which the client keeps what must outlive a restart. Only Principal::device sees it.
inline constexpr std::string_view kPrivateRoot = ".omadm";  // address "./.omadm"

enum class Property : std::uint8_t { acl, format, name, size, title, tstamp, type, verno };
std::string_view to_string(Property property) noexcept;                 // "ACL", "Format", "Name" …
std::optional<Property> property_from(std::string_view name) noexcept;  // case-exact (TND-040)

enum class Scope : std::uint8_t { permanent, dynamic };

// A node as one principal sees it. Views of names and values are copies.
struct Node {
  Uri uri;
  Format format = Format::node;
  std::string type;                   // leaf: MIME type; interior: management object identifier or empty
  Octets data;                        // leaf only
  std::vector<std::string> children;  // interior only: names, sorted
  Scope scope = Scope::dynamic;
  bool readable = true;  // false: AccessType or ACL keeps the value; `data` is empty then
  bool is_leaf() const noexcept { return format != Format::node; }
};

struct NewNode {
  std::optional<Format> format;     // absent: the DDF's only format, else chr
  std::optional<std::string> type;  // absent: the DDF's first type, else text/plain; interior: empty
  Octets data;
};
struct NewValue {
  std::optional<Format> format;  // absent: stays (TND-138)
  std::optional<std::string> type;
  Octets data;
};

// A read that is going to come: of one leaf, or of all below a node.
struct LiveRead {
  Uri uri;
  bool subtree = false;
};

// Why a command is allowed or not: for `acl --explain` and error texts.
struct AccessDecision {
  bool allowed = false;
  Uri decided_by;  // the node whose ACL or description decides
  std::string why;
};

// A private overlay that sees its own edits. Dropping it uncommitted is the roll back and cannot
// fail. Every call checks the rights of its principal in the order of TND-117. After an edit has
// failed the overlay may hold a part of that edit: drop it. conflict: the tree moved since `begin`.
class Transaction {
 public:
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) noexcept;
  ~Transaction();

  // Reading. not_found, not_allowed (AccessType), permission_denied (ACL).
  Result<Node> get(Uri uri) const;
  Result<std::string> property(const Uri& uri, Property property) const;  // unsupported: Size of an interior node
  bool exists(const Uri& uri) const;                                      // without rights: a fact about the tree
  // The stored node whatever the principal may see, for code that must know the true shape of a subtree.
  // Never show it to anybody. nullopt: no such node.
  std::optional<Node> peek(const Uri& uri) const;
  // The node and its subtree, parents first, children by name; nodes without Get right are left out with
  // their branch (TND-085); leaves without Get AccessType, and those whose live value cannot be had, come with
  // readable = false (TND-087).
  Result<std::vector<Node>> list(const Uri& uri) const;
  Result<Acl> own_acl(const Uri& uri) const;                        // without rights
  Result<std::string> own_title(const Uri& uri) const;              // without rights; empty: none
  AccessDecision decide(const Uri& uri, AccessType command) const;  // without side effects
  // AccessType and ACL alone, whatever the kind of node. not_found, not_allowed, permission_denied.
  Result<void> check_right(const Uri& uri, AccessType command) const;
  // What `command` at `uri` would be refused for whatever content it brings: steps 1 to 5 of TND-117.
  Result<void> check_command(const Uri& uri, AccessType command);
  // Whether the node, which exists, has the property for this principal (TND-041, TND-050).
  bool has_property(const Uri& uri, Property property) const;

  // Editing.
  Result<void> add(const Uri& uri, NewNode node);  // already_exists; missing parents are added (TND-092)
  Result<void> replace(Uri uri, NewValue value);   // never creates
  Result<void> set_property(const Uri& uri, Property property, std::string_view text);
  Result<void> remove(const Uri& uri);
  Result<void> copy(const Uri& source, const Uri& target);
  // Device only: add or replace, whichever it takes; formats as given.
  Result<void> put(const Uri& uri, NewNode node);
  // The value that the next edit of `leaf` is to have in place of the data it comes with. unavailable: the leaf has no
  // FileKeeper any more.
  Result<void> supply(const Uri& leaf, std::unique_ptr<ValueSink> value);
  // From now on edits are judged, and no value goes to a file: for who asks before the value is there. Not to be
  // committed.
  void rehearse();
  // Where the last failed edit failed: the implicit parent of TND-092, else empty.
  const std::optional<Uri>& failed_at() const noexcept;

  bool empty() const noexcept;  // no edits
  const Principal& principal() const noexcept;
  const Tree& tree() const noexcept;

  // All edits become the committed state and one record of the store, which `Tree::flush` makes durable.
  // conflict, veto, unavailable, storage_full, io. An empty transaction commits to nothing.
  Result<void> commit() &&;
  Result<void> commit(const Origin& origin) &&;  // the same, done by `origin` instead of what `begin` was told

 private:
  friend class Tree;
  Transaction(Tree& tree, const Principal& who);
  NodeView root() const noexcept;
  Overlay& overlay();
  Result<void> ready() const;
  Viewer viewer() const noexcept;
  Result<Octets> value_of(const NodeView& node, const Uri& uri) const;
  Result<Node> node_of(const NodeView& node, Uri uri, bool readable) const;
  Result<void> list_below(const NodeView& node, const Uri& uri, const Acl& acl, std::vector<Node>& out) const;
  Result<void> keep_in_file(const Uri& uri, Octets& data);
  Result<void> check_length(const Uri& uri) const;
  Result<void> check_shape(const Located& at, const Uri& uri);
  Result<void> check_add(const Located& at, const Uri& uri);
  Result<void> add_at(const Uri& uri, NewNode node);
  Result<void> replace_at(Uri uri, const NodeView& node, NewValue value);
  Result<void> rename(const Uri& uri, const Located& at, std::string_view text);
  Result<void> set_acl(const Uri& uri, const Located& at, std::string_view text);
  Result<void> set_title(const Uri& uri, const Located& at, std::string_view text);
  void create_node(const Uri& uri, NodeState state, const DdfNode* description);
  NodeState& touch(const Uri& uri);
  void mark_changed(NodeState& state) const;
  Tree* tree_ = nullptr;
  std::uint64_t generation_ = 0;  // of the tree when the transaction began
  Principal who_;
  std::optional<Origin> origin_;
  std::unique_ptr<Overlay> overlay_;  // null: nothing has been edited
};

// Committed state. Everything here runs on the loop thread.
// 1. What `commit` returned ok for is visible to every later transaction. 2. After `flush` returned ok
// it survives power loss. 3. After an io error of the store the tree refuses further commits.
class Tree {
 public:
  // Replays `store`, then adds what `ddf` says is permanent and missing. References must outlive the tree.
  static Result<std::unique_ptr<Tree>> open(Store& store, const Ddf& ddf, const Clock& clock);
  ~Tree();

  Transaction begin(const Principal& who);
  // `origin` says in the history who did it; without a name in it, `who`.
  Transaction begin(const Principal& who, Origin origin);
  // Makes every commit so far durable, then tells the objects; call before a Status leaves. Compacts
  // when the store wants it.
  Result<void> flush();

  // Checks the rights of `who`, then asks the object attached at or above `request.uri`.
  Result<ExecOutcome> exec(const Principal& who, const ExecRequest& request);

  // Has objects that read slowly get the values `who` may read. `ready` is called once, on the loop and never inside
  // this call; then read, and let the values go. Null: nothing takes time, and `ready` is never called.
  bool reads_slowly() const noexcept;  // some object does
  std::unique_ptr<LiveValues> fetch(const Principal& who, const std::vector<LiveRead>& reads,
                                    std::function<void()> ready);

  // `object` owns the subtree at `root` until detached; the deepest root wins. Not owned.
  void attach(const Uri& root, ManagementObject& object);
  void detach(const ManagementObject& object);
  // What keeps the value of `leaf` in a file; null: the tree does. Whether there is such a leaf does not matter.
  FileKeeper* file_keeper(const Uri& leaf) const;
  std::uint64_t largest_file() const;  // octets of the largest value that some object takes into a file; 0: none does

  // Drops `server_id` from every ACL (TND-073), as the device.
  Result<void> remove_server(std::string_view server_id);

  void set_uri_limits(const UriLimits& limits);
  const UriLimits& uri_limits() const noexcept;
  const Ddf& ddf() const noexcept;
  const LoadReport& load_report() const noexcept;
  std::uint64_t generation() const noexcept;  // commits since opening
  bool is_in_doubt() const noexcept;          // the store has failed: whether the last commit is on disk is not known
  std::size_t node_count() const noexcept;

  // Called after each flush with the commits it made durable; for `watch` and status displays.
  using Observer = std::function<void(const CommitRecord&)>;
  void observe(Observer observer);

  struct Impl;  // dmtree/tree_impl.h

 private:
  friend class Transaction;
  explicit Tree(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace omadm
