#include "mo/common/stored_values.h"

#include <string>

namespace omadm {

Octets stored_value(const Transaction& transaction, const Uri& leaf) {
  auto node = transaction.peek(leaf);
  return node && node->is_leaf() ? std::move(node->data) : Octets();
}

Result<void> write_where_different(Tree& tree, const LeafValues& values, std::string_view what) {
  Transaction transaction = tree.begin(Principal::device(), {"device", {}, {}, {}, std::string(what)});
  for (const auto& [uri, data] : values) {
    const auto node = transaction.peek(uri);
    if (node && node->is_leaf() && node->data == data) continue;
    DM_TRY(transaction.put(uri, {std::nullopt, std::nullopt, data}));
  }
  if (transaction.empty()) return {};
  return std::move(transaction).commit();
}

}  // namespace omadm
