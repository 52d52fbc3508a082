// The rules of accounts for a tree that is edited while no client runs. TND-073, MO-011, MO-013, MO-015.
#pragma once

#include <memory>

#include "base/result.h"

namespace omadm {

class Tree;

// For as long as it lives: what an account may not be is refused, and servers without account are noticed.
class AccountRules {
 public:
  explicit AccountRules(Tree& tree);
  AccountRules(const AccountRules&) = delete;
  AccountRules& operator=(const AccountRules&) = delete;
  ~AccountRules();

  // Takes servers whose last account is gone out of the ACLs; durable on return.
  Result<void> forget_gone_servers();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace omadm
