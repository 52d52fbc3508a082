#include "tools/dm-server/notify_command.h"

#include <CLI/CLI.hpp>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "tools/common/output.h"
#include "tools/dm-server/notifier.h"
#include "tools/dm-server/toml_keys.h"
#include "tools/dm-server/written_file.h"

namespace omadm::server {
constexpr std::string_view kProgram = "dm-server";

struct NotifyCommand::Options {
  CLI::App* command = nullptr;
  std::string server_id, password, password_file, nonce, initiator = "server", out, via = "udp";
  NotifyScript script;
  bool default_nonce = false, sms = false;
};

NotifyCommand::NotifyCommand(CLI::App& app) : options_(new Options) {
  Options& o = *options_;
  o.command = app.add_subcommand("notify", "Make a notification (Package#0) and send it or write it to a file");
  o.command->add_option("--server-id", o.server_id, "ServerID of the client's account")->required();
  CLI::Option* const password = o.command->add_option("--password", o.password, "AAuthSecret of SRVCRED");
  o.command->add_option("--password-file", o.password_file, "The same from a file, up to its line end")
      ->excludes(password);
  CLI::Option* const nonce = o.command->add_option("--nonce-base64", o.nonce, "The server nonce the client stored");
  o.command->add_flag("--default-nonce", o.default_nonce, "Four octets of zero: asks for resynchronisation")
      ->excludes(nonce);
  o.command->add_option("--session-id", o.script.session_id, "Hexadecimal, 1 to FFFF")->required();
  o.command->add_option("--ui-mode", o.script.ui_mode, "0 not specified, 1 background, 2 informative, 3 ask the user")
      ->check(CLI::Range(0, 3));
  o.command->add_option("--initiator", o.initiator, "user or server")->check(CLI::IsMember({"user", "server"}));
  CLI::Option* const to = o.command->add_option("--to", o.script.to, "HOST:PORT; of HTTP also a URL");
  o.command->add_option("--out", o.out, "FILE, - for standard output")->excludes(to);
  o.command->add_option("--via", o.via, "udp, wap (WSP over UDP), sip, sip-tcp or http; with --out udp or wap")
      ->check(CLI::IsMember(bearer_names()));
  o.command->add_flag("--sms", o.sms, "With --out: the user data of short messages, FILE or FILE.1, FILE.2, …")
      ->excludes(to);
  o.command->add_option("--wrong", o.script.wrong, "What is wrong with it, for tests of devices")
      ->check(CLI::IsMember(notification_wrongs()));
}

namespace {

int refused(const std::string& what, int exit, bool json) { return refuse(kProgram, "notify: " + what, exit, json); }

int write_to(const std::string& file, Bytes octets, bool json) {
  if (file == "-") {
    write_out(octets);
    return kExitDone;
  }
  const Result<void> written = write_file(file, octets);
  return written ? kExitDone : refused(written.error().detail, kExitFailed, json);
}

int write_short_messages(const std::string& file, Bytes trigger, bool json) {
  const std::vector<Octets> parts = short_messages(wsp_push(trigger), static_cast<std::uint8_t>(random_below(256)));
  if (parts.size() == 1) return write_to(file, parts.front(), json);
  if (file == "-") return refused("several short messages need files", kExitUsage, json);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const int exit = write_to(file + "." + std::to_string(i + 1), parts[i], json);
    if (exit != kExitDone) return exit;
  }
  return kExitDone;
}

}  // namespace

NotifyCommand::~NotifyCommand() { delete options_; }

bool NotifyCommand::chosen() const { return options_->command->parsed(); }

int NotifyCommand::run(bool json, bool verbose) const {
  Options& o = *options_;
  const auto complain = [json](int exit, const std::string& what) { return refused(what, exit, json); };
  if (o.script.to.empty() && o.out.empty()) return complain(kExitUsage, "--to or --out is missing");
  if (!o.password_file.empty()) {
    const Result<Octets> file = read_file(o.password_file);
    if (!file) return complain(kExitUsage, file.error().detail);
    o.password = file->substr(0, file->find_first_of("\r\n"));
  }
  Nonces nonces;
  const Result<Octets> nonce = base64_decode(o.nonce);
  if (!nonce) return complain(kExitUsage, "--nonce-base64: " + nonce.error().detail);
  nonces.server = *nonce;
  if (o.default_nonce) o.script.nonce = "default";
  o.script.server_initiated = o.initiator == "server";
  o.script.via = *bearer_named(o.via);
  const Result<Octets> octets = make_notification(o.script, o.server_id, Secret(o.password), nonces);
  if (!octets) return complain(kExitUsage, octets.error().detail);
  const std::string& where = o.script.to.empty() ? o.out : o.script.to;
  if (verbose) say(kProgram, "notify: " + std::to_string(octets->size()) + " octets to " + where);
  if (!o.script.to.empty()) {
    const Result<std::string> sent = send_push(o.script.via, o.script.to, *octets);
    if (!sent) return complain(kExitTransport, sent.error().detail);
    if (verbose && !sent->empty()) say(kProgram, "notify: answered " + *sent);
    return kExitDone;
  }
  return o.sms ? write_short_messages(o.out, *octets, json)
               : write_to(o.out, o.script.via == Bearer::wap ? wsp_push(*octets) : *octets, json);
}

}  // namespace omadm::server
