// dm-client: the OMA DM client for Linux, as daemon and as one-shot commands.
#include <CLI/CLI.hpp>
#include <csignal>
#include <nlohmann/json.hpp>

#include "base/io/log.h"
#include "base/text.h"
#include "tools/common/arguments.h"
#include "tools/common/common_options.h"
#include "tools/common/exit_code.h"
#include "tools/common/input.h"
#include "tools/common/output.h"
#include "tools/dm-client/check_config.h"
#include "tools/dm-client/commands.h"
#include "tools/dm-client/config_file.h"
#include "tools/dm-client/daemon.h"

namespace omadm {
namespace {

constexpr std::uint64_t kMaxInput = 4U << 20U;

struct Arguments {
  CommonOptions common;
  std::string server, alert_as = "client", file, url, card, content_type, sec, mac, pin_file;
  std::string type, mark, source, format = "chr", data, correlator;
  bool offline = false;  // bootstrap: for a server on a local link
  std::vector<std::string> files;
  bool by_user = false, dry_run = false, now = false, wait = false;
};

// What the document's sender put into the Content-Type: how it is proved, and the proof.
std::string content_type_of(const Arguments& arguments) {
  std::string type = arguments.content_type;
  if (!arguments.sec.empty()) type += "; SEC=" + arguments.sec;
  if (!arguments.mac.empty()) type += "; MAC=" + arguments.mac;
  return type;
}

int run_notify(const Arguments& arguments, Log& log) {
  nlohmann::json parts = nlohmann::json::array();
  for (const std::string& file : arguments.files) {
    auto octets = read_input(file, kMaxInput);
    if (!octets)
      return report_failure(arguments.common, "notification", octets.error().detail, exit_code(octets.error().code));
    parts.push_back(base64_encode(*octets));
  }
  return run_request(arguments.common,
                     {{"op", "notify"},
                      {"octets", std::move(parts)},
                      {"content_type", arguments.content_type},
                      {"dry_run", arguments.dry_run}},
                     log);
}

int run_bootstrap_file(const Arguments& arguments, Log& log) {
  auto octets = read_input(arguments.file, kMaxInput);
  if (!octets) {
    const int exit = octets.error().code == Errc::not_found ? kExitNotFound : kExitFailed;
    return report_failure(arguments.common, "bootstrap", octets.error().detail, exit);
  }
  nlohmann::json request = {
      {"op", "bootstrap.file"}, {"octets", base64_encode(*octets)}, {"content_type", content_type_of(arguments)}};
  request["offline"] = arguments.offline;
  if (!arguments.pin_file.empty()) {
    auto pin = read_input(arguments.pin_file, kMaxInput);
    if (!pin) return report_failure(arguments.common, "bootstrap", pin.error().detail, kExitUsage);
    request["pin"] = base64_encode(trim(*pin));
  }
  return run_request(arguments.common, request, log);
}

int run_alert(const Arguments& arguments, Log& log) {
  return run_request(arguments.common,
                     {{"op", "alert"},
                      {"server", arguments.server},
                      {"type", arguments.type},
                      {"mark", arguments.mark},
                      {"source", arguments.source},
                      {"format", arguments.format},
                      {"data", base64_encode(arguments.data)},
                      {"correlator", arguments.correlator},
                      {"now", arguments.now}},
                     log);
}

int run_foreground(const Arguments& arguments, Log& log) {
  const std::string state = arguments.common.state_directory();
  auto config = read_config(arguments.common.config, state);
  if (!config) return report_failure(arguments.common, "configuration", config.error().detail, kExitUsage);
  return run_daemon(state, arguments.common.config, std::move(*config), log);
}

void add_bootstrap(CLI::App& app, Arguments& arguments) {
  CLI::App* const bootstrap = app.add_subcommand("bootstrap", "Get an account of a management server");
  bootstrap->require_subcommand(1);
  CLI::App* const file = bootstrap->add_subcommand("file", "Install a bootstrap document from a file");
  file->add_option(
          "FILE", arguments.file,
          "TNDS or OMA Client Provisioning in XML or WBXML, or a SyncML bootstrap message; - is standard input")
      ->required();
  file->add_option("--content-type", arguments.content_type, "Its media type; recognised by content when missing")
      ->type_name("T");
  CLI::Option* const sec = file->add_option("--sec", arguments.sec,
                                            "What its MAC was made with: NETWPIN, USERPIN, USERNETWPIN or USERPINMAC")
                               ->check(CLI::IsMember({"NETWPIN", "USERPIN", "USERNETWPIN", "USERPINMAC"}))
                               ->type_name("SEC");
  CLI::Option* const mac =
      file->add_option("--mac", arguments.mac, "Its MAC, in hexadecimal; with USERPINMAC it is part of the PIN")
          ->type_name("HEX");
  mac->needs(sec);
  file->add_option("--pin-file", arguments.pin_file, "File with the user's PIN")->type_name("FILE");
  CLI::App* const https = bootstrap->add_subcommand("https", "Ask a bootstrap server over HTTPS");
  https->add_option("URL", arguments.url, "Its address; those of the configuration, and what DNS finds, when missing");
  CLI::App* const card = bootstrap->add_subcommand("smartcard", "Read a smart card");
  card->add_option("CARD", arguments.card, "A directory with the card's files, or the name of a PC/SC reader")
      ->required();
  for (CLI::App* const way : {file, https, card}) {
    way->add_flag("--offline", arguments.offline, "For a server on a local link: it stands behind all others");
  }
  bootstrap->add_subcommand("factory", "Install the factory's account again");
}

void add_alert(CLI::App& app, Arguments& arguments) {
  CLI::App* const alert = app.add_subcommand("alert", "Queue a generic alert for the next session");
  alert->add_option("--server", arguments.server, "ServerID")->required()->type_name("ID");
  alert->add_option("--type", arguments.type, "Alert type, as \"Reversed-Domain-Name: org.example.event\"")
      ->required()
      ->type_name("T");
  alert
      ->add_option("--mark", arguments.mark,
                   "Importance: fatal, critical, minor, warning, informational, harmless or indeterminate")
      ->check(CLI::IsMember({"fatal", "critical", "minor", "warning", "informational", "harmless", "indeterminate"}))
      ->type_name("M");
  alert->add_option("--source", arguments.source, "URI of the management object it is about")->type_name("URI");
  alert
      ->add_option("--format", arguments.format,
                   "Format of the data: b64, bin, bool, chr, int, null, xml, date, time or float")
      ->check(CLI::IsMember({"b64", "bin", "bool", "chr", "int", "null", "xml", "date", "time", "float"}))
      ->type_name("F")
      ->capture_default_str();
  alert->add_option("--data", arguments.data, "The data")->type_name("D");
  alert->add_option("--correlator", arguments.correlator, "Correlator")->type_name("C");
  alert->add_flag("--now", arguments.now, "Start a session at once");
}

// FUMO-050 … FUMO-052: asks servers whether there is an update.
int run_fumo_check(const Arguments& arguments, Log& log) {
  return run_request(arguments.common,
                     {{"op", "fumo.check"},
                      {"server", arguments.server},
                      {"user", arguments.by_user},
                      {"source", arguments.source},
                      {"data", base64_encode(arguments.data)},
                      {"wait", arguments.wait}},
                     log);
}

void add_fumo(CLI::App& app, Arguments& arguments) {
  CLI::App* const fumo = app.add_subcommand("fumo", "Firmware update");
  fumo->require_subcommand(1);
  CLI::App* const check = fumo->add_subcommand("check", "Ask a server whether there is new firmware");
  check->add_option("--server", arguments.server, "ServerID; not needed with one account")->type_name("ID");
  check->add_flag("--user", arguments.by_user, "It is the user who wants to know, not the device");
  check->add_option("--source", arguments.source, "URI of the package object meant, as ./FUMO/1; all when missing")
      ->type_name("URI");
  check->add_option("--data", arguments.data, "Data for the server, as the vendor agreed with it")->type_name("D");
  check->add_flag("--wait", arguments.wait, "Wait for the update that may follow, and its report");
}

void add_commands(CLI::App& app, Arguments& arguments) {
  app.add_subcommand("run", "The daemon, in the foreground");
  CLI::App* const session = app.add_subcommand("session", "One management session");
  session->add_option("--server", arguments.server, "ServerID of the account")->required()->type_name("ID");
  session->add_option("--alert", arguments.alert_as, "Who is said to have asked for it: client, server or device")
      ->check(CLI::IsMember({"client", "server", "device"}))
      ->type_name("WHO")
      ->capture_default_str();
  session->add_flag("--wait", arguments.wait, "Wait for downloads and installations it starts, and their reports");
  CLI::App* const notify = app.add_subcommand("notify", "Take a notification as if it had just arrived");
  notify
      ->add_option("FILE", arguments.files,
                   "Package#0, WAP Push PDU, or short messages it came in; - is standard input")
      ->required();
  notify->add_option("--content-type", arguments.content_type, "Its media type")->type_name("T");
  notify->add_flag("--dry-run", arguments.dry_run, "Only validate and explain");
  add_bootstrap(app, arguments);
  add_alert(app, arguments);
  add_fumo(app, arguments);
  app.add_subcommand("status", "What the client does");
  app.add_subcommand("check-config", "Validate configuration, descriptions, certificates and store");
}

int run_command(const CLI::App& app, const Arguments& arguments) {
  const CommonOptions& common = arguments.common;
  const bool daemon = app.got_subcommand("run");
  const LogLevel level = common.quiet     ? LogLevel::error
                         : common.verbose ? LogLevel::debug
                         : daemon         ? LogLevel::info
                                          : LogLevel::warning;
  StderrLog log("dm-client", level);
  if (daemon) return run_foreground(arguments, log);
  if (app.got_subcommand("check-config")) {
    const std::string state = common.state_directory();
    return check_config(state, read_config(common.config, state), common.json);
  }
  if (app.got_subcommand("session")) {
    return run_request(
        common,
        {{"op", "session"}, {"server", arguments.server}, {"alert", arguments.alert_as}, {"wait", arguments.wait}},
        log);
  }
  if (app.got_subcommand("notify")) return run_notify(arguments, log);
  if (app.got_subcommand("alert")) return run_alert(arguments, log);
  if (app.got_subcommand("fumo")) return run_fumo_check(arguments, log);
  if (app.got_subcommand("status")) return run_request(common, {{"op", "status"}}, log);
  const CLI::App* const bootstrap = app.get_subcommand("bootstrap");
  if (bootstrap->got_subcommand("file")) return run_bootstrap_file(arguments, log);
  if (bootstrap->got_subcommand("factory")) return run_request(common, {{"op", "bootstrap.factory"}}, log);
  if (bootstrap->got_subcommand("smartcard")) {
    return run_request(common,
                       {{"op", "bootstrap.smartcard"}, {"card", arguments.card}, {"offline", arguments.offline}}, log);
  }
  return run_request(common, {{"op", "bootstrap.https"}, {"url", arguments.url}, {"offline", arguments.offline}}, log);
}

int run_main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  Arguments arguments;
  CLI::App app("OMA Device Management client", "dm-client");
  prepare_arguments(app, "--state DIR, --config FILE, --json, --verbose, --quiet");
  app.require_subcommand(1);
  add_common_options(app, arguments.common);
  add_commands(app, arguments);
  if (const auto exit = parse_arguments(app, argc, argv)) return *exit;
  return run_command(app, arguments);
}

}  // namespace
}  // namespace omadm

int main(int argc, char** argv) {
  return omadm::run_program("dm-client", [&] { return omadm::run_main(argc, argv); });
}
