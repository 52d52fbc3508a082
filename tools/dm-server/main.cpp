// dm-server: a scriptable OMA DM server for labs, demos and tests. Not for production.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <thread>

#include "base/text.h"
#include "tools/dm-server/http_front.h"
#include "tools/dm-server/lab.h"
#include "tools/dm-server/notify_command.h"

namespace {

using namespace omadm;          // NOLINT(google-build-using-namespace): a program's main file
using namespace omadm::server;  // NOLINT(google-build-using-namespace)

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kTransport = 4;
constexpr std::chrono::milliseconds kTick(10);

volatile std::sig_atomic_t stop_requested = 0;

extern "C" void on_signal(int) { stop_requested = 1; }

struct Options {
  std::string listen = "127.0.0.1:0";
  std::string tls = "self-signed";
  std::string certificate, key, ca_out, port_file, script, record, state;
  std::vector<std::string> names, settings;
  unsigned devices = 1;
  double timeout_s = 0;
  bool once = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
};

int complain(int status, const std::string& what) {
  fmt::print(stderr, "dm-server: {}\n", what);
  return status;
}

void declare(CLI::App& app, Options& o) {
  app.add_option("--listen", o.listen, "HOST:PORT; port 0 takes any free one")->capture_default_str();
  app.add_option("--tls", o.tls, "self-signed, none, or files (with --tls-cert and --tls-key)")
      ->check(CLI::IsMember({"self-signed", "none", "files"}))
      ->capture_default_str();
  app.add_option("--tls-cert", o.certificate, "PEM file, the server's certificate first");
  app.add_option("--tls-key", o.key, "PEM file");
  app.add_option("--tls-name", o.names, "Another DNS name or address of this server, for the certificate");
  app.add_option("--ca-out", o.ca_out, "Write the certificate clients have to trust to this file");
  app.add_option("--port-file", o.port_file, "Write the port listened on to this file");
  app.add_option("--script", o.script, "What to do with clients: see docs/dm-server.md");
  app.add_option("--set", o.settings, "NAME=VALUE: a variable of the script");
  app.add_option("--record", o.record, "Keep every message in this directory, secrets masked");
  app.add_option("--state", o.state, "Keep the nonces of clients in this file");
  app.add_option("--devices", o.devices, "With --once: so many clients have to go through the script");
  app.add_option("--timeout", o.timeout_s, "Seconds after which the script has failed");
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

Result<void> write_port(const std::string& path, int port) {
  if (path.empty()) return {};
  // Written aside and renamed: whoever waits for the file finds it complete.
  const std::string aside = path + ".new";
  std::FILE* const file = std::fopen(aside.c_str(), "w");
  if (file == nullptr) return Error{Errc::io, path + ": cannot be written"};
  fmt::print(file, "{}\n", port);
  if (std::fclose(file) != 0 || std::rename(aside.c_str(), path.c_str()) != 0) {
    return Error{Errc::io, path + ": cannot be written"};
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
  Script script;
  if (o.script.empty()) return complain(kUsage, "--script is missing (dm-server --help lists the options)");
  Result<Script> loaded = load_script(o.script);
  if (!loaded) return complain(kUsage, loaded.error().detail);
  script = std::move(loaded).value();
  const Result<ListenOptions> listen = listen_options(o);
  if (!listen) return complain(kUsage, listen.error().detail);
  Variables variables;
  if (const Result<void> set = set_variables(o, script, variables); !set) return complain(kUsage, set.error().detail);

  const Result<std::unique_ptr<HttpFront>> front = HttpFront::open(*listen);
  if (!front) return complain(kTransport, front.error().detail);
  Exchange exchange(stdout, o.json, o.quiet ? Detail::quiet : o.verbose ? Detail::verbose : Detail::normal);
  Lab lab(script, exchange, variables, {script.url.empty() ? (*front)->url() : script.url, o.state, o.devices});
  if (const Result<void> state = lab.load_state(); !state) return complain(kUsage, state.error().detail);
  std::unique_ptr<Recorder> recorder;
  if (!o.record.empty()) {
    Result<std::unique_ptr<Recorder>> opened = Recorder::open(o.record, script);
    if (!opened) return complain(kFailed, opened.error().detail);
    recorder = std::move(opened).value();
  }
  if (const Result<void> started = (*front)->start(script, lab, exchange, variables, recorder.get()); !started) {
    return complain(kUsage, started.error().detail);
  }
  exchange.listening((*front)->url());
  if (const Result<void> written = write_port(o.port_file, (*front)->port()); !written) {
    return complain(kFailed, written.error().detail);
  }
  const bool complete = serve(o, lab, **front);
  const bool must_be_complete = o.once || o.timeout_s > 0;
  if (!complete) lab.close(must_be_complete);
  (*front)->stop();
  exchange.finished(lab.sessions_ended());
  return exchange.failures() == 0 ? 0 : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("A scriptable OMA DM server for labs, demos and tests. Not for production use.", "dm-server");
  app.set_version_flag("--version", "dm-server 0.1.0");
  app.require_subcommand(0, 1);
  Options options;
  declare(app, options);
  const NotifyCommand notify(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  return notify.chosen() ? notify.run() : run(options);
}
