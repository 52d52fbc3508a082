#include "tools/dm-server/bootstrap_command.h"

#include <CLI/CLI.hpp>

#include "tools/common/output.h"
#include "tools/dm-server/bootstrap_document.h"
#include "tools/dm-server/delivery.h"
#include "tools/dm-server/written_file.h"

namespace omadm::server {
namespace {

constexpr std::string_view kProgram = "dm-server";

int refused(int exit, const std::string& what, bool json) { return refuse(kProgram, "bootstrap: " + what, exit, json); }

// Where clients will find the server: as [bootstrap] or [server] of the script say.
std::string address_of(const Script& script) {
  return script.bootstrap.address.empty() && !script.url.empty() ? script.url + script.path : script.bootstrap.address;
}

}  // namespace

struct BootstrapCommand::Options {
  CLI::App* command = nullptr;
  std::string address, wrong, pin_out;
  Delivery delivery;
};

BootstrapCommand::BootstrapCommand(CLI::App& app) : options_(new Options) {
  Options& o = *options_;
  o.command = app.add_subcommand("bootstrap", "Push the bootstrap document of a script, or write it to a file");
  o.command->add_option("--address", o.address, "The server's address for the account, when the script has none");
  o.command->add_option("--pin-out", o.pin_out, "FILE for what the user of the device has to type");
  o.command->add_option("--wrong", o.wrong, "What is wrong with it, for tests of devices")
      ->check(CLI::IsMember(bootstrap_wrongs()));
  o.delivery.declare(*o.command, "bootstrap", Bearer::udp);
}

BootstrapCommand::~BootstrapCommand() { delete options_; }

bool BootstrapCommand::chosen() const { return options_->command->parsed(); }

int BootstrapCommand::run(const std::string& file, bool json, bool verbose) const {
  const Options& o = *options_;
  if (file.empty()) return refused(kExitUsage, "--script is missing", json);
  auto script = load_script(file);
  if (!script) return refused(kExitUsage, script.error().detail, json);
  if (!script->bootstrap.enabled) return refused(kExitUsage, file + " has no [bootstrap]", json);
  const std::string address = o.address.empty() ? address_of(*script) : o.address;
  if (address.empty()) {
    return refused(kExitUsage, "--address is missing, and the script names none in [bootstrap] or [server] url", json);
  }
  const BootstrapScript& wanted = script->bootstrap;
  const AccountScript& account = wanted.account.empty() ? script->accounts.front() : *script->account(wanted.account);
  BootstrapAnswer document = make_bootstrap(wanted, account, address);
  if (!o.pin_out.empty()) {
    const Result<void> written = write_file(o.pin_out, user_pin(wanted, document.body) + "\n");
    if (!written) return refused(kExitFailed, written.error().detail, json);
  }
  spoil(document, o.wrong);
  if (verbose) say(kProgram, "bootstrap: type " + document.content_type);
  return o.delivery.deliver({document.content_type, document.body}, json, verbose);
}

}  // namespace omadm::server
