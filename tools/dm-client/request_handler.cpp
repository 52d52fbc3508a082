#include "tools/dm-client/request_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "tools/common/control_protocol.h"
#include "tools/common/exit_code.h"
#include "tools/common/tree_changes.h"
#include "tools/common/tree_requests.h"
#include "tools/dm-client/reports.h"

namespace omadm {
namespace {

using Json = RequestHandler::Json;

std::string text_of(const nlohmann::json& request, const char* key) {
  const auto found = request.find(key);
  return found != request.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flag_of(const nlohmann::json& request, const char* key) {
  const auto found = request.find(key);
  return found != request.end() && found->is_boolean() && found->get<bool>();
}

Result<Octets> octets_of(const nlohmann::json& request, const char* key) {
  return base64_decode(text_of(request, key));
}

Json answer_of(Json result) { return {{"ok", true}, {"result", std::move(result)}}; }

Json failure_of(const Error& error, int exit) { return control_failure(error, exit); }

// Bootstrap: 1 malformed or refused, 3 MAC or PIN, 4 no document to be had.
int bootstrap_exit(Errc code, bool at_hand) {
  if (code == Errc::authentication) return kExitAuthentication;
  if (at_hand) return code == Errc::corrupt ? kExitStore : kExitFailed;
  switch (code) {
    case Errc::not_found:
    case Errc::not_allowed:
    case Errc::transport:
    case Errc::timed_out:
      return kExitTransport;
    case Errc::corrupt:
      return kExitStore;
    default:
      return kExitFailed;
  }
}

// A notification, or the short messages of a long one: Base64, alone or in an array.
Result<std::vector<Octets>> parts_of(const nlohmann::json& request) {
  const nlohmann::json given = request.value("octets", nlohmann::json());
  std::vector<Octets> parts;
  for (const nlohmann::json& part : given.is_array() ? given : nlohmann::json::array({given})) {
    if (!part.is_string()) return Error{Errc::malformed, "octets: not Base64 text"};
    parts.push_back(DM_TRY(base64_decode(part.get<std::string>())));
  }
  if (parts.empty()) return Error{Errc::malformed, "octets: none"};
  return parts;
}

int notify_exit(Errc code) { return code == Errc::authentication ? kExitAuthentication : kExitFailed; }

// What the device shares with the network the client knows itself.
Result<BootstrapSecrets> bootstrap_secrets(const nlohmann::json& request) {
  BootstrapSecrets secrets;
  if (request.contains("pin")) secrets.pin = Secret(DM_TRY(octets_of(request, "pin")));
  return secrets;
}

}  // namespace

RequestHandler::RequestHandler(Client& client, const ToolConfig& config, bool daemon, RemoteUser* user)
    : client_(client), config_(config), daemon_(daemon), user_(user) {
  // The client may live longer, and commits while it ends.
  client_.tree().observe([handler = std::weak_ptr<RequestHandler*>(self_)](const CommitRecord& commit) {
    if (const auto alive = handler.lock()) (*alive)->committed(commit);
  });
}

void RequestHandler::handle(const nlohmann::json& request, Answer answer, OnEvent event) {
  const std::string op = text_of(request, "op");
  if (op == "session") return session(request, std::move(answer), std::move(event));
  if (op == "notify") return notify(request, answer);
  if (op == "bootstrap.file") return bootstrap_file(request, answer);
  if (op == "bootstrap.https") return bootstrap_https(request, answer);
  if (op == "bootstrap.smartcard") return bootstrap_smartcard(request, answer);
  if (op == "bootstrap.factory") return answer_bootstrap(answer, true)(client_.bootstrap_factory());
  if (op == "alert") return alert(request, std::move(answer), std::move(event));
  if (op == "fumo.check") return fumo_check(request, std::move(answer), std::move(event));
  if (op == "status") return status(answer);
  if (op == "tree.watch") return watch(request, answer, std::move(event));
  if (op.starts_with("tree.")) return tree_request(request, std::move(answer), std::move(event));
  answer(failure_of({Errc::unsupported, "the daemon does not know the request \"" + op + "\""}, kExitUsage));
}

void RequestHandler::tree_request(const nlohmann::json& request, Answer answer, OnEvent event) {
  reading_.push_back({request, std::move(answer), std::move(event), nullptr});
  const auto reading = std::prev(reading_.end());
  const auto run = [this, reading] {
    const Reading now = std::move(*reading);
    reading_.erase(reading);
    nlohmann::json done = run_tree_request(client_.tree(), now.request);
    if (flag_of(now.request, "wait") && done.value("ok", false)) {
      return wait_for_execution(now.request, std::move(done), now.answer, now.event);
    }
    now.answer(std::move(done));
  };
  reading->values = fetch_for_tree_request(client_.tree(), request, run);
  if (reading->values == nullptr) run();
}

// Firmware operations tell how they go in the State beside the node that was executed.
void RequestHandler::wait_for_execution(const nlohmann::json& request, nlohmann::json done, Answer answer,
                                        OnEvent event) {
  if (done["result"].value("outcome", "") != "accepted") return answer(std::move(done));
  const auto uri = Uri::parse(text_of(request, "uri"));
  waiting_.push_back({done["result"], std::move(answer), std::move(event), {}, std::nullopt, false});
  if (uri && !uri->is_root()) waiting_.back().state = uri->parent().child("State");
}

RequestHandler::Json RequestHandler::outcome_of(Waiting waiting) {
  if (waiting.failed)
    return failure_of({Errc::failed, "the operation failed; the log of the daemon says why"}, kExitFailed);
  if (waiting.result.contains("outcome")) waiting.result["outcome"] = "done";
  return answer_of(std::move(waiting.result));
}

void RequestHandler::session(const nlohmann::json& request, Answer answer, OnEvent event) {
  const std::string alert = text_of(request, "alert");
  const SessionCause cause = alert == "server"   ? SessionCause::server
                             : alert == "device" ? SessionCause::device
                                                 : SessionCause::client;
  if (user_ != nullptr && flag_of(request, "user")) answer = answered_by_user(answer, event);
  start(text_of(request, "server"), cause, flag_of(request, "wait"), std::move(answer), std::move(event));
}

// Until the answer is out, its receiver is the user.
RequestHandler::Answer RequestHandler::answered_by_user(const Answer& answer, const OnEvent& event) {
  const std::uint64_t user = user_->add([event](const nlohmann::json& json) { return event(Json(json)); });
  return [this, user, answer](Json json) {
    user_->remove(user);
    answer(std::move(json));
  };
}

void RequestHandler::reply(const nlohmann::json& reply) {
  if (user_ != nullptr) user_->reply(reply);
}

void RequestHandler::start(const std::string& server, SessionCause cause, bool wait, Answer answer, OnEvent event) {
  const auto done = [this, wait, answer, event](const SessionReport& report) {
    Json result = session_json(report);
    if (!wait) return answer(answer_of(std::move(result)));
    waiting_.push_back({std::move(result), answer, event, {}, std::nullopt, false});
  };
  auto started = client_.start_session(server, cause, done);
  if (started) return;
  Error error = std::move(started).error();
  if (error.code == Errc::not_found && client_.status().accounts.empty()) {
    error.detail += "; this client has none at all: dm-client bootstrap https or dm-client bootstrap file gets one";
  } else if (error.code == Errc::not_found) {
    error.detail += "; dm-client status lists those there are";
  }
  answer(failure_of(error, exit_code(error.code)));
}

bool RequestHandler::tick() {
  for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
    if (client_.idle()) {
      Waiting ready = std::move(*waiting);
      waiting = waiting_.erase(waiting);
      const Answer answer = std::move(ready.answer);
      answer(outcome_of(std::move(ready)));
      continue;
    }
    Json progress = status_json(client_.status())["downloads"];
    const std::string text = progress.dump();
    if (text != waiting->last_progress && !progress.empty()) {
      waiting->last_progress = text;
      waiting->event({{"downloads", std::move(progress)}});
    }
    ++waiting;
  }
  return !waiting_.empty();
}

void RequestHandler::notify(const nlohmann::json& request, const Answer& answer) {
  const auto parts = parts_of(request);
  if (!parts) return answer(failure_of(parts.error(), kExitFailed));
  const bool dry_run = flag_of(request, "dry_run");
  const std::string type = text_of(request, "content_type");
  for (std::size_t i = 0; i + 1 < parts->size(); ++i) {
    const NotifyVerdict verdict = client_.notify((*parts)[i], type, dry_run, nullptr);
    if (verdict.error == Errc::incomplete) continue;
    Json result = verdict_json(verdict);
    result["exit"] = verdict.accepted ? static_cast<int>(kExitDone) : notify_exit(verdict.error);
    return answer(answer_of(std::move(result)));
  }
  // The verdict is known before the session it leads to ends, and its answer waits for that.
  const auto verdict = std::make_shared<NotifyVerdict>();  // owners: this call and the session's callback
  *verdict = client_.notify(
      parts->back(), type, dry_run,
      [answer, verdict](const SessionReport& report) {
        if (verdict->delay.count() > 0) return;  // answered long ago
        if (verdict->asks_user && report.error && report.error->code == Errc::cancelled) {
          verdict->accepted = false;
          verdict->reason = report.error->detail;
          Json refusal = verdict_json(*verdict);
          refusal["exit"] = kExitFailed;
          return answer(answer_of(std::move(refusal)));
        }
        Json result = verdict_json(*verdict);
        result["session"] = session_json(report);
        result["exit"] = session_exit(report);
        answer(answer_of(std::move(result)));
      },
      answer_document(answer));
  Json result = verdict_json(*verdict);
  if (!verdict->accepted) {
    // Only a daemon is still there when the other parts come.
    const bool kept = verdict->error == Errc::incomplete && daemon_;
    result["exit"] = kept ? static_cast<int>(kExitDone) : notify_exit(verdict->error);
    return answer(answer_of(std::move(result)));
  }
  if (dry_run || verdict->delay.count() > 0) {
    result["exit"] = dry_run ? kExitDone : kExitFailed;
    if (!dry_run)
      result["reason"] = fmt::format("too many notifications; the session waits {} s", verdict->delay.count());
    answer(answer_of(std::move(result)));
  }
}

// Of a bootstrap document that came like a notification.
Client::BootstrapDone RequestHandler::answer_document(const Answer& answer) {
  return [this, answer](const Result<std::vector<std::string>>& result) {
    NotifyVerdict verdict;
    verdict.bootstrap = true;
    verdict.accepted = result.has_value();
    if (!result) verdict.reason = result.error().detail;
    Json json = verdict_json(verdict);
    if (result) json["servers"] = *result;
    json["exit"] = result ? static_cast<int>(kExitDone) : bootstrap_exit(result.error().code, true);
    answer(answer_of(std::move(json)));
    if (result) meet(*result);
  };
}

void RequestHandler::bootstrap_file(const nlohmann::json& request, const Answer& answer) {
  if (!config_.bootstrap_file) {
    return answer(failure_of({Errc::not_allowed, "[bootstrap] accept does not list \"file\""}, kExitFailed));
  }
  const auto octets = octets_of(request, "octets");
  if (!octets) return answer(failure_of(octets.error(), kExitFailed));
  const auto secrets = bootstrap_secrets(request);
  if (!secrets) return answer(failure_of(secrets.error(), kExitFailed));
  BootstrapMessage message;
  message.octets = *octets;
  message.content_type = text_of(request, "content_type");
  message.secrets = *secrets;
  message.offline = flag_of(request, "offline");
  client_.bootstrap(std::move(message), answer_bootstrap(answer, true));
}

void RequestHandler::bootstrap_smartcard(const nlohmann::json& request, const Answer& answer) {
  if (!config_.bootstrap_smartcard) {
    return answer(failure_of({Errc::not_allowed, "[bootstrap] accept does not list \"smartcard\""}, kExitFailed));
  }
  client_.bootstrap_smartcard(text_of(request, "card"), answer_bootstrap(answer, false), flag_of(request, "offline"));
}

Client::BootstrapDone RequestHandler::answer_bootstrap(const Answer& answer, bool at_hand) {
  return [this, answer, at_hand](const Result<std::vector<std::string>>& result) {
    if (!result) return answer(failure_of(result.error(), bootstrap_exit(result.error().code, at_hand)));
    answer(answer_of({{"servers", *result}}));
    meet(*result);
  };
}

void RequestHandler::bootstrap_https(const nlohmann::json& request, const Answer& answer) {
  if (!config_.bootstrap_https) {
    return answer(failure_of({Errc::not_allowed, "[bootstrap] accept does not list \"https\""}, kExitFailed));
  }
  const auto secrets = bootstrap_secrets(request);
  if (!secrets) return answer(failure_of(secrets.error(), kExitFailed));
  client_.bootstrap_https(text_of(request, "url"), answer_bootstrap(answer, false), *secrets,
                          flag_of(request, "offline"));
}

// BOOT-050. A one-shot command leaves it to whoever called it.
void RequestHandler::meet(const std::vector<std::string>& servers) {
  if (!daemon_) return;
  for (const std::string& server : servers) {
    // Why one cannot begin, or how it ended, is in the log and the status.
    static_cast<void>(client_.start_session(server, SessionCause::device, [](const SessionReport&) {}));
  }
}

void RequestHandler::alert(const nlohmann::json& request, Answer answer, OnEvent event) {
  GenericAlert alert;
  alert.server_id = text_of(request, "server");
  alert.type = text_of(request, "type");
  alert.format = text_of(request, "format");
  alert.mark = text_of(request, "mark");
  alert.source = text_of(request, "source");
  alert.correlator = text_of(request, "correlator");
  auto data = octets_of(request, "data");
  if (!data) return answer(failure_of(data.error(), kExitFailed));
  alert.data = std::move(*data);
  const std::vector<AccountStatus> accounts = client_.status().accounts;
  if (std::ranges::find(accounts, alert.server_id, &AccountStatus::server_id) == accounts.end()) {
    return answer(failure_of({Errc::not_found, "no account of server \"" + alert.server_id + "\""}, kExitNotFound));
  }
  auto queued = client_.queue_alert(alert);
  if (!queued) return answer(failure_of(queued.error(), exit_code(queued.error().code)));
  if (!flag_of(request, "now")) return answer(answer_of({{"queued", true}, {"server", alert.server_id}}));
  start(alert.server_id, SessionCause::device, false, std::move(answer), std::move(event));
}

void RequestHandler::fumo_check(const nlohmann::json& request, Answer answer, OnEvent event) {
  const std::vector<AccountStatus> accounts = client_.status().accounts;
  GenericAlert alert;
  alert.server_id = text_of(request, "server");
  if (alert.server_id.empty() && accounts.size() == 1) alert.server_id = accounts[0].server_id;
  if (alert.server_id.empty()) {
    return answer(failure_of(
        {Errc::not_found, fmt::format("there are {} accounts; --server says which", accounts.size())}, kExitNotFound));
  }
  if (std::ranges::find(accounts, alert.server_id, &AccountStatus::server_id) == accounts.end()) {
    return answer(failure_of({Errc::not_found, "no account of server \"" + alert.server_id + "\""}, kExitNotFound));
  }
  alert.type = "org.openmobilealliance.dm.firmwareupdate.";
  alert.type += flag_of(request, "user") ? "userrequest" : "devicerequest";
  if (config_.client.fumo.report_prefix) alert.type.insert(0, "Reversed-Domain-Name: ");
  alert.format = "chr";
  alert.source = text_of(request, "source");
  auto data = octets_of(request, "data");
  if (!data) return answer(failure_of(data.error(), kExitFailed));
  alert.data = std::move(*data);
  auto queued = client_.queue_alert(alert);
  if (!queued) return answer(failure_of(queued.error(), exit_code(queued.error().code)));
  start(alert.server_id, SessionCause::device, flag_of(request, "wait"), std::move(answer), std::move(event));
}

void RequestHandler::status(const Answer& answer) {
  Json result = status_json(client_.status());
  result["daemon"] = daemon_;
  const NotificationAddresses doors = client_.notification_addresses();
  for (const auto& [name, address] :
       {std::pair("notification", doors.udp), {"notification_sip", doors.sip}, {"notification_http", doors.http}}) {
    if (!address.empty()) result[name] = address;
  }
  answer(answer_of(std::move(result)));
}

void RequestHandler::watch(const nlohmann::json& request, const Answer& answer, OnEvent event) {
  Watcher watcher{Uri(), Principal::user(), std::move(event)};
  if (const std::string given = text_of(request, "uri"); !given.empty()) {
    auto below = Uri::parse(given);
    if (!below) return answer(failure_of({below.error().code, given + ": " + below.error().detail}, kExitUsage));
    watcher.below = std::move(*below);
  }
  if (const std::string server = text_of(request, "as"); !server.empty()) watcher.who = Principal::server(server);
  watchers_.push_back(std::move(watcher));
}

void RequestHandler::committed(const CommitRecord& commit) {
  for (Waiting& waiting : waiting_) {
    for (const EditRecord& edit : commit.edits) {
      if (!waiting.state || edit.op != EditRecord::Op::put || edit.node.uri != *waiting.state) continue;
      const std::string_view state = edit.node.data;
      waiting.failed = waiting.failed || state == "20" || state == "70";
    }
  }
  for (auto watcher = watchers_.begin(); watcher != watchers_.end();) {
    bool listens = true;
    for (std::size_t i = 0; i < commit.edits.size(); ++i) {
      const EditRecord& edit = commit.edits[i];
      if (only_counts(commit, i) || !concerns(edit, watcher->below)) continue;
      if (!may_see_change(client_.tree(), watcher->who, edit.node.uri)) continue;
      listens = watcher->event(change_json(commit, edit));
      if (!listens) break;
    }
    watcher = listens ? std::next(watcher) : watchers_.erase(watcher);
  }
}

}  // namespace omadm
