#include "client/private_area.h"

#include <fmt/format.h>

#include "base/crypto/digest.h"
#include "base/text.h"

namespace omadm {

Uri private_uri(std::initializer_list<std::string_view> names) {
  Uri uri = Uri().child(kPrivateRoot);
  for (const std::string_view name : names) uri = uri.child(name);
  return uri;
}

std::optional<Octets> read_private(Tree& tree, const Uri& leaf) {
  auto node = tree.begin(Principal::device()).get(leaf);
  if (!node || !node->is_leaf()) return std::nullopt;
  return std::move(node->data);
}

Result<void> write_private(Tree& tree, const std::vector<std::pair<Uri, Octets>>& leaves, std::string_view what) {
  Transaction transaction = tree.begin(Principal::device(), {"device", {}, {}, {}, std::string(what)});
  for (const auto& [uri, data] : leaves) DM_TRY(transaction.put(uri, {Format::bin, std::nullopt, data}));
  return std::move(transaction).commit();
}

Result<std::string> next_session_id(Tree& tree) {
  const Uri counter = private_uri({"session_id"});
  const auto last = parse_unsigned(read_private(tree, counter).value_or("0")).value_or(0);
  const std::uint64_t next = last >= 0xFFFF ? 1 : last + 1;
  DM_TRY(write_private(tree, {{counter, std::to_string(next)}}, "session id"));
  DM_TRY(tree.flush());
  return fmt::format("{:X}", next);
}

// A ServerID may hold any character and be longer than a node name: its digest names the node.
ServerNotes::ServerNotes(Tree& tree, std::string_view server_id)
    : tree_(tree), server_id_(server_id), root_(private_uri({"servers", hex_encode(sha1(server_id))})) {}

Uri ServerNotes::leaf(std::string_view key) const { return root_.child(key); }

std::string ServerNotes::get(std::string_view key) const { return read_private(tree_, leaf(key)).value_or(""); }

Result<void> ServerNotes::set(const std::vector<std::pair<std::string_view, std::string>>& values) {
  std::vector<std::pair<Uri, Octets>> leaves = {{leaf("id"), server_id_}};
  for (const auto& [key, value] : values) leaves.emplace_back(leaf(key), value);
  return write_private(tree_, leaves, "server notes");
}

}  // namespace omadm
