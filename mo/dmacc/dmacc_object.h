// Watches over the accounts: what may not be written, and what follows when one goes. MO-011, 013, 015.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "dmtree/management_object.h"

namespace omadm {

class Tree;

// To be attached to ./DMAcc. Refuses (veto) a PortNbr that is none, an AppID other than w7, a ServerID that
// cannot stand in an ACL, and a second account with the ServerID of another.
class DmAccObject final : public ManagementObject {
 public:
  // Called after the commit that took the last account of a server away; the owner runs Tree::remove_server.
  using ServerGone = std::function<void(std::string_view server_id)>;
  DmAccObject(Tree& tree, ServerGone server_gone);

  Result<void> check(const Transaction& after, Edits edits) override;
  void committed(Edits edits) noexcept override;

 private:
  std::set<std::string> server_ids(const Transaction& transaction) const;

  Tree& tree_;
  ServerGone server_gone_;
  std::set<std::string> known_;
};

}  // namespace omadm
