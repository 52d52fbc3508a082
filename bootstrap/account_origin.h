// Where an account came from, kept below ./.omadm. BOOT-061, BOOT-064, BOOT-071 … BOOT-074.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bootstrap/bootstrap.h"
#include "dmtree/tree.h"

namespace omadm {

struct AccountOrigin {
  std::string server_id;
  std::string source;  // a BootstrapSource
  std::string card;    // ICCID, of a smart card
  bool offline = false;
  BootstrapProof proof = BootstrapProof::channel;
  std::string document;      // SHA-256 of what made it, hexadecimal
  std::vector<Uri> objects;  // what was installed together with the account, itself included
};

// Of one server; nullopt: its account was not made by a bootstrap, or before origins were kept.
std::optional<AccountOrigin> account_origin(const Transaction& transaction, std::string_view server_id);
// Of all servers that ever had one, whether or not the account is still there.
std::vector<AccountOrigin> account_origins(const Transaction& transaction);

Result<void> remember_origin(Transaction& transaction, const AccountOrigin& origin);
Result<void> forget_origin(Transaction& transaction, std::string_view server_id);

}  // namespace omadm
