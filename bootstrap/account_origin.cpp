#include "bootstrap/account_origin.h"

#include <utility>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "dmtree/tnds/mo_id.h"

namespace omadm {
namespace {

Uri origins_uri() { return Uri().child(kPrivateRoot).child("origins"); }

// A ServerID may hold any character and be longer than a node name: its digest names the node.
Uri origin_uri(std::string_view server_id) { return origins_uri().child(hex_encode(sha1(server_id))); }

AccountOrigin read_origin(const Transaction& transaction, const Uri& uri) {
  AccountOrigin origin;
  origin.server_id = leaf_text(transaction, uri, "id");
  origin.source = leaf_text(transaction, uri, "source");
  origin.document = leaf_text(transaction, uri, "document");
  origin.card = leaf_text(transaction, uri, "card");
  origin.offline = leaf_text(transaction, uri, "offline") == "true";
  const std::uint64_t proof = parse_unsigned(leaf_text(transaction, uri, "proof")).value_or(0);
  origin.proof = proof < static_cast<std::uint64_t>(BootstrapProof::channel) ? static_cast<BootstrapProof>(proof)
                                                                             : BootstrapProof::channel;
  const std::string objects = leaf_text(transaction, uri, "objects");
  for (const std::string_view object : split(objects, '\n')) {
    if (Result<Uri> parsed = Uri::parse(object); parsed && !object.empty()) {
      origin.objects.push_back(std::move(parsed).value());
    }
  }
  return origin;
}

}  // namespace

std::optional<AccountOrigin> account_origin(const Transaction& transaction, std::string_view server_id) {
  const Uri uri = origin_uri(server_id);
  if (!transaction.exists(uri)) return std::nullopt;
  return read_origin(transaction, uri);
}

std::vector<AccountOrigin> account_origins(const Transaction& transaction) {
  std::vector<AccountOrigin> origins;
  const std::optional<Node> list = transaction.peek(origins_uri());
  if (!list) return origins;
  for (const std::string& name : list->children) origins.push_back(read_origin(transaction, list->uri.child(name)));
  return origins;
}

Result<void> remember_origin(Transaction& transaction, const AccountOrigin& origin) {
  std::string objects;
  for (const Uri& uri : origin.objects) objects += (objects.empty() ? "" : "\n") + uri.str();
  const std::pair<std::string_view, std::string> leaves[] = {
      {"id", origin.server_id},
      {"source", origin.source},
      {"card", origin.card},
      {"document", origin.document},
      {"offline", origin.offline ? "true" : "false"},
      {"proof", std::to_string(static_cast<unsigned>(origin.proof))},
      {"objects", std::move(objects)},
  };
  const Uri uri = origin_uri(origin.server_id);
  for (const auto& [name, text] : leaves) {
    DM_TRY(transaction.put(uri.child(name), {Format::chr, std::string(kTextPlain), text}));
  }
  return {};
}

Result<void> forget_origin(Transaction& transaction, std::string_view server_id) {
  const Uri uri = origin_uri(server_id);
  return transaction.exists(uri) ? transaction.remove(uri) : Result<void>();
}

}  // namespace omadm
