#include "tools/dm-client/reports.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/common/exit_code.h"
#include "tools/common/readable.h"

namespace omadm {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? one_line(found->get<std::string>()) : std::string();
}

std::uint64_t number_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<std::uint64_t>() : 0;
}

std::string coloured(const std::string& status, const Terminal& terminal) {
  return terminal.paint(status.starts_with("2") ? Style::good : Style::bad, status);
}

std::string_view result_word(const SessionReport& report) {
  if (!report.error) return "completed";
  return report.result.end == SessionEnd::aborted ? "aborted" : "failed";
}

}  // namespace

int session_exit(const SessionReport& report) {
  if (!report.error) return kExitDone;
  // A refused address is one that could not be reached; no ACL has a say in it.
  const Errc code = report.error->code;
  if (code == Errc::not_allowed || code == Errc::permission_denied) return kExitTransport;
  return exit_code(code);
}

Json session_json(const SessionReport& report) {
  Json commands = Json::array();
  for (const CommandReport& command : report.commands) {
    commands.push_back({{"msg_id", command.msg_id},
                        {"cmd_id", command.cmd_id},
                        {"command", command.command},
                        {"uri", command.uri},
                        {"status", command.status}});
  }
  Json json = {{"server", report.server_id},
               {"session_id", report.session_id},
               {"result", result_word(report)},
               {"exit", session_exit(report)},
               {"messages_sent", report.result.messages_sent},
               {"messages_received", report.result.messages_received},
               {"client_auth", to_string(report.result.client_auth)},
               {"server_auth", to_string(report.result.server_auth)},
               {"commands", std::move(commands)}};
  if (report.error) json["error"] = report.error->detail;
  return json;
}

Json verdict_json(const NotifyVerdict& verdict) {
  Json json = {{"accepted", verdict.accepted}};
  if (!verdict.reason.empty()) json["reason"] = verdict.reason;
  if (verdict.bootstrap) json["bootstrap"] = true;
  if (!verdict.server_id.empty()) {
    json["server"] = verdict.server_id;
    json["session_id"] = verdict.session_id;
    json["ui_mode"] = verdict.ui_mode;
    json["initiator"] = verdict.server_initiated ? "server" : "user";
    json["version"] = verdict.version;
    json["default_nonce"] = verdict.default_nonce;
  }
  if (verdict.delay.count() > 0) json["delay_s"] = verdict.delay.count();
  return json;
}

Json status_json(const ClientStatus& status) {
  Json accounts = Json::array();
  for (const AccountStatus& account : status.accounts) {
    accounts.push_back(
        {{"server", account.server_id}, {"last_session", account.last_session}, {"last_result", account.last_result}});
  }
  Json downloads = Json::array();
  for (const DownloadStatus& download : status.downloads) {
    downloads.push_back(
        {{"uri", download.uri}, {"received", download.received}, {"size", download.size}, {"state", download.state}});
  }
  Json session = nullptr;
  if (status.running_server)
    session = {{"server", *status.running_server}, {"session_id", status.running_session.value_or("")}};
  return {{"accounts", std::move(accounts)},
          {"session", std::move(session)},
          {"queue", status.queue},
          {"downloads", std::move(downloads)},
          {"owed_alerts", status.owed_alerts}};
}

std::string session_text(const Json& session, const Terminal& terminal) {
  std::string text;
  std::size_t width = 0;
  std::size_t uri_width = 0;
  for (const Json& command : session["commands"]) {
    width = std::max(width, text_of(command, "command").size());
    uri_width = std::max(uri_width, text_of(command, "uri").size());
  }
  for (const Json& command : session["commands"]) {
    text += fmt::format("{:<{}}  {:<{}}  {}\n", text_of(command, "command"), width, text_of(command, "uri"),
                        std::min<std::size_t>(uri_width, 60), coloured(text_of(command, "status"), terminal));
  }
  text += fmt::format(
      "session {} with {}: {}; {} commands, {} messages sent, {} received; authentication: client {}, server {}\n",
      text_of(session, "session_id"), text_of(session, "server"), text_of(session, "result"),
      session["commands"].size(), number_of(session, "messages_sent"), number_of(session, "messages_received"),
      text_of(session, "client_auth"), text_of(session, "server_auth"));
  return text;
}

std::string verdict_text(const Json& verdict) {
  const bool accepted = verdict.value("accepted", false);
  std::string text = accepted ? "accepted" : "ignored: " + text_of(verdict, "reason");
  if (verdict.value("bootstrap", false)) {
    text += accepted ? ": a bootstrap document\n" : "\n";
    for (const Json& server : verdict.value("servers", Json::array())) {
      text += "account installed: " + one_line(server.get<std::string>()) + "\n";
    }
    return text;
  }
  if (!verdict.contains("server")) return text + "\n";
  constexpr std::string_view modes[] = {"no recommendation", "in the background", "with a notice",
                                        "after asking the user"};
  text += fmt::format(
      "\n  server      {}\n  session     {}\n  version     {}\n  initiator   {}\n  ui-mode     {} ({})\n",
      text_of(verdict, "server"), text_of(verdict, "session_id"), text_of(verdict, "version"),
      text_of(verdict, "initiator"), number_of(verdict, "ui_mode"), modes[number_of(verdict, "ui_mode") & 3U]);
  if (verdict.value("default_nonce", false))
    text += "  digest      good with the default nonce: nonces will be resynchronised\n";
  if (verdict.contains("delay_s"))
    text += fmt::format("  delay       {} s, for the rate limit\n", number_of(verdict, "delay_s"));
  return text;
}

std::string status_text(const Json& status) {
  std::string text;
  for (const Json& account : status["accounts"]) {
    const std::string last = text_of(account, "last_session");
    text += fmt::format(
        "account   {}  {}\n", text_of(account, "server"),
        last.empty() ? "no session yet" : fmt::format("last session {}: {}", last, text_of(account, "last_result")));
  }
  if (status["accounts"].empty())
    text += "account   none; get one with dm-client bootstrap https or dm-client bootstrap file\n";
  if (status["session"].is_object()) {
    text += fmt::format("session   {} with {}\n", text_of(status["session"], "session_id"),
                        text_of(status["session"], "server"));
  } else {
    text += "session   none\n";
  }
  for (const Json& server : status["queue"]) text += fmt::format("queued    {}\n", one_line(server.get<std::string>()));
  for (const Json& download : status["downloads"]) {
    const std::uint64_t size = number_of(download, "size");
    const std::uint64_t received = number_of(download, "received");
    text += fmt::format("download  {}  {}  {}{}\n", text_of(download, "uri"), text_of(download, "state"), received,
                        size == 0 ? " octets" : fmt::format(" of {} octets ({}%)", size, received * 100 / size));
  }
  if (number_of(status, "owed_alerts") > 0)
    text += fmt::format("alerts    {} not yet acknowledged\n", number_of(status, "owed_alerts"));
  if (status.contains("notification")) text += fmt::format("listening {}\n", text_of(status, "notification"));
  text += status.value("daemon", false) ? "daemon    running\n" : "daemon    not running\n";
  return text;
}

}  // namespace omadm
