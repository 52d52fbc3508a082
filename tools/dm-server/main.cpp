// dm-server: a scriptable OMA DM server for labs, demos and tests. Not for production.
#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <thread>

#include "base/text.h"
#include "tools/common/arguments.h"
#include "tools/common/output.h"
#include "tools/dm-server/bootstrap_command.h"
#include "tools/dm-server/http_front.h"
#include "tools/dm-server/lab.h"
#include "tools/dm-server/notify_command.h"
#include "tools/dm-server/written_file.h"

namespace {

using namespace omadm;          // NOLINT(google-build-using-namespace): a program's main file
using namespace omadm::server;  // NOLINT(google-build-using-namespace)

constexpr std::chrono::milliseconds kTick(10);

volatile std::sig_atomic_t stop_requested = 0;

extern "C" void on_signal(int) { stop_requested = 1; }

struct Options {
  std::string listen = "127.0.0.1:0";
  std::string tls = "self-signed";
  std::string certificate, key, ca_out, client_out, port_file, script, record, state;
  std::vector<std::string> names, settings;
  unsigned devices = 1;
  double timeout_s = 0;
  bool once = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
};

void declare(CLI::App& app, Options& o) {
  app.add_option("--listen", o.listen, "HOST:PORT; port 0 takes any free one")
      ->type_name("WHERE")
      ->capture_default_str();
  app.add_option("--tls", o.tls, "self-signed, none, or files (with --tls-cert and --tls-key)")
      ->check(CLI::IsMember({"self-signed", "none", "files"}))
      ->type_name("HOW")
      ->capture_default_str();
  app.add_option("--tls-cert", o.certificate, "PEM file, the server's certificate first")->type_name("FILE");
  app.add_option("--tls-key", o.key, "PEM file")->type_name("FILE");
  app.add_option("--tls-name", o.names, "Another DNS name or address of this server, for the certificate")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--ca-out", o.ca_out, "Write the certificate clients have to trust to this file")->type_name("FILE");
  app.add_option("--client-cert-out", o.client_out,
                 "Ask clients for a certificate, and write one to this file, with its key")
      ->type_name("FILE");
  app.add_option("--port-file", o.port_file, "Write the port listened on to this file")->type_name("FILE");
  app.add_option("--script,--config", o.script, "What to do with clients: see docs/dm-server.md")->type_name("FILE");
  app.add_option("--set", o.settings, "NAME=VALUE: a variable of the script")
      ->type_name("TEXT")
      ->allow_extra_args(false);
  app.add_option("--record", o.record, "Keep every message in this directory, secrets masked")->type_name("DIR");
  app.add_option("--state", o.state, "Keep the nonces of clients in this file")->type_name("FILE");
  app.add_option("--devices", o.devices, "With --once: so many clients have to go through the script")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--timeout", o.timeout_s, "Seconds after which the script has failed")->type_name("S");
  app.add_flag("--once", o.once, "Exit when every session of the script has ended");
  app.add_flag("--json", o.json, "One JSON object a line");
  CLI::Option* const quiet = app.add_flag("--quiet", o.quiet, "Tell failures only");
  app.add_flag("--verbose", o.verbose, "Tell of every HTTP request as well")->excludes(quiet);
}

Result<ListenOptions> listen_options(const Options& o) {
  ListenOptions listen;
  const std::size_t colon = o.listen.rfind(':');
  const std::optional<std::uint64_t> port =
      colon == std::string::npos ? std::nullopt : parse_unsigned(o.listen.substr(colon + 1));
  if (!port || *port > 65535) return Error{Errc::malformed, "--listen " + o.listen + ": not HOST:PORT"};
  listen.host = o.listen.substr(0, colon);
  if (listen.host.starts_with("[") && listen.host.ends_with("]")) {
    listen.host = listen.host.substr(1, listen.host.size() - 2);
  }
  listen.port = static_cast<int>(*port);
  listen.tls = o.tls != "none";
  if (o.tls == "files" && (o.certificate.empty() || o.key.empty())) {
    return Error{Errc::malformed, "--tls files needs --tls-cert and --tls-key"};
  }
  listen.certificate_file = o.tls == "files" ? o.certificate : "";
  listen.key_file = o.key;
  listen.ca_file = o.ca_out;
  listen.names = o.names;
  if (!o.client_out.empty() && o.tls != "self-signed") {
    return Error{Errc::malformed, "--client-cert-out goes with --tls self-signed only"};
  }
  listen.client_file = o.client_out;
  return listen;
}

Result<void> set_variables(const Options& o, const Script& script, Variables& variables) {
  for (const auto& [name, value] : script.variables) variables.set(name, value);
  for (const std::string& setting : o.settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) return Error{Errc::malformed, "--set " + setting + ": not NAME=VALUE"};
    variables.set(setting.substr(0, equals), setting.substr(equals + 1));
  }
  return {};
}

