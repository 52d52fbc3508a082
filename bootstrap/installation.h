// The edits of one bootstrap: what the profiles share. BOOT-045…049, 052, 060, 063.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "bootstrap/bootstrap.h"
#include "dmtree/tnds/inbox.h"
#include "dmtree/tnds/tnds.h"
#include "dmtree/tree.h"

namespace omadm {

// Collects edits with the rights of the device. Dropping it before `finish` leaves the tree as it was.
class Installation {
 public:
  // `document`: its SHA-256, to be remembered.
  Installation(Tree& tree, const BootstrapOrigin& origin, BootstrapProof proof, std::string document);

  // A document for ./Inbox or below. An account whose ServerID is known updates that account, and a connectivity
  // object that has the same identifier and belongs to the same servers that object.
  Result<std::vector<PlacedObject>> add_to_inbox(const Uri& target, const TndsDocument& document);
  // Anywhere else. not_allowed where it would touch an account that was there before.
  Result<void> add(const Uri& target, const TndsDocument& document);
  Result<void> add(const Uri& target, NewNode node);
  Result<void> replace(const Uri& leaf, NewValue value);
  Result<void> set_property(const Uri& node, Property property, std::string_view text);  // of a node added here

  // 1.3: the sender must be one of the addresses of an account in this message (BOOT-043).
  void require_address(std::string_view sender) { required_address_ = sender; }

  // Something of the document was left out.
  void note(std::string what) { notes_.push_back(std::move(what)); }

  const Ddf& ddf() const noexcept { return tree_.ddf(); }
  const UriLimits& uri_limits() const noexcept { return tree_.uri_limits(); }

  // Checks the accounts, gives them their ACL, commits and flushes. incomplete: no account came.
  Result<BootstrapOutcome> finish() &&;

 private:
  Result<void> check_target(const Uri& uri) const;
  std::vector<Uri> installed_accounts() const;
  std::vector<std::string> addresses(const Uri& account) const;
  Result<void> check_account(const Uri& account) const;
  Result<void> check_unique() const;
  Result<void> give_acl(const Uri& object, std::string_view server_id);
  Result<BootstrapOutcome> check_accounts() const;
  std::optional<Uri> counterpart(const InboxObject& object) const;
  Result<void> check_proof(const std::string& server_id) const;
  Result<void> remember(const std::string& server_id, const Uri& account);

  Tree& tree_;
  const BootstrapOrigin& origin_;
  BootstrapProof proof_;
  std::string document_;
  Transaction transaction_;
  std::vector<Uri> accounts_before_;
  std::vector<PlacedObject> placed_;
  std::vector<Uri> added_;  // by `add`
  std::vector<std::string> servers_before_;
  std::vector<std::string> notes_;
  std::optional<std::string> required_address_;
};

}  // namespace omadm
