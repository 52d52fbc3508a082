// Does what one-shot commands ask, for the daemon and without it: the same requests, the same answers.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "client/client.h"
#include "tools/dm-client/config_file.h"
#include "tools/dm-client/remote_user.h"

namespace omadm {

// Requests: session {server, alert, wait}, notify {octets, content_type, dry_run}, bootstrap.file {octets,
// content_type, pin}, bootstrap.https {url}, bootstrap.smartcard {card}, bootstrap.factory {}, alert {server, type,
// mark, source, format, data, correlator, now}, fumo.check {server, user, source, data, wait}, status {}, tree.*
// (tools/common/tree_requests.h; tree.exec also with wait), tree.watch {uri, as}.
// Octets are in Base64.
class RequestHandler {
 public:
  using Json = nlohmann::ordered_json;
  // One answer for each request, later or at once. `event`: false when nobody listens any more.
  using Answer = std::function<void(Json)>;
  using OnEvent = std::function<bool(Json)>;

  // `user`: he who asks for a session with {"user": true} answers questions; may be null.
  RequestHandler(Client& client, const ToolConfig& config, bool daemon, RemoteUser* user = nullptr);
  RequestHandler(const RequestHandler&) = delete;
  RequestHandler& operator=(const RequestHandler&) = delete;

  void handle(const nlohmann::json& request, Answer answer, OnEvent event);
  void reply(const nlohmann::json& reply);  // of the user to a question
  // To be called now and then: sees whether what --wait waits for has come. True: something is waited for.
  bool tick();

 private:
  Answer answered_by_user(const Answer& answer, const OnEvent& event);

  struct Waiting {  // for the client to come to rest
    Json result;
    Answer answer;
    OnEvent event;
    std::string last_progress;
    std::optional<Uri> state;  // of what was executed: the leaf that tells how it goes
    bool failed = false;       // … as it told
  };
  struct Watcher {
    Uri below;
    Principal who;  // sees no more than that one may
    OnEvent event;
  };

  void session(const nlohmann::json& request, Answer answer, OnEvent event);
  void notify(const nlohmann::json& request, const Answer& answer);
  void bootstrap_file(const nlohmann::json& request, const Answer& answer);
  void bootstrap_https(const nlohmann::json& request, const Answer& answer);
  void bootstrap_smartcard(const nlohmann::json& request, const Answer& answer);
  Client::BootstrapDone answer_bootstrap(const Answer& answer, bool at_hand);  // the document need not be fetched
  Client::BootstrapDone answer_document(const Answer& answer);
  void meet(const std::vector<std::string>& servers);
  void alert(const nlohmann::json& request, Answer answer, OnEvent event);
  void fumo_check(const nlohmann::json& request, Answer answer, OnEvent event);
  void status(const Answer& answer);
  void watch(const nlohmann::json& request, const Answer& answer, OnEvent event);
  void start(const std::string& server, SessionCause cause, bool wait, Answer answer, OnEvent event);
  void committed(const CommitRecord& commit);
  void wait_for_execution(const nlohmann::json& request, nlohmann::json done, Answer answer, OnEvent event);
  static Json outcome_of(Waiting waiting);
  void tree_request(const nlohmann::json& request, Answer answer, OnEvent event);

  struct Reading {  // until the live values are there
    nlohmann::json request;
    Answer answer;
    OnEvent event;
    std::unique_ptr<LiveValues> values;
  };

  Client& client_;
  const ToolConfig& config_;
  bool daemon_;
  RemoteUser* user_;
  std::list<Waiting> waiting_;
  std::list<Reading> reading_;
  std::list<Watcher> watchers_;
  std::shared_ptr<RequestHandler*> self_ = std::make_shared<RequestHandler*>(this);  // last: gone before the rest
};

}  // namespace omadm
