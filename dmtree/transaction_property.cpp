// Replace on ?prop=Name, ?prop=ACL and ?prop=Title.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "dmtree/access.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/overlay.h"
#include "dmtree/tree.h"
#include "dmtree/tree_impl.h"

namespace omadm {
namespace {

constexpr std::size_t kMaxTitle = 255;  // octets (TND-134)

Error not_allowed(const Uri& uri, std::string_view what) {
  return Error{Errc::not_allowed, uri.str() + ": " + std::string(what)};
}

// The characters that the longest address below `node` has beyond its own.
std::size_t longest_below(const NodeView& node) {
  std::size_t longest = 0;
  for (const auto& [name, child] : node.children()) {
    longest = std::max(longest, 1 + name.size() + longest_below(child));
  }
  return longest;
}

Result<void> check_grown(const Uri& renamed, const NodeView& node, const UriLimits& limits) {
  DM_TRY(renamed.check(limits));
  if (limits.max_tot_len == 0 || renamed.str().size() + longest_below(node) <= limits.max_tot_len) return {};
  return Error{Errc::uri_too_long, "a node below " + renamed.str() + " would be over MaxTotLen"};
}

}  // namespace

Result<void> Transaction::set_property(const Uri& uri, Property property, std::string_view text) {
  DM_TRY(ready());
  const Viewer who = viewer();
  const Located at = locate(root(), uri);
  DM_TRY(require_node(at, who, uri, AccessType::replace));
  const DdfNode* description = at.node.description();
  const bool described_without = who.bound_by_description() && description != nullptr && !description->has(property);
  if (described_without || (property == Property::size && at.node.is_interior())) {
    return Error{Errc::unsupported, uri.str() + " has no " + std::string(to_string(property))};
  }
  switch (property) {
    case Property::acl:
      return set_acl(uri, at, text);
    case Property::name:
      return rename(uri, at, text);
    case Property::title:
      return set_title(uri, at, text);
    default:
      return not_allowed(uri, std::string(to_string(property)) + " cannot be replaced");
  }
}

// TND-051…056.
Result<void> Transaction::rename(const Uri& uri, const Located& at, std::string_view text) {
  const Viewer who = viewer();
  if (uri.is_root() || (who.bound_by_description() && is_permanent(at.node, false))) {
    return not_allowed(uri, "a permanent node keeps its name");
  }
  DM_TRY(require_grant(at.acl, who, uri, AccessType::replace));
  const Result<std::string> name = canonical_name(text);
  if (!name || (name->ends_with('.') && at.node.is_interior())) {
    return Error{Errc::failed, uri.str() + ": not a possible name"};
  }
  if (*name == uri.name()) return {};
  const Uri renamed = uri.parent().child(*name);
  if (who.bound_by_description() && is_private(renamed)) return not_allowed(renamed, "reserved");
  if (at.parent.child(*name)) return Error{Errc::already_exists, renamed.str() + " exists"};
  DM_TRY(check_grown(renamed, at.node, is_private(uri) ? UriLimits() : tree_->impl_->limits));
  const DdfNode* above = at.parent.description();
  if (above != nullptr && above->child(*name) != at.node.description()) {
    return not_allowed(uri, "the new name is described differently");
  }
  overlay().rename(uri, renamed);
  touch(uri.parent());
  overlay().log(Edit::Kind::rename, uri, renamed);
  return {};
}

// TND-067…071.
Result<void> Transaction::set_acl(const Uri& uri, const Located& at, std::string_view text) {
  const Viewer who = viewer();
  const bool parent_grants = !uri.is_root() && require_grant(at.parent_acl, who, uri, AccessType::replace).has_value();
  const bool own_counts = uri.is_root() || at.node.is_interior();
  if (!parent_grants) DM_TRY(require_grant(own_counts ? at.acl : at.parent_acl, who, uri, AccessType::replace));
  Result<Acl> acl = Acl::parse(text);
  if (!acl) return Error{Errc::failed, uri.str() + ": " + acl.error().detail};
  if (uri.is_root() && acl->empty()) return not_allowed(uri, "the root needs an ACL");
  // Granted to an identifier that no server can have, Add is granted to all.
  if (uri.is_root() && who.bound_by_acl() && !acl->grants(AccessType::add, "*")) {
    return not_allowed(uri, "Add=* of the root stays");
  }
  touch(uri).acl = std::move(acl).value();
  overlay().log(Edit::Kind::property, uri);
  return {};
}

Result<void> Transaction::set_title(const Uri& uri, const Located& at, std::string_view text) {
  DM_TRY(require_grant(at.acl, viewer(), uri, AccessType::replace));
  if (text.size() > kMaxTitle) return Error{Errc::too_large, uri.str() + ": Title is longer than 255 octets"};
  if (!is_utf8(text)) return Error{Errc::failed, uri.str() + ": Title is not UTF-8"};
  touch(uri).title = text;
  overlay().log(Edit::Kind::property, uri);
  return {};
}

}  // namespace omadm
