// Does what one-shot commands ask, for the daemon and without it: the same requests, the same answers.
#pragma once

#include <functional>
#include <list>
#include <nlohmann/json.hpp>
#include <string>

#include "client/client.h"
#include "tools/dm-client/config_file.h"

namespace omadm {

// Requests: session {server, alert, wait}, notify {octets, content_type, dry_run}, bootstrap.file {octets,
// content_type, pin}, bootstrap.https {url}, alert {server, type, mark, source, format, data, correlator, now},
// fumo.check {server, user, source, data, wait}, status {}, tree.* (tools/common/tree_requests.h), tree.watch {uri}.
// Octets are in Base64.
class RequestHandler {
 public:
  using Json = nlohmann::ordered_json;
  // One answer for each request, later or at once. `event`: false when nobody listens any more.
  using Answer = std::function<void(Json)>;
  using OnEvent = std::function<bool(Json)>;

  RequestHandler(Client& client, const ToolConfig& config, bool daemon);

  void handle(const nlohmann::json& request, Answer answer, OnEvent event);
  // To be called now and then: sees whether what --wait waits for has come. True: something is waited for.
  bool tick();

 private:
  struct Waiting {  // for the client to come to rest
    Json result;
    Answer answer;
    OnEvent event;
    std::string last_progress;
  };
  struct Watcher {
    std::string below;  // "./A/B", "." for everything
    OnEvent event;
  };

  void session(const nlohmann::json& request, Answer answer, OnEvent event);
  void notify(const nlohmann::json& request, const Answer& answer);
  void bootstrap_file(const nlohmann::json& request, const Answer& answer);
  void bootstrap_https(const nlohmann::json& request, const Answer& answer);
  void meet(const std::vector<std::string>& servers);
  void alert(const nlohmann::json& request, Answer answer, OnEvent event);
  void fumo_check(const nlohmann::json& request, Answer answer, OnEvent event);
  void status(const Answer& answer);
  void watch(const nlohmann::json& request, OnEvent event);
  void start(const std::string& server, SessionCause cause, bool wait, Answer answer, OnEvent event);
  void committed(const CommitRecord& commit);

  Client& client_;
  const ToolConfig& config_;
  bool daemon_;
  std::list<Waiting> waiting_;
  std::list<Watcher> watchers_;
};

}  // namespace omadm
