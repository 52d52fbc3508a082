#include "client/card_bootstrap.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "bootstrap/account_origin.h"
#include "dmtree/tnds/mo_id.h"
#include "transport/card/pcsc_channel.h"
#include "transport/card/virtual_card.h"

namespace omadm {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// The account, wherever a server has renamed it to, and what came with it.
Result<void> remove_with_objects(Transaction& transaction, const AccountOrigin& origin) {
  for (const Uri& account : find_objects(transaction, kDmAccMoId)) {
    if (leaf_text(transaction, account, "ServerID") == origin.server_id) DM_TRY(transaction.remove(account));
  }
  for (const Uri& object : origin.objects) {
    const std::optional<Node> node = transaction.peek(object);
    if (node && node->type != kDmAccMoId) DM_TRY(transaction.remove(object));
  }
  return forget_origin(transaction, origin.server_id);
}

}  // namespace

Result<CardContent> read_card_at(const std::string& where) {
  std::error_code error;
  const bool directory = std::filesystem::is_directory(where, error);
  if (!directory && where.find('/') != std::string::npos) {
    return Error{Errc::not_found, where + " is no directory with the files of a card"};
  }
  const std::unique_ptr<ApduChannel> card = DM_TRY(directory ? open_virtual_card(where) : open_pcsc_card(where));
  return read_card(*card);
}

Result<std::vector<std::string>> remove_card_accounts(Tree& tree, const std::string& card,
                                                      const std::vector<std::string>& keep) {
  Transaction transaction = tree.begin(Principal::device(), {"device", "", "", "", "card"});
  std::vector<std::string> removed;
  for (const AccountOrigin& origin : account_origins(transaction)) {
    if (origin.source != to_string(BootstrapSource::smartcard)) continue;
    if (origin.card == card && contains(keep, origin.server_id)) continue;
    DM_TRY(remove_with_objects(transaction, origin));
    removed.push_back(origin.server_id);
  }
  if (transaction.empty()) return removed;
  DM_TRY(std::move(transaction).commit());
  DM_TRY(tree.flush());
  return removed;
}

CardBootstrap::CardBootstrap(Tree& tree, EventLoop& loop, Log& log, BootstrapDesk& desk, CardPlace place,
                             Client::BootstrapDone done)
    : tree_(tree), loop_(loop), log_(log), desk_(desk), place_(std::move(place)), done_(std::move(done)) {
  timer_ = loop_.after({}, [this] { begin(); });
}

void CardBootstrap::begin() {
  auto content = read_card_at(place_.where);
  if (!content) {
    // No card is a card that was taken out; one that cannot be read says nothing (BOOT-077).
    if (place_.own_slot && content.error().code == Errc::not_found) {
      if (const auto removed = remove_card_accounts(tree_, "", {}); !removed) return finish(removed.error());
    }
    return finish(std::move(content).error());
  }
  content_ = std::move(content).value();
  for (const std::string& note : content_.notes) log_.write(LogLevel::warning, note);
  next();
}

// Servers whose accounts this card made of that very document, and that are still there.
std::vector<std::string> CardBootstrap::made_before(Bytes document) const {
  const Transaction transaction = tree_.begin(Principal::device());
  std::vector<std::string> servers;
  for (const AccountOrigin& origin : account_origins(transaction)) {
    const bool same = origin.source == to_string(BootstrapSource::smartcard) && origin.card == content_.iccid &&
                      origin.document == document_digest(document);
    if (!same) continue;
    for (const Uri& account : find_objects(transaction, kDmAccMoId)) {
      if (leaf_text(transaction, account, "ServerID") == origin.server_id) servers.push_back(origin.server_id);
    }
  }
  return servers;
}

void CardBootstrap::next() {
  if (document_ < content_.documents.size()) {
    CardDocument& document = content_.documents[document_++];
    // What the server has changed since must not be undone at each start.
    if (std::vector<std::string> before = made_before(document.octets); !before.empty())
      return taken(std::move(before));
    BootstrapMessage message;
    message.octets = std::move(document.octets);
    message.source = BootstrapSource::smartcard;
    message.card = content_.iccid;
    message.offline = place_.offline;
    message.needs_consent = document.needs_consent;
    return desk_.take(std::move(message),
                      [this](Result<std::vector<std::string>> result) { taken(std::move(result)); });
  }
  // Half a look must not cost an account: only what the whole card does not name goes.
  if (!failed_ && content_.notes.empty()) {
    const auto removed = remove_card_accounts(tree_, content_.iccid, servers_);
    if (!removed) return finish(removed.error());
    for (const std::string& id : *removed)
      log_.write(LogLevel::notice, "the account for " + id + " left with its card");
  }
  if (servers_.empty()) {
    return finish(failed_.value_or(Error{Errc::not_found, "there is no bootstrap on the card"}));
  }
  finish(servers_);
}

void CardBootstrap::taken(Result<std::vector<std::string>> result) {
  if (!result) {
    failed_ = std::move(result).error();
    log_.write(LogLevel::warning, "a document of the card was left out: " + failed_->detail);
  } else {
    servers_.insert(servers_.end(), result->begin(), result->end());
  }
  next();
}

void CardBootstrap::finish(Result<std::vector<std::string>> result) {
  timer_ = loop_.after({}, [this, result = std::move(result)] {
    const Client::BootstrapDone done = std::move(done_);
    done(result);
  });
}

}  // namespace omadm
