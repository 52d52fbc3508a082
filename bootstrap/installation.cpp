#include "bootstrap/installation.h"

#include <algorithm>
#include <utility>

#include "bootstrap/account_origin.h"
#include "bootstrap/connectivity_ids.h"
#include "dmtree/tnds/mo_id.h"

namespace omadm {
namespace {

constexpr std::string_view kServerId = "ServerID";

bool contains(const std::vector<Uri>& uris, const Uri& uri) {
  return std::find(uris.begin(), uris.end(), uri) != uris.end();
}

}  // namespace

Installation::Installation(Tree& tree, const BootstrapOrigin& origin, BootstrapProof proof, std::string document)
    : tree_(tree),
      origin_(origin),
      proof_(proof),
      document_(std::move(document)),
      transaction_(tree.begin(Principal::device(), {"device", "", "", "", "bootstrap"})),
      accounts_before_(find_objects(transaction_, kDmAccMoId)) {
  for (const Uri& account : accounts_before_) servers_before_.push_back(leaf_text(transaction_, account, kServerId));
}

std::optional<Uri> Installation::counterpart(const InboxObject& object) const {
  std::string_view key = object.mo_id == kNapMoId ? "ID" : object.mo_id == kProxyMoId ? "ProxyId" : "";
  if (object.mo_id == kDmAccMoId) key = kServerId;
  const std::string* const id = object.value(key);
  if (key.empty() || id == nullptr) return std::nullopt;
  const Result<Acl> given = Acl::parse(object.content.nodes.front().acl.value_or(""));
  for (const Uri& there : find_objects(transaction_, object.mo_id)) {
    if (leaf_text(transaction_, there, key) != *id) continue;
    // Connectivity of other servers is not this one's to change (BOOT-063).
    const Result<Acl> own = transaction_.own_acl(there);
    if (object.mo_id == kDmAccMoId || (own && given && !given->empty() && *own == *given)) return there;
  }
  return std::nullopt;
}

Result<std::vector<PlacedObject>> Installation::add_to_inbox(const Uri& target, const TndsDocument& document) {
  std::vector<PlacedObject> placed =
      DM_TRY(place_inbox_objects(transaction_, document, InboxMode::bootstrap, target,
                                 [this](const InboxObject& object) { return counterpart(object); }));
  placed_.insert(placed_.end(), placed.begin(), placed.end());
  return placed;
}

// Neither another server's account nor what the client keeps for itself is a bootstrap's business (BOOT-063).
Result<void> Installation::check_target(const Uri& uri) const {
  if (uri.is_within(Uri().child(kPrivateRoot))) return Error{Errc::not_found, uri.str() + " does not exist"};
  for (const Uri& account : accounts_before_) {
    if (uri.is_within(account)) return Error{Errc::not_allowed, uri.str() + " belongs to another account"};
  }
  return {};
}

Result<void> Installation::add(const Uri& target, const TndsDocument& document) {
  for (const TndsNode& node : document.nodes) {
    const Uri uri = node.relative.empty() ? target : target.child(node.relative);
    DM_TRY(check_target(uri));
    added_.push_back(uri);
  }
  return add_tnds(transaction_, target, document);
}

Result<void> Installation::add(const Uri& target, NewNode node) {
  DM_TRY(check_target(target));
  added_.push_back(target);
  return transaction_.add(target, std::move(node));
}

Result<void> Installation::replace(const Uri& leaf, NewValue value) {
  DM_TRY(check_target(leaf));
  return transaction_.replace(leaf, std::move(value));
}

Result<void> Installation::set_property(const Uri& node, Property property, std::string_view text) {
  DM_TRY(check_target(node));
  if (!contains(added_, node)) return Error{Errc::not_allowed, node.str() + " was there before"};
  if (property == Property::name) return Error{Errc::not_allowed, "a bootstrap does not rename"};
  return transaction_.set_property(node, property, text);
}

std::vector<Uri> Installation::installed_accounts() const {
  std::vector<Uri> installed;
  for (const Uri& account : find_objects(transaction_, kDmAccMoId)) {
    const bool placed =
        std::any_of(placed_.begin(), placed_.end(), [&](const PlacedObject& object) { return object.uri == account; });
    if (placed || !contains(accounts_before_, account)) installed.push_back(account);
  }
  return installed;
}

std::vector<std::string> Installation::addresses(const Uri& account) const {
  std::vector<std::string> result;
  const std::optional<Node> list = transaction_.peek(account.child("AppAddr"));
  if (!list) return result;
  for (const std::string& name : list->children) {
    std::string address = leaf_text(transaction_, list->uri.child(name), "Addr");
    if (!address.empty()) result.push_back(std::move(address));
  }
  return result;
}

Result<void> Installation::check_account(const Uri& account) const {
  const std::string server_id = leaf_text(transaction_, account, kServerId);
  if (!is_server_id(server_id)) {
    return Error{Errc::incomplete, "the account " + account.str() + " has no usable ServerID"};
  }
  if (addresses(account).empty()) {
    return Error{Errc::incomplete, "the account for " + server_id + " has no address"};
  }
  return {};
}

Result<void> Installation::check_unique() const {
  std::vector<std::string> ids;
  for (const Uri& account : find_objects(transaction_, kDmAccMoId)) {
    ids.push_back(leaf_text(transaction_, account, kServerId));
  }
  std::sort(ids.begin(), ids.end());
  const auto twice = std::adjacent_find(ids.begin(), ids.end());
  if (twice != ids.end()) return Error{Errc::already_exists, "two accounts for the server " + *twice};
  return {};
}

// An account with no ACL of its own would inherit the root's Get=* (BOOT-045).
Result<void> Installation::give_acl(const Uri& object, std::string_view server_id) {
  if (!DM_TRY(transaction_.own_acl(object)).empty()) return {};
  const Acl acl = Acl::granting(server_id, {AccessType::get, AccessType::replace, AccessType::delete_});
  return transaction_.set_property(object, Property::acl, acl.str());
}

Result<BootstrapOutcome> Installation::check_accounts() const {
  BootstrapOutcome outcome;
  outcome.accounts = installed_accounts();
  if (outcome.accounts.empty()) {
    return Error{Errc::incomplete,
                 "the bootstrap document holds no account" + (notes_.empty() ? "" : ": " + notes_.front())};
  }
  DM_TRY(check_unique());
  bool sender_found = !required_address_;
  for (const Uri& account : outcome.accounts) {
    DM_TRY(check_account(account));
    outcome.server_ids.push_back(leaf_text(transaction_, account, kServerId));
    const std::vector<std::string> all = addresses(account);
    sender_found |= required_address_ && std::find(all.begin(), all.end(), *required_address_) != all.end();
  }
  if (!sender_found) return Error{Errc::malformed, "the sender of the message is no address of its account"};
  return outcome;
}

// A weaker proof than that of the account there does not change it, unless the user agrees (BOOT-061).
Result<void> Installation::check_proof(const std::string& server_id) const {
  if (std::find(servers_before_.begin(), servers_before_.end(), server_id) == servers_before_.end()) return {};
  const std::optional<AccountOrigin> before = account_origin(transaction_, server_id);
  if (!before || before->proof <= proof_) return {};
  if (origin_.confirm && origin_.confirm(server_id)) return {};
  return Error{Errc::permission_denied,
               "the account for " + server_id + " was proved by a stronger method, and the user did not agree"};
}

Result<void> Installation::remember(const std::string& server_id, const Uri& account) {
  AccountOrigin now;
  now.server_id = server_id;
  now.source = to_string(origin_.source);
  now.card = origin_.card;
  now.offline = origin_.offline;
  now.proof = proof_;
  now.document = document_;
  now.objects.push_back(account);
  for (const PlacedObject& object : placed_) {
    if (object.uri != account && object.mo_id != kDmAccMoId && !object.updated) now.objects.push_back(object.uri);
  }
  return remember_origin(transaction_, now);
}

Result<BootstrapOutcome> Installation::finish() && {
  BootstrapOutcome outcome = DM_TRY(check_accounts());
  for (const std::string& server_id : outcome.server_ids) DM_TRY(check_proof(server_id));
  outcome.notes = std::move(notes_);
  for (std::size_t i = 0; i < outcome.accounts.size(); ++i) {
    DM_TRY(give_acl(outcome.accounts[i], outcome.server_ids[i]));
  }
  // What came along with a single account belongs to its server too.
  if (outcome.accounts.size() == 1) {
    for (const PlacedObject& object : placed_) {
      if (!object.updated) DM_TRY(give_acl(object.uri, outcome.server_ids.front()));
    }
  }
  for (std::size_t i = 0; i < outcome.accounts.size(); ++i) {
    DM_TRY(remember(outcome.server_ids[i], outcome.accounts[i]));
  }
  if (origin_.dry_run) return outcome;
  DM_TRY(std::move(transaction_).commit());
  DM_TRY(tree_.flush());
  return outcome;
}

}  // namespace omadm
