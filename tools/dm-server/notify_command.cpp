#include "tools/dm-server/notify_command.h"

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "syncml/notification/package0.h"
#include "tools/common/output.h"
#include "tools/dm-server/delivery.h"
#include "tools/dm-server/notifier.h"
#include "tools/dm-server/toml_keys.h"

namespace omadm::server {
constexpr std::string_view kProgram = "dm-server";

struct NotifyCommand::Options {
  CLI::App* command = nullptr;
  std::string server_id, password, password_file, nonce, initiator = "server";
  NotifyScript script;
  Delivery delivery;
  bool default_nonce = false;
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
  o.delivery.declare(*o.command, "notify", Bearer::udp);
  o.command->add_option("--wrong", o.script.wrong, "What is wrong with it, for tests of devices")
      ->check(CLI::IsMember(notification_wrongs()));
}

namespace {

int refused(const std::string& what, int exit, bool json) { return refuse(kProgram, "notify: " + what, exit, json); }

}  // namespace

NotifyCommand::~NotifyCommand() { delete options_; }

bool NotifyCommand::chosen() const { return options_->command->parsed(); }

int NotifyCommand::run(bool json, bool verbose) const {
  Options& o = *options_;
  const auto complain = [json](int exit, const std::string& what) { return refused(what, exit, json); };
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
  const Result<Octets> octets = make_notification(o.script, o.server_id, Secret(o.password), nonces);
  if (!octets) return complain(kExitUsage, octets.error().detail);
  return o.delivery.deliver({std::string(kNotificationType), *octets}, json, verbose);
}

}  // namespace omadm::server
