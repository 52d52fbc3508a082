// Who may do what where: the checks 3 to 5 of TND-117, in one place for every command.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dmtree/acl.h"
#include "dmtree/overlay.h"
#include "dmtree/tree.h"
#include "dmtree/uri.h"

namespace omadm {

// A principal as the checks see it.
struct Viewer {
  Principal::Kind kind = Principal::Kind::device;
  std::string_view server_id;
  bool bound_by_description() const noexcept { return kind != Principal::Kind::device; }
  bool bound_by_acl() const noexcept { return kind == Principal::Kind::server; }
};

// An effective ACL and the node that has it, as a number of segments of the address looked up.
struct EffectiveAcl {
  const Acl* acl = nullptr;
  std::size_t depth = 0;
};

// Where an address leads. Valid until the next change; `missing` is a view of the address.
struct Located {
  NodeView node;          // the node, or the deepest existing one on the way to it
  NodeView parent;        // of `node`; none for the root
  std::size_t depth = 0;  // segments of `node`
  EffectiveAcl acl;       // of `node`
  EffectiveAcl parent_acl;
  std::string_view missing;          // segments below `node`; empty: the node exists
  const DdfNode* nearest = nullptr;  // the deepest description at or above the address
  bool nearest_is_above = false;     // `nearest` describes an ancestor
  bool found() const noexcept { return missing.empty(); }
};

Located locate(const NodeView& root, const Uri& uri);

bool is_private(const Uri& uri) noexcept;       // kPrivateRoot or below
Uri prefix(const Uri& uri, std::size_t depth);  // the first `depth` segments
bool is_permanent(const NodeView& node, bool is_root) noexcept;
bool holds_permanent(const NodeView& node);                 // below it
bool is_inbox(const Located& at, const Uri& uri) noexcept;  // ./Inbox or below, where nothing can be read (MO-062)

// not_found; not_allowed below a write-only node, whether the node exists or not.
Result<void> require_node(const Located& at, const Viewer& who, const Uri& uri, AccessType command);
// not_allowed: the AccessType of the existing node lacks `command`.
Result<void> require_access(const Located& at, const Viewer& who, const Uri& uri, AccessType command);
// permission_denied
Result<void> require_grant(const EffectiveAcl& acl, const Viewer& who, const Uri& uri, AccessType command);

// All three.
Result<void> require(const Located& at, const Viewer& who, const Uri& uri, AccessType command);

AccessDecision explain(const Located& at, const Viewer& who, const Uri& uri, AccessType command);

}  // namespace omadm
