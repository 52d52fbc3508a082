// The DM accounts in the tree. [StdObj] "The DMAcc Management Object"; MO-010 … MO-033.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto/secret.h"
#include "base/result.h"
#include "dmtree/tnds/mo_id.h"
#include "dmtree/tree.h"

namespace omadm {

inline constexpr std::string_view kDmAccId = kDmAccMoId;
inline constexpr std::string_view kDmAccIdDeployed = "org.openmobilealliance/1.0/w7";  // accepted on input

struct AccountAuth {
  Uri uri;            // AppAuth/<X>
  std::string level;  // CLCRED, SRVCRED, HTTP, OBEX
  std::string type;   // BASIC, DIGEST, HMAC …
  std::string name;
  Secret secret;
  std::optional<Octets> data;  // AAuthData, raw octets
};
struct AccountAddress {
  std::string addr;
  std::string type;  // URI, IPv4, IPv6; empty counts as URI
  std::optional<std::uint16_t> port;
  std::string url() const;  // MO-023, MO-024
};
struct Account {
  Uri uri;  // <X>
  std::string server_id;
  std::string name;
  std::optional<std::string> auth_pref;  // present, maybe empty
  std::vector<AccountAddress> addresses;
  std::vector<AccountAuth> auths;
};

// Accounts are found by Type and ServerID, never by node name (MO-014). Incomplete ones are left out of
// `accounts` and explained in `problems`.
struct Accounts {
  std::vector<Account> accounts;
  std::vector<std::string> problems;
};
Accounts read_accounts(Tree& tree);
Accounts read_accounts(const Transaction& transaction);  // as they would be
std::optional<Account> find_account(Tree& tree, std::string_view server_id);

// Writes AAuthData of `auth` as the device; not flushed. MO-030.
Result<void> store_nonce(Tree& tree, const Uri& auth, Bytes nonce);

}  // namespace omadm
