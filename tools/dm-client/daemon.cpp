#include "tools/dm-client/daemon.h"

#include <fmt/format.h>

#include <csignal>

#include "base/io/event_loop.h"
#include "tools/common/exit_code.h"
#include "tools/common/readable.h"
#include "tools/dm-client/control_socket.h"
#include "tools/dm-client/local_device.h"
#include "tools/dm-client/request_handler.h"
#include "tools/dm-client/signals.h"
#include "tools/dm-client/spare_pages.h"
#include "tools/dm-client/systemd_notify.h"

namespace omadm {
namespace {

constexpr std::chrono::milliseconds kRound{1000};
constexpr std::chrono::milliseconds kHandlersLimit{10'000};  // before the daemon ends
constexpr std::chrono::milliseconds kWaitingRound{200};      // while somebody wants to see progress

class Daemon {
 public:
  Daemon(LocalDevice& device, Signals& signals, std::string state_directory, std::string config_file, Log& log)
      : device_(device),
        signals_(signals),
        state_directory_(std::move(state_directory)),
        config_file_(std::move(config_file)),
        log_(log),
        handler_(device.client(), device.config(), true, &device.remote_user()) {}

  Result<void> start() {
    socket_ = DM_TRY(ControlSocket::open(state_directory_, device_.client(), handler_, log_));
    device_.client().watch(signals_.fd(), kReadable, [this](unsigned) { on_signal(); });
    log_.write(LogLevel::info, "control socket " + socket_->path());
    const NotificationAddresses doors = device_.client().notification_addresses();
    for (const auto& [name, address] : {std::pair("UDP", doors.udp), {"SIP", doors.sip}, {"HTTP", doors.http}}) {
      if (!address.empty()) log_.write(LogLevel::info, "notifications by " + std::string(name) + " on " + address);
    }
    if (device_.client().status().accounts.empty()) {
      log_.write(LogLevel::notice,
                 "there is no account yet; dm-client bootstrap https or dm-client bootstrap file gets one");
    }
    notify_systemd("READY=1\nSTATUS=" + status_line());
    return {};
  }

  // The exit status.
  int run() {
    const auto watchdog = watchdog_interval();
    auto alive_due = std::chrono::steady_clock::now();
    while (!stopped_) {
      const auto round = handler_.tick() ? kWaitingRound : kRound;
      device_.client().run_once(watchdog ? std::min(round, *watchdog) : round);
      if (watchdog && std::chrono::steady_clock::now() >= alive_due) {
        notify_systemd("WATCHDOG=1");
        alive_due += *watchdog;
      }
      socket_->keep_alive();
      tell_status();
      if (device_.client().idle()) spare_pages_.idle();
      // A failed sync is not tried again: whoever starts us anew has what is durable loaded.
      if (const auto& failure = device_.store_failure()) {
        failure_ = kExitFailed;
        log_.write(LogLevel::error, "stopping, the store has failed: " + failure->detail);
        notify_systemd("STOPPING=1");
        break;
      }
    }
    device_.client().process();  // the last answers
    device_.let_handlers_finish(kHandlersLimit);
    socket_->drain();
    log_.write(LogLevel::info, "stopped");
    return failure_;
  }

 private:
  void on_signal() {
    const int number = signals_.take();
    if (number == SIGHUP) return reread();
    if (number == 0) return;
    if (std::exchange(stopping_, true)) {
      stopped_ = true;  // asked twice: at once
      return;
    }
    log_.write(LogLevel::info, "stopping at the end of the package under way");
    notify_systemd("STOPPING=1");
    device_.client().stop([this] { stopped_ = true; });
  }

  void reread() {
    notify_systemd("RELOADING=1");
    auto config = read_config(config_file_, state_directory_);
    const Result<void> taken = config ? device_.reconfigure(std::move(*config)) : Result<void>(config.error());
    if (taken) {
      log_.write(LogLevel::notice, "the configuration was read again");
    } else {
      log_.write(LogLevel::error, "the configuration stays as it was: " + taken.error().detail);
    }
    notify_systemd("READY=1");
  }

  std::string status_line() {
    const ClientStatus status = device_.client().status();
    if (status.running_server) return fmt::format("session with {}", one_line(*status.running_server));
    for (const DownloadStatus& download : status.downloads) {
      if (download.size > 0 && download.received < download.size) {
        return fmt::format("downloading: {} of {} octets", download.received, download.size);
      }
    }
    return fmt::format("idle; {} accounts", status.accounts.size());
  }

  void tell_status() {
    std::string line = status_line();
    if (line == last_status_) return;
    notify_systemd("STATUS=" + line);
    last_status_ = std::move(line);
  }

  LocalDevice& device_;
  Signals& signals_;
  std::string state_directory_;
  std::string config_file_;
  Log& log_;
  RequestHandler handler_;
  std::unique_ptr<ControlSocket> socket_;
  std::string last_status_;
  SparePages spare_pages_;
  bool stopping_ = false;
  bool stopped_ = false;
  int failure_ = kExitDone;
};

}  // namespace

int run_daemon(const std::string& state_directory, const std::string& config_file, ToolConfig config, Log& log) {
  Signals signals({SIGTERM, SIGINT, SIGHUP});
  auto device = LocalDevice::open(state_directory, std::move(config), log);
  if (!device) {
    log.write(LogLevel::error, "cannot start: " + device.error().detail);
    return open_exit(device.error().code);
  }
  Daemon daemon(**device, signals, state_directory, config_file, log);
  if (auto started = daemon.start(); !started) {
    log.write(LogLevel::error, "cannot start: " + started.error().detail);
    return kExitFailed;
  }
  return daemon.run();
}

}  // namespace omadm
