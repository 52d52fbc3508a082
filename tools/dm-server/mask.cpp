#include "tools/dm-server/mask.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "dmtree/tnds/tnds.h"
#include "syncml/auth/credential.h"
#include "syncml/codec/codec.h"
#include "tools/common/readable.h"
#include "tools/common/secrets.h"

namespace omadm::server {
namespace {

constexpr std::size_t kShortestSecret = 3;  // shorter ones would match everywhere
constexpr std::size_t kShortestNonce = 8;   // one of the printed examples, "Nonce", is part of element names

void add(std::vector<Octets>& secrets, Bytes secret) {
  if (secret.size() >= kShortestSecret) secrets.emplace_back(secret);
}

void add_data(std::vector<Octets>& secrets, Bytes data) {
  add(secrets, data);
  add(secrets, base64_encode(data));
  if (data.find_first_of("&<>") == Bytes::npos) return;
  add(secrets, xml_escaped(data));
  add(secrets, xml_escaped(xml_escaped(data)));  // of a document that is a text in a document
}

void add_nonce(std::vector<Octets>& secrets, const std::optional<Octets>& nonce) {
  if (nonce && nonce->size() >= kShortestNonce) add_data(secrets, *nonce);
}

void overwrite(Octets& body, Bytes secret) {
  for (std::size_t at = body.find(secret); at != Octets::npos; at = body.find(secret, at + secret.size())) {
    std::fill_n(body.begin() + static_cast<std::ptrdiff_t>(at), secret.size(), '*');
  }
}

bool is_masked(Bytes secret) noexcept { return secret.find_first_not_of('*') == Bytes::npos; }

bool is_subtree_type(std::string_view type) noexcept { return type.find("dmtnds") != std::string_view::npos; }

// A subtree, whatever it is said to be: it names what must not be seen, in clear or in Base64.
bool names_secret_inside(Bytes data) {
  if (names_secret(data)) return true;
  const Result<Octets> decoded = base64_decode(data);
  return decoded && names_secret(*decoded);
}

}  // namespace

// What one document tells to be secret.
class Mask::Collector {
 public:
  explicit Collector(Pieces& pieces) : pieces_(pieces) {}

  // False: it cannot be read.
  bool collect(Bytes body, std::string_view content_type) {
    const std::optional<Encoding> encoding = encoding_of(content_type);
    if (!encoding) {
      if (is_subtree_type(content_type)) take_subtree(body);
      return true;
    }
    const Result<Message> message = decode(*encoding, body, Limits{});
    if (!message) return false;
    if (message->header.cred) secrets.emplace_back(message->header.cred->data);
    for (const Command& command : message->commands) take_command(command);
    return true;
  }

  std::vector<Octets> secrets;  // as the message holds them

 private:
  void take_subtree(Bytes document) {
    const Result<TndsDocument> tnds = read_tnds(document, Limits{});
    if (!tnds) {
      secrets.emplace_back(document);
      return;
    }
    for (const TndsNode& node : tnds->nodes) {
      if (is_secret_leaf(node.relative)) secrets.emplace_back(node.value);
    }
  }

  void take_item(const Item& item, const Command& command) {
    if (!item.data) return;
    const Bytes data = item.data->octets;
    const std::string_view target = trim(item.target.value_or("")), source = trim(item.source.value_or(""));
    const std::string_view uri = target.empty() ? source : target;
    const auto under_way = pieces_.find(uri);
    const bool goes_on = under_way != pieces_.end();
    const bool subtree =
        is_subtree_type(item.meta.type.value_or(command.meta.type.value_or(""))) || names_secret_inside(data);
    if (goes_on && !item.more_data) pieces_.erase(under_way);
    if (item.more_data && subtree) pieces_.emplace(uri);
    if (is_secret_leaf(target) || is_secret_leaf(source) || goes_on || (item.more_data && subtree)) {
      secrets.emplace_back(data);
    } else if (subtree) {
      take_subtree(data);
    }
  }

  void take_command(const Command& command) {
    if (command.chal && command.chal->next_nonce) secrets.emplace_back(*command.chal->next_nonce);
    for (const Item& item : command.items) take_item(item, command);
    for (const Command& child : command.children) take_command(child);
  }

  Pieces& pieces_;
};

Mask::Mask(const Script& script) {
  for (const AccountScript& account : script.accounts) {
    add_data(known_, account.client_password.view());
    add_data(known_, account.server_password.view());
    add(known_, basic_credential(account.client_user, account.client_password));
    add(known_, basic_credential(account.server_name, account.server_password));
    add_nonce(known_, account.client_nonce);
    add_nonce(known_, account.server_nonce);
  }
  if (script.bootstrap.passphrase) add_data(known_, *script.bootstrap.passphrase);
  add_data(known_, script.bootstrap.secret);
}

Octets Mask::body(Bytes body, std::string_view content_type, Pieces& pieces) const {
  Pieces before = pieces;
  Collector found(pieces);
  const bool readable = found.collect(body, content_type);
  std::vector<Octets> all = known_;
  for (const Octets& secret : found.secrets) {
    add_data(all, secret);
    // A nonce travels in Base64, and may stand elsewhere as it is.
    if (const Result<Octets> raw = base64_decode(secret)) add_nonce(all, *raw);
  }
  // The longest first: a short one may be part of it.
  std::sort(all.begin(), all.end(), [](const Octets& a, const Octets& b) { return a.size() > b.size(); });
  Octets out(body);
  for (const Octets& secret : all) overwrite(out, secret);
  // References to characters, pieces of one octet: what was not found by its octets is found by reading again.
  Collector left(before);
  const bool clean =
      readable ? left.collect(out, content_type) && std::all_of(left.secrets.begin(), left.secrets.end(), is_masked)
               : !names_secret_inside(body);
  return clean ? out : Octets(body.size(), '*');
}

}  // namespace omadm::server