// True: the script is through. False: stopped, or out of time.
bool serve(const Options& o, Lab& lab, const HttpFront& front) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begun = Clock::now();
  Clock::time_point finished_at{};
  while (stop_requested == 0) {
    lab.tick();
    const Clock::time_point now = Clock::now();
    if (o.once && lab.finished()) {
      if (finished_at == Clock::time_point{}) finished_at = now;
      // The last answer has to be out; one that was spoiled on purpose is never reported as sent.
      if (front.idle() || now - finished_at > std::chrono::seconds(1)) return true;
    }
    if (o.timeout_s > 0 && now - begun > std::chrono::duration<double>(o.timeout_s)) return false;
    std::this_thread::sleep_for(kTick);
  }
  return false;
}

int run(const Options& o) {
  const auto complain = [&o](int status, const std::string& what) { return refuse("dm-server", what, status, o.json); };
  Script script;
  if (o.script.empty()) return complain(kExitUsage, "--script is missing (dm-server --help lists the options)");
  Result<Script> loaded = load_script(o.script);
  if (!loaded) return complain(kExitUsage, loaded.error().detail);
  script = std::move(loaded).value();
  const Result<ListenOptions> listen = listen_options(o);
  if (!listen) return complain(kExitUsage, listen.error().detail);
  Variables variables;
  if (const Result<void> set = set_variables(o, script, variables); !set)
    return complain(kExitUsage, set.error().detail);

  const Result<std::unique_ptr<HttpFront>> front = HttpFront::open(*listen);
  if (!front) return complain(kExitTransport, front.error().detail);
  Exchange exchange(stdout, o.json, o.quiet ? Detail::quiet : o.verbose ? Detail::verbose : Detail::normal);
  Lab lab(script, exchange, variables, {script.url.empty() ? (*front)->url() : script.url, o.state, o.devices});
  if (const Result<void> state = lab.load_state(); !state) return complain(kExitUsage, state.error().detail);
  std::unique_ptr<Recorder> recorder;
  if (!o.record.empty()) {
    Result<std::unique_ptr<Recorder>> opened = Recorder::open(o.record, script);
    if (!opened) return complain(kExitFailed, opened.error().detail);
    recorder = std::move(opened).value();
  }
  if (const Result<void> started = (*front)->start(script, lab, exchange, variables, recorder.get()); !started) {
    return complain(kExitUsage, started.error().detail);
  }
  exchange.listening((*front)->url());
  if (!o.port_file.empty()) {
    const Result<void> written = write_file(o.port_file, std::to_string((*front)->port()) + "\n");
    if (!written) return complain(kExitFailed, written.error().detail);
  }
  const bool complete = serve(o, lab, **front);
  const bool must_be_complete = o.once || o.timeout_s > 0;
  if (!complete) lab.close(must_be_complete);
  (*front)->stop();
  exchange.finished(lab.sessions_ended());
  return exchange.failures() == 0 ? kExitDone : kExitFailed;
}

int run_main(int argc, char** argv) {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("A scriptable OMA DM server for labs, demos and tests. Not for production use.", "dm-server");
  prepare_arguments(app, "--json, --verbose, --quiet");
  app.fallthrough();
  app.require_subcommand(0, 1);
  Options options;
  declare(app, options);
  const NotifyCommand notify(app);
  const BootstrapCommand bootstrap(app);
  if (const auto exit = parse_arguments(app, argc, argv)) return *exit;
  if (bootstrap.chosen()) return bootstrap.run(options.script, options.json, options.verbose);
  return notify.chosen() ? notify.run(options.json, options.verbose) : run(options);
}

}  // namespace

int main(int argc, char** argv) {
  return omadm::run_program("dm-server", [&] { return run_main(argc, argv); });
}
