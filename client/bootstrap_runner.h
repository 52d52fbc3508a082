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
#include "base/ports/service_finder.h"
#include "client/bootstrap_places.h"
#include "client/client.h"
#include "client/config.h"
#include "dmtree/tree.h"

namespace omadm {

// Asks one place after the other until one has a document, and installs it. Those on a local link are left out once
// another server has answered, whatever it said (MCPTT-014). `done` is called once, on the loop, and may destroy the
// runner. not_found: every server that could be reached answered 404; the errors of install_bootstrap; else the last
// error met.
class BootstrapRunner {
 public:
  struct Surroundings {
    Tree& tree;
    HttpClient& http;
    EventLoop& loop;
    Log& log;
    const ClientConfig& config;
    BootstrapSecrets secrets;  // for a document with a MAC (BOOT-089)
  };
  BootstrapRunner(const Surroundings& surroundings, std::vector<BootstrapPlace> places, Client::BootstrapDone done);

 private:
  void ask();
  void search();
  void found(const Result<std::vector<ServicePlace>>& servers);
  void send(MultipartBody body);
  void answer_arrived();
  void install(const HttpResponse& response);
  void next(Error error);
  Error nowhere() const;
  void finish(Result<std::vector<std::string>> result);
  bool accepts(const std::string& content_type) const;
  const BootstrapPlace& place() const { return places_[place_]; }

  Surroundings at_;
  const ClientConfig config_;  // as it was when the bootstrap began
  std::vector<BootstrapPlace> places_;
  std::size_t place_ = 0;
  unsigned repeats_ = 0;
  bool answered_ = false;       // a server, whatever it said
  std::optional<Error> worst_;  // of the places so far; a 404 counts least, and the card's not beside others
  Client::BootstrapDone done_;
  std::unique_ptr<ServiceFinder> finder_;
  std::unique_ptr<ServiceSearch> search_;
  std::unique_ptr<HttpCall> call_;
  std::optional<Result<HttpResponse>> response_;
  LoopHandlePtr timer_;
};

}  // namespace omadm
