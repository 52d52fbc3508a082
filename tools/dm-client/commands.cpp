#include "tools/dm-client/commands.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <optional>

#include "base/io/event_loop.h"
#include "tools/common/control_protocol.h"
#include "tools/common/exit_code.h"
#include "tools/common/output.h"
#include "tools/common/progress.h"
#include "tools/common/terminal.h"
#include "tools/dm-client/local_device.h"
#include "tools/dm-client/reports.h"
#include "tools/dm-client/request_handler.h"
#include "tools/dm-client/signals.h"
#include "tools/dm-client/terminal_relay.h"
#include "tools/dm-client/terminal_user.h"

namespace omadm {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kProgram = "dm-client";
constexpr std::chrono::milliseconds kHandlersLimit{60'000};

void complain(const std::string& what, const std::string& why) { say(kProgram, what + ": " + why); }

// What was tried, for "dm-client: WHAT: why".
std::string what_of(const nlohmann::json& request) {
  const std::string op = request["op"];
  const std::string server = request.contains("server") ? request["server"].get<std::string>() : "";
  if (op == "session") return "session with " + server;
  if (op == "alert") return "alert to " + server;
  if (op == "fumo.check") return "firmware check";
  if (op == "notify") return "notification";
  if (op == "status") return "status";
  return "bootstrap";
}

Result<Json> ask_daemon(ControlConnection& daemon, nlohmann::json request) {
  ProgressLine progress;
  std::unique_ptr<TerminalRelay> relay;
  if (request["op"] == "session" && on_terminal()) {
    relay = DM_TRY(TerminalRelay::create(daemon));
    daemon.set_wait([&relay](int descriptor) { relay->wait(descriptor); });
    request["user"] = true;
  }
  return Json(DM_TRY(daemon.request(request, [&](const nlohmann::json& event) {
    if (relay) relay->take(event);
    progress.show(event);
    return true;
  })));
}

// The same request on a client of our own.
class LocalRun {
 public:
  LocalRun(LocalDevice& device, Signals& signals)
      : client_(device.client()), handler_(client_, device.config(), false), signals_(signals) {}

  Result<Json> run(const nlohmann::json& request) {
    ProgressLine progress;
    bool interrupted = false;
    client_.watch(signals_.fd(), kReadable, [this, &interrupted](unsigned) {
      if (signals_.take() == 0 || std::exchange(interrupted, true)) return;
      client_.stop([this] { stopped_ = true; });
    });
    handler_.handle(
        request, [this](Json json) { answer_ = std::move(json); },
        [&progress](const Json& event) {
          progress.show(event);
          return true;
        });
    while (!answer_ && !stopped_) {
      handler_.tick();
      client_.run_once(std::chrono::milliseconds(200));
    }
    client_.unwatch(signals_.fd());
    if (!answer_) return Error{Errc::cancelled, "stopped"};
    return std::move(*answer_);
  }

 private:
  Client& client_;
  RequestHandler handler_;
  Signals& signals_;
  std::optional<Json> answer_;
  bool stopped_ = false;
};

int print_session(const CommonOptions& options, const Json& session) {
  const int exit = session.value("exit", static_cast<int>(kExitFailed));
  if (options.json) {
    write_out(json_text(session));
  } else if (!options.quiet) {
    write_out(session_text(session, Terminal::of_stdout()));
  }
  if (session.contains("error")) {
    std::fflush(stdout);
    complain("session with " + session.value("server", ""), session.value("error", ""));
  }
  return exit;
}

int print_notify(const CommonOptions& options, const Json& result) {
  const int exit = result.value("exit", static_cast<int>(kExitFailed));
  if (options.json) {
    write_out(json_text(result));
  } else if (!options.quiet && result.value("accepted", false)) {
    write_out(verdict_text(result));
    if (result.contains("session")) write_out(session_text(result["session"], Terminal::of_stdout()));
  }
  std::fflush(stdout);
  if (result.contains("reason")) {
    complain("notification", result.value("reason", ""));
  } else if (result.contains("session") && result["session"].contains("error")) {
    complain("session with " + result.value("server", ""), result["session"].value("error", ""));
  }
  return exit;
}

int print_result(const CommonOptions& options, const nlohmann::json& request, const Json& result) {
  if (result.contains("commands")) return print_session(options, result);
  const std::string op = request["op"];
  if (op == "notify") return print_notify(options, result);
  if (options.json) {
    write_out(json_text(result));
  } else if (op == "status") {
    write_out(status_text(result));
  } else if (!options.quiet && op == "alert") {
    write_out("queued for the next session with " + one_line(result.value("server", "")) + "\n");
  } else if (!options.quiet) {
    for (const Json& server : result["servers"]) {
      write_out("account installed: " + one_line(server.get<std::string>()) + "\n");
    }
  }
  return kExitDone;
}

}  // namespace

int report_failure(const CommonOptions& options, const std::string& what, const std::string& why, int exit) {
  return refuse(kProgram, what + ": " + why, exit, options.json);
}

int run_request(const CommonOptions& options, const nlohmann::json& request, Log& log) {
  const std::string what = what_of(request);
  const std::string state = options.state_directory();
  std::optional<Result<Json>> answer;
  auto daemon = ControlConnection::open(state);
  if (!daemon)
    return report_failure(options, what, daemon.error().detail + "; the daemon cannot be asked", kExitFailed);
  if (*daemon) {
    answer.emplace(ask_daemon(**daemon, request));
  } else {
    auto config = read_config(options.config, state);
    if (!config) return report_failure(options, "configuration", config.error().detail, kExitUsage);
    NotificationConfig& notification = config->client.notification;  // only the daemon waits, and comes by itself
    for (std::string* const door : {&notification.udp, &notification.sip, &notification.http}) door->clear();
    config->client.poll_interval = {};
    config->client.bootstrap.smartcard.clear();  // and looks for a card by itself
    Signals signals({SIGTERM, SIGINT});
    auto device = LocalDevice::open(state, std::move(*config), log, true);
    if (!device) return report_failure(options, what, device.error().detail, open_exit(device.error().code));
    answer.emplace(LocalRun(**device, signals).run(request));
    (*device)->let_handlers_finish(kHandlersLimit);
  }
  if (!*answer) return report_failure(options, what, answer->error().detail, exit_code(answer->error().code));
  const Json& json = **answer;
  if (json.value("ok", false)) return print_result(options, request, json["result"]);
  return report_failure(options, what, json.value("error", "unknown"),
                        json.value("exit", static_cast<int>(kExitFailed)));
}

}  // namespace omadm
