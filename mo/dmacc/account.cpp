#include "mo/dmacc/account.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace omadm {
namespace {

// The accounts as the device sees them, secrets included.
class AccountReader {
 public:
  explicit AccountReader(const Transaction& transaction) : transaction_(transaction) {}

  Result<Account> read(const Uri& uri) const;

 private:
  std::optional<std::string> text(const Uri& parent, std::string_view name) const;
  std::vector<Uri> children(const Uri& parent) const;
  std::vector<AccountAddress> addresses(const Uri& list) const;
  std::vector<AccountAuth> auths(const Uri& list) const;

  const Transaction& transaction_;
};

std::optional<std::string> AccountReader::text(const Uri& parent, std::string_view name) const {
  std::optional<Node> leaf = transaction_.peek(parent.child(name));
  if (!leaf || !leaf->is_leaf()) return std::nullopt;
  return std::move(leaf->data);
}

std::vector<Uri> AccountReader::children(const Uri& parent) const {
  std::vector<Uri> uris;
  if (const std::optional<Node> node = transaction_.peek(parent)) {
    for (const std::string& name : node->children) uris.push_back(parent.child(name));
  }
  return uris;
}

std::vector<AccountAddress> AccountReader::addresses(const Uri& list) const {
  std::vector<AccountAddress> result;
  for (const Uri& entry : children(list)) {
    AccountAddress address;
    address.addr = text(entry, "Addr").value_or("");
    address.type = text(entry, "AddrType").value_or("");
    for (const Uri& port : children(entry.child("Port"))) {
      address.port = parse_port(text(port, "PortNbr").value_or(""));
      if (address.port) break;
    }
    if (!address.addr.empty()) result.push_back(std::move(address));
  }
  return result;
}

std::vector<AccountAuth> AccountReader::auths(const Uri& list) const {
  std::vector<AccountAuth> result;
  for (const Uri& entry : children(list)) {
    AccountAuth auth;
    auth.uri = entry;
    auth.level = text(entry, "AAuthLevel").value_or("");
    auth.type = text(entry, "AAuthType").value_or("");
    auth.name = text(entry, "AAuthName").value_or("");
    auth.secret = Secret(text(entry, "AAuthSecret").value_or(""));
    auth.data = text(entry, "AAuthData");
    result.push_back(std::move(auth));
  }
  return result;
}

Result<Account> AccountReader::read(const Uri& uri) const {
  const auto incomplete = [&](std::string_view why) {
    return Error{Errc::incomplete, uri.str() + ": " + std::string(why)};
  };
  if (text(uri, "AppID").value_or("w7") != "w7") return incomplete("AppID is not w7");
  Account account;
  account.uri = uri;
  account.server_id = text(uri, "ServerID").value_or("");
  if (account.server_id.empty()) return incomplete("there is no ServerID");
  if (!is_server_id(account.server_id)) return incomplete("the ServerID cannot stand in an ACL");
  account.name = text(uri, "Name").value_or("");
  account.auth_pref = text(uri, "AAuthPref");
  account.addresses = addresses(uri.child("AppAddr"));
  if (account.addresses.empty()) return incomplete("there is no AppAddr with an Addr");
  account.auths = auths(uri.child("AppAuth"));
  return account;
}

// "https://host:port/path": where the port stands or would stand, and whether there is one.
struct Authority {
  std::size_t end = 0;
  bool has_port = false;
  std::string_view scheme;
};

std::optional<Authority> authority_of(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  const std::size_t begin = scheme_end + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  const std::string_view host = url.substr(begin, end - begin);
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
  return Authority{end, has_port, url.substr(0, scheme_end)};
}

bool is_default_port(std::string_view scheme, std::uint16_t port) {
  return (equals_ignoring_case(scheme, "https") && port == 443) || (equals_ignoring_case(scheme, "http") && port == 80);
}

}  // namespace

std::string AccountAddress::url() const {
  const bool v6 = equals_ignoring_case(type, "IPv6");
  if (v6 || equals_ignoring_case(type, "IPv4")) {
    if (!port) return {};
    const std::string host = v6 && !addr.starts_with('[') ? '[' + addr + ']' : addr;
    return (*port == 443 ? "https://" : "http://") + host + ':' + std::to_string(*port) + '/';
  }
  const std::optional<Authority> authority = authority_of(addr);
  if (!port || !authority || authority->has_port || is_default_port(authority->scheme, *port)) return addr;
  return addr.substr(0, authority->end) + ':' + std::to_string(*port) + addr.substr(authority->end);
}

Accounts read_accounts(Tree& tree) {
  const Transaction transaction = tree.begin(Principal::device());
  return read_accounts(transaction);
}

Accounts read_accounts(const Transaction& transaction) {
  const AccountReader reader(transaction);
  Accounts result;
  for (const Uri& uri : find_objects(transaction, kDmAccId)) {
    Result<Account> account = reader.read(uri);
    if (!account) {
      result.problems.push_back(account.error().detail);
    } else if (std::any_of(result.accounts.begin(), result.accounts.end(),
                           [&](const Account& other) { return other.server_id == account->server_id; })) {
      result.problems.push_back(uri.str() + ": another account has the same ServerID");
    } else {
      result.accounts.push_back(std::move(account).value());
    }
  }
  return result;
}

std::optional<Account> find_account(Tree& tree, std::string_view server_id) {
  for (Account& account : read_accounts(tree).accounts) {
    if (account.server_id == server_id) return std::move(account);
  }
  return std::nullopt;
}

Result<void> store_nonce(Tree& tree, const Uri& auth, Bytes nonce) {
  Transaction transaction = tree.begin(Principal::device(), {"device", "", "", "", "nonce"});
  const Uri leaf = auth.child("AAuthData");
  // The Type stays what it was: a server may have chosen another of the two that the leaf takes.
  const std::optional<Node> there = transaction.peek(leaf);
  DM_TRY(transaction.put(leaf, {Format::bin, there ? there->type : "application/octet-stream", Octets(nonce)}));
  return std::move(transaction).commit();
}

}  // namespace omadm
