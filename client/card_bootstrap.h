// Accounts that smart cards make, and what becomes of them with the card. BOOT-070 … BOOT-074, BOOT-077.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/io/event_loop.h"
#include "base/io/log.h"
#include "bootstrap/smartcard/card_content.h"
#include "client/bootstrap_desk.h"
#include "client/client.h"
#include "dmtree/tree.h"

namespace omadm {

// `where`: a directory with the files of a card, else a PC/SC reader.
Result<CardContent> read_card_at(const std::string& where);

// Removes each account that came from a smart card and that `card` did not make now, with what came with it; others
// are left alone (BOOT-064). `keep`: servers the card in the reader names. Flushed on return.
Result<std::vector<std::string>> remove_card_accounts(Tree& tree, const std::string& card,
                                                      const std::vector<std::string>& keep);

struct CardPlace {
  std::string where;      // as for read_card_at()
  bool own_slot = false;  // the device's card is there, so that none means it was taken out
  bool offline = false;   // BootstrapOrigin::offline
};

// One look at the card: installs what is on it, one document after the other, then removes what other cards left.
// `done` is called once, on the loop, and may destroy this.
class CardBootstrap {
 public:
  CardBootstrap(Tree& tree, EventLoop& loop, Log& log, BootstrapDesk& desk, CardPlace place,
                Client::BootstrapDone done);

 private:
  void begin();
  void next();
  std::vector<std::string> made_before(Bytes document) const;
  void taken(Result<std::vector<std::string>> result);
  void finish(Result<std::vector<std::string>> result);

  Tree& tree_;
  EventLoop& loop_;
  Log& log_;
  BootstrapDesk& desk_;
  CardPlace place_;
  Client::BootstrapDone done_;
  CardContent content_;
  std::size_t document_ = 0;
  std::vector<std::string> servers_;
  std::optional<Error> failed_;
  LoopHandlePtr timer_;
};

}  // namespace omadm
