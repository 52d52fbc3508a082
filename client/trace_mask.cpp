#include "client/trace_mask.h"

#include <algorithm>
#include <vector>

#include "base/limits.h"
#include "base/text.h"
#include "dmtree/tnds/mo_id.h"
#include "dmtree/tnds/tnds.h"
#include "syncml/codec/codec.h"

namespace omadm {
namespace {

constexpr std::size_t kShortest = 4;

// One way to write a character of a secret in XML, or in XML that is text of another XML document.
struct Spelling {
  char character;
  std::string_view text;
};
constexpr Spelling kSpellings[] = {
    {'&', "&amp;"},     {'<', "&lt;"},     {'>', "&gt;"},     {'"', "&quot;"},     {'\'', "&apos;"},
    {'&', "&#38;"},     {'<', "&#60;"},    {'>', "&#62;"},    {'"', "&#34;"},      {'\'', "&#39;"},
    {'&', "&amp;amp;"}, {'<', "&amp;lt;"}, {'>', "&amp;gt;"}, {'"', "&amp;quot;"}, {'\'', "&amp;apos;"},
    {'\r', "&#13;"},    {'\n', "&#10;"},   {'\t', "&#9;"},    {'\r', "&#xD;"},     {'\n', "&#xA;"},
};

// How many octets of `text` spell `character`, the longest spelling first; 0: none do.
std::size_t spelt(std::string_view text, char character) {
  std::size_t length = !text.empty() && text.front() == character ? 1 : 0;
  for (const Spelling& spelling : kSpellings) {
    if (spelling.character == character && text.starts_with(spelling.text)) {
      length = std::max(length, spelling.text.size());
    }
  }
  return length;
}

// How many octets at the beginning of `text` spell `secret`; 0: none.
std::size_t spelt(std::string_view text, std::string_view secret) {
  std::size_t length = 0;
  for (const char character : secret) {
    const std::size_t more = spelt(text.substr(length), character);
    if (more == 0) return 0;
    length += more;
  }
  return length;
}

// Collects what is to be masked.
class Secrets {
 public:
  void add(std::string_view value) {
    if (value.size() >= kShortest) values_.emplace_back(value);
  }
  void add_stored(std::string_view value) {
    if (value.size() < kShortest) return;  // nor its Base64, which is longer
    add(value);
    add(base64_encode(value));
  }
  void add(const Account& account) {
    for (const AccountAuth& auth : account.auths) {
      add(base64_encode(auth.name + ":" + std::string(auth.secret.view())));
      add_stored(auth.secret.view());
      if (auth.data) add_stored(*auth.data);
    }
  }
  void add(const Message& message) {
    if (message.header.cred) add(message.header.cred->data);
    for (const Command& command : message.commands) add(command);
  }
  // Also of accounts that are not complete yet.
  void add_below(const Transaction& transaction, const Uri& uri) {
    const auto node = transaction.peek(uri);
    if (!node) return;
    if (node->is_leaf() && is_secret(uri.path())) add_stored(node->data);
    for (const std::string& name : node->children) add_below(transaction, uri.child(name));
  }

  Octets masked(Bytes body) {
    // The longest first: a short one may be a part of it.
    std::sort(values_.begin(), values_.end(), [](const Octets& a, const Octets& b) { return a.size() > b.size(); });
    Octets result(body);
    for (const Octets& value : values_) mask(result, value);
    return result;
  }

 private:
  static bool is_secret(std::string_view uri) {
    const std::string_view name = uri.substr(uri.rfind('/') + 1);
    return name == "AAuthSecret" || name == "AAuthData";
  }
  void add(const Command& command) {  // as deep as the decoder's Limits let commands nest
    if (command.chal && command.chal->next_nonce) add(*command.chal->next_nonce);
    for (const Item& item : command.items) {
      if (!item.data) continue;
      if (is_secret(item.target.value_or(item.source.value_or("")))) add(item.data->octets);
      const std::string_view type = item.meta.type.value_or(command.meta.type.value_or(""));
      if (type.find("dmtnds") != std::string_view::npos) add_tnds(item.data->octets);
    }
    for (const Command& child : command.children) add(child);
  }
  void add_tnds(Bytes document) {
    const auto tnds = read_tnds(document, Limits{});
    if (!tnds) return;
    for (const TndsNode& node : tnds->nodes) {
      if (is_secret(node.relative)) add_stored(node.value);
    }
  }
  static void mask(Octets& body, std::string_view value) {
    for (std::size_t at = 0; at < body.size(); ++at) {
      const std::size_t length = spelt(std::string_view(body).substr(at), value);
      if (length == 0) continue;
      std::fill_n(body.begin() + static_cast<std::ptrdiff_t>(at), length, '*');
      at += length - 1;
    }
  }

  std::vector<Octets> values_;
};

}  // namespace

Octets masked_for_trace(Tree& tree, const Account& account, std::string_view content_type, Bytes body) {
  Secrets secrets;
  const Transaction transaction = tree.begin(Principal::device());
  for (const Uri& object : find_objects(transaction, kDmAccId)) secrets.add_below(transaction, object);
  for (const Account& other : read_accounts(transaction).accounts) secrets.add(other);
  secrets.add(account);
  if (const auto encoding = encoding_of(content_type)) {
    if (const auto message = decode(*encoding, body, Limits{})) secrets.add(*message);
  }
  return secrets.masked(body);
}

}  // namespace omadm
