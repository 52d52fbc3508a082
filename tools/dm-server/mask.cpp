#include "tools/dm-server/mask.h"

#include <algorithm>

#include "base/text.h"
#include "dmtree/tnds/tnds.h"
#include "syncml/auth/credential.h"
#include "syncml/codec/codec.h"
#include "tools/dm-server/exchange.h"

namespace omadm::server {
namespace {

constexpr std::size_t kShortestSecret = 3;  // shorter ones would match everywhere

void add(std::vector<Octets>& secrets, Bytes secret) {
  if (secret.size() >= kShortestSecret) secrets.emplace_back(secret);
}

void add_data(std::vector<Octets>& secrets, Bytes data) {
  add(secrets, data);
  add(secrets, base64_encode(data));
}

// A nonce of the printed examples, "Nonce", is part of element names: short ones stay.
void add_nonce(std::vector<Octets>& secrets, const std::optional<Octets>& nonce) {
  constexpr std::size_t kShortestNonce = 8;
  if (nonce && nonce->size() >= kShortestNonce) add_data(secrets, *nonce);
}

void overwrite(Octets& body, Bytes secret) {
  for (std::size_t at = body.find(secret); at != Octets::npos; at = body.find(secret, at + secret.size())) {
    std::fill_n(body.begin() + static_cast<std::ptrdiff_t>(at), secret.size(), '*');
  }
}

void add_meta(std::vector<Octets>& secrets, const Meta& meta) {
  if (!meta.next_nonce) return;
  add(secrets, *meta.next_nonce);
  if (const Result<Octets> raw = base64_decode(*meta.next_nonce)) add_nonce(secrets, *raw);
}

void add_tnds(std::vector<Octets>& secrets, Bytes document) {
  const Result<TndsDocument> tnds = read_tnds(document, Limits{});
  if (!tnds) return;
  for (const TndsNode& node : tnds->nodes) {
    if (holds_secret(node.relative)) add_data(secrets, node.value);
  }
}

void add_command(std::vector<Octets>& secrets, const Command& command) {
  if (command.chal) add_meta(secrets, *command.chal);
  for (const Item& item : command.items) {
    if (!item.data) continue;
    const std::string_view uri = item.target.value_or(item.source.value_or(""));
    if (holds_secret(uri)) add_data(secrets, item.data->octets);
    const std::string_view type = item.meta.type.value_or(command.meta.type.value_or(""));
    if (type.find("dmtnds") != std::string_view::npos) add_tnds(secrets, item.data->octets);
  }
  for (const Command& child : command.children) add_command(secrets, child);
}

}  // namespace

std::vector<Octets> secrets_of(const Script& script) {
  std::vector<Octets> secrets;
  for (const AccountScript& account : script.accounts) {
    add_data(secrets, account.client_password.view());
    add_data(secrets, account.server_password.view());
    add(secrets, basic_credential(account.client_user, account.client_password));
    add(secrets, basic_credential(account.server_name, account.server_password));
    add_nonce(secrets, account.client_nonce);
    add_nonce(secrets, account.server_nonce);
  }
  if (script.bootstrap.passphrase) add_data(secrets, *script.bootstrap.passphrase);
  add_data(secrets, script.bootstrap.secret);
  return secrets;
}

Octets masked_body(Bytes body, std::string_view content_type, const std::vector<Octets>& secrets) {
  std::vector<Octets> all = secrets;
  if (const std::optional<Encoding> encoding = encoding_of(content_type)) {
    if (const Result<Message> message = decode(*encoding, body, Limits{})) {
      if (message->header.cred) add(all, message->header.cred->data);
      for (const Command& command : message->commands) add_command(all, command);
    }
  } else if (content_type.find("dmtnds") != std::string_view::npos) {
    add_tnds(all, body);
  }
  // The longest first: a short one may be part of it.
  std::sort(all.begin(), all.end(), [](const Octets& a, const Octets& b) { return a.size() > b.size(); });
  Octets out(body);
  for (const Octets& secret : all) overwrite(out, secret);
  return out;
}

std::string masked_header(std::string_view name, std::string_view value) {
  std::string out(value);
  if (equals_ignoring_case(name, kHmacHeaderName)) {
    if (const Result<HmacHeader> header = parse_hmac_header(value)) overwrite(out, header->mac);
  } else if (equals_ignoring_case(name, "authorization") || equals_ignoring_case(name, "cookie") ||
             equals_ignoring_case(name, "set-cookie")) {
    std::fill(out.begin(), out.end(), '*');
  } else if (equals_ignoring_case(name, "content-type")) {
    // MAC=… of a bootstrap message proves a PIN to whoever tries all of them.
    const std::string lower = to_lower(out);
    const std::size_t mac = lower.find("mac=");
    if (mac != std::string::npos) std::fill(out.begin() + static_cast<std::ptrdiff_t>(mac + 4), out.end(), '*');
  }
  return out;
}

}  // namespace omadm::server
