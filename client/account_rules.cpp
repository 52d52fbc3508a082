#include "client/account_rules.h"

#include <string>
#include <utility>
#include <vector>

#include "dmtree/tree.h"
#include "mo/dmacc/dmacc_object.h"

namespace omadm {

struct AccountRules::Impl {
  explicit Impl(Tree& t)
      : tree(t), accounts(tree, [this](std::string_view server_id) { gone.emplace_back(server_id); }) {
    tree.attach(Uri().child("DMAcc"), accounts);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { tree.detach(accounts); }

  Tree& tree;
  std::vector<std::string> gone;
  DmAccObject accounts;
};

AccountRules::AccountRules(Tree& tree) : impl_(std::make_unique<Impl>(tree)) {}
AccountRules::~AccountRules() = default;

Result<void> AccountRules::forget_gone_servers() {
  for (const std::string& id : std::exchange(impl_->gone, {})) DM_TRY(impl_->tree.remove_server(id));
  return impl_->tree.flush();
}

}  // namespace omadm
