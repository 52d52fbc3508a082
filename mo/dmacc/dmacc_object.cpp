#include "mo/dmacc/dmacc_object.h"

#include <utility>
#include <vector>

#include "base/text.h"
#include "dmtree/tree.h"
#include "mo/dmacc/account.h"

namespace omadm {
namespace {

// `path` is the leaf's, relative to its account. Below Ext the vendor decides.
Result<void> check_leaf(const Node& leaf, std::string_view path) {
  if (path.starts_with("AppAddr/") && path.ends_with("/PortNbr") && !parse_port(leaf.data)) {
    return Error{Errc::veto, leaf.uri.str() + " is not a port number"};
  }
  if (path == "ServerID" && !is_server_id(leaf.data)) {
    return Error{Errc::veto, leaf.uri.str() + " cannot stand in an ACL"};
  }
  if (path == "AppID" && leaf.data != "w7") return Error{Errc::veto, leaf.uri.str() + " is always w7"};
  return {};
}

}  // namespace

DmAccObject::DmAccObject(Tree& tree, ServerGone server_gone)
    : tree_(tree), server_gone_(std::move(server_gone)), known_(server_ids(tree.begin(Principal::device()))) {}

std::set<std::string> DmAccObject::server_ids(const Transaction& transaction) const {
  std::set<std::string> ids;
  for (const Uri& account : find_objects(transaction, kDmAccId))
    ids.insert(leaf_text(transaction, account, "ServerID"));
  ids.erase("");
  return ids;
}

Result<void> DmAccObject::check(const Transaction& after, Edits edits) {
  const std::vector<Uri> accounts = find_objects(after, kDmAccId);
  for (const Edit& edit : edits) {
    if (edit.kind != Edit::Kind::add && edit.kind != Edit::Kind::replace) continue;
    const std::optional<Node> node = after.peek(edit.uri);
    if (!node || !node->is_leaf()) continue;
    for (const Uri& account : accounts) {
      if (edit.uri.is_within(account)) DM_TRY(check_leaf(*node, edit.uri.rebased(account, Uri()).path()));
    }
  }
  std::set<std::string> ids;
  for (const Uri& account : accounts) {
    const std::string id = leaf_text(after, account, "ServerID");
    if (id.empty()) continue;  // not there yet: it comes in a later command
    if (!ids.insert(id).second) return Error{Errc::veto, "there is an account for the server " + id};
  }
  return {};
}

void DmAccObject::committed(Edits) noexcept {
  std::set<std::string> now = server_ids(tree_.begin(Principal::device()));
  std::vector<std::string> gone;
  for (const std::string& id : known_) {
    if (!now.contains(id)) gone.push_back(id);
  }
  known_ = std::move(now);
  if (!server_gone_) return;
  for (const std::string& id : gone) server_gone_(id);
}

}  // namespace omadm
