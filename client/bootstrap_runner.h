// Client initiated bootstrap over HTTPS. [Boot13], BOOT-080 … BOOT-091.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/io/event_loop.h"
#include "base/io/log.h"
#include "base/ports/http_client.h"
#include "client/client.h"
#include "client/config.h"
#include "dmtree/tree.h"

namespace omadm {

// Asks one URL after the other until one has a document, and installs it; without any the smart card's. `done` is
// called once, on the loop, and may destroy the runner. not_found: every URL answered 404; the errors of
// install_bootstrap; else the last error met.
class BootstrapRunner {
 public:
  // Where a smart card web server answers when no URL is known: BIP over IPv4 and IPv6, then TCP/IP (BOOT-088).
  static std::vector<std::string> smart_card_urls();

  struct Surroundings {
    Tree& tree;
    HttpClient& http;
    EventLoop& loop;
    Log& log;
    const ClientConfig& config;
    BootstrapSecrets secrets;  // for a document with a MAC (BOOT-089)
  };
  BootstrapRunner(const Surroundings& surroundings, std::vector<std::string> urls, Client::BootstrapDone done);

 private:
  void ask();
  void answer_arrived();
  void next(Error error);
  void finish(Result<std::vector<std::string>> result);
  bool accepts(const std::string& content_type) const;

  Surroundings at_;
  const ClientConfig config_;  // as it was when the bootstrap began
  std::vector<std::string> urls_;
  bool last_resort_;  // `urls_` are those of the smart card: asked once each
  std::size_t url_ = 0;
  unsigned repeats_ = 0;
  std::optional<Error> worst_;  // of the URLs so far; a 404 counts least
  Client::BootstrapDone done_;
  std::unique_ptr<HttpCall> call_;
  std::optional<Result<HttpResponse>> response_;
  LoopHandlePtr timer_;
};

}  // namespace omadm
