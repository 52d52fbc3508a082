#include "tools/dm-client/rauc_slot.h"

#if __has_include(<systemd/sd-bus.h>)

#include <fmt/format.h>
#include <systemd/sd-bus.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "base/io/event_loop.h"
#include "base/text.h"

namespace omadm {
namespace {

constexpr const char* kService = "de.pengutronix.rauc";
constexpr const char* kPath = "/";
constexpr const char* kInterface = "de.pengutronix.rauc.Installer";

struct BusError : sd_bus_error {
  BusError() : sd_bus_error{} {}
  BusError(const BusError&) = delete;
  BusError& operator=(const BusError&) = delete;
  ~BusError() { sd_bus_error_free(this); }
  std::string text(int code) const { return message != nullptr ? message : std::strerror(-code); }
};

// What RAUC says in LastError, in the words of its sources, and what that means to a server.
struct Meaning {
  std::string_view part;
  InstallOutcome outcome;
};
constexpr std::array kMeanings{
    Meaning{"compatible", InstallOutcome::mismatch},       Meaning{"signature", InstallOutcome::not_validated},
    Meaning{"certificate", InstallOutcome::not_validated}, Meaning{"no space left", InstallOutcome::out_of_memory},
    Meaning{"checksum", InstallOutcome::corrupted},        Meaning{"failed to mount", InstallOutcome::corrupted},
};

InstallOutcome outcome_of(const std::string& error) {
  const std::string lower = to_lower(error);
  const auto* const found = std::find_if(kMeanings.begin(), kMeanings.end(), [&lower](const Meaning& meaning) {
    return lower.find(meaning.part) != std::string::npos;
  });
  return found == kMeanings.end() ? InstallOutcome::failed : found->outcome;
}

class RaucSlot final : public Installer {
 public:
  explicit RaucSlot(Log& log) : log_(log) {}
  RaucSlot(const RaucSlot&) = delete;
  RaucSlot& operator=(const RaucSlot&) = delete;
  ~RaucSlot() override { sd_bus_flush_close_unref(bus_); }

  void attach(Client& client) override {
    client_ = &client;
    if (!job_) return;
    if (auto started = start(); !started)
      finish({outcome_of(started.error().detail), {}, started.error().detail, false});
  }

  Result<void> install(const FirmwarePackage& package, std::function<void(int)> progress, Done done) override {
    if (job_) return Error{Errc::unavailable, "another package is being installed"};
    job_ = Job{package, std::move(progress), std::move(done)};
    if (client_ == nullptr) return {};
    auto started = start();
    if (!started) job_.reset();
    return started;
  }

 private:
  struct Job {
    FirmwarePackage package;
    std::function<void(int)> progress;
    Done done;
  };
  // RAUC does one thing at a time, and does not say of whom its signals speak.
  enum class Phase : std::uint8_t {
    asked,      // what is signalled before the answer is about somebody else's installation
    waiting,    // for that one to end
    installing  // ours
  };

  Result<void> connect() {
    if (bus_ != nullptr) return {};
    int code = sd_bus_open_system(&bus_);
    if (code < 0) return Error{Errc::unavailable, std::string("the system bus: ") + std::strerror(-code)};
    code = sd_bus_match_signal(bus_, nullptr, kService, kPath, kInterface, "Completed", &RaucSlot::on_completed, this);
    if (code >= 0) {
      code = sd_bus_match_signal(bus_, nullptr, kService, kPath, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                 &RaucSlot::on_changed, this);
    }
    if (code >= 0) {
      code = sd_bus_match_signal(bus_, nullptr, "org.freedesktop.DBus", nullptr, "org.freedesktop.DBus",
                                 "NameOwnerChanged", &RaucSlot::on_owner, this);
    }
    if (code < 0) {
      bus_ = sd_bus_close_unref(bus_);  // else the next attempt would take it for connected
      return Error{Errc::unavailable, std::string("the system bus: ") + std::strerror(-code)};
    }
    client_->watch(sd_bus_get_fd(bus_), kReadable, [this](unsigned) { process(); });
    return {};
  }

  // The answer comes on the loop.
  Result<void> start() {
    DM_TRY(connect());
    DM_TRY(call());
    process();
    return {};
  }

  Result<void> call() {
    phase_ = Phase::asked;
    last_error_.clear();
    const int code = sd_bus_call_method_async(bus_, nullptr, kService, kPath, kInterface, "InstallBundle",
                                              &RaucSlot::on_begun, this, "sa{sv}", job_->package.path.c_str(), 0);
    if (code < 0) return Error{Errc::io, std::string("RAUC: ") + std::strerror(-code)};
    sd_bus_flush(bus_);
    return {};
  }

  void process() {
    while (true) {
      const int code = sd_bus_process(bus_, nullptr);
      if (code > 0) continue;
      if (code == 0) return;
      client_->unwatch(sd_bus_get_fd(bus_));
      bus_ = sd_bus_close_unref(bus_);
      return finish({InstallOutcome::failed, {}, std::string("the system bus: ") + std::strerror(-code), false});
    }
  }

  static int on_begun(sd_bus_message* answer, void* self, sd_bus_error*) noexcept {
    const sd_bus_error* const error = sd_bus_message_get_error(answer);
    auto& slot = *static_cast<RaucSlot*>(self);
    slot.phase_ = Phase::installing;
    if (error == nullptr) return 0;
    const std::string text = error->message != nullptr ? error->message : error->name;
    if (to_lower(text).find("already processing") != std::string::npos) {
      slot.phase_ = Phase::waiting;
      slot.log_.write(LogLevel::notice, "installer: RAUC is busy with another installation, which is waited for");
      return 0;
    }
    slot.finish({outcome_of(text), {}, "RAUC: " + text, false});
    return 0;
  }

  static int on_completed(sd_bus_message* signal, void* self, sd_bus_error*) noexcept {
    std::int32_t result = -1;
    sd_bus_message_read(signal, "i", &result);
    auto& slot = *static_cast<RaucSlot*>(self);
    if (!slot.job_ || slot.phase_ == Phase::asked) return 0;
    if (slot.phase_ == Phase::waiting) {
      if (auto started = slot.call(); !started)
        slot.finish({InstallOutcome::failed, {}, started.error().detail, false});
      return 0;
    }
    if (result == 0) {
      slot.finish({InstallOutcome::installed, {}, "RAUC has installed the bundle", false});
    } else {
      const std::string why = slot.last_error_.empty() ? fmt::format("result {}", result) : slot.last_error_;
      slot.finish({outcome_of(why), {}, "RAUC: " + why, false});
    }
    return 0;
  }

  static int on_changed(sd_bus_message* signal, void* self, sd_bus_error*) noexcept {
    auto& slot = *static_cast<RaucSlot*>(self);
    if (sd_bus_message_skip(signal, "s") < 0 || sd_bus_message_enter_container(signal, 'a', "{sv}") < 0) return 0;
    while (sd_bus_message_enter_container(signal, 'e', "sv") > 0) {
      const char* name = nullptr;
      if (sd_bus_message_read(signal, "s", &name) < 0) return 0;
      slot.take_property(signal, name);
      sd_bus_message_exit_container(signal);
    }
    return 0;
  }

  void take_property(sd_bus_message* signal, std::string_view name) {
    const char* text = nullptr;
    std::int32_t percent = 0;
    std::int32_t depth = 0;
    if (name == "Progress" && sd_bus_message_read(signal, "v", "(isi)", &percent, &text, &depth) >= 0) {
      if (job_ && job_->progress) job_->progress(std::clamp(percent, 0, 100));
      log_.write(LogLevel::info, fmt::format("installer: RAUC {}% {}", percent, text));
    } else if (name == "LastError" && sd_bus_message_read(signal, "v", "s", &text) >= 0) {
      last_error_ = text;
    } else if (name != "Progress" && name != "LastError") {
      sd_bus_message_skip(signal, "v");
    }
  }

  static int on_owner(sd_bus_message* signal, void* self, sd_bus_error*) noexcept {
    const char *name = nullptr, *before = nullptr, *now = nullptr;
    if (sd_bus_message_read(signal, "sss", &name, &before, &now) < 0) return 0;
    auto& slot = *static_cast<RaucSlot*>(self);
    if (std::string_view(name) == kService && *now == '\0' && *before != '\0') {
      slot.finish({InstallOutcome::failed, {}, "the RAUC service ended", false});
    }
    return 0;
  }

  void finish(InstallResult result) {
    if (!job_) return;
    const Job job = std::move(*std::exchange(job_, std::nullopt));
    last_error_.clear();
    job.done(std::move(result));
  }

  Log& log_;
  Client* client_ = nullptr;
  sd_bus* bus_ = nullptr;
  std::optional<Job> job_;
  Phase phase_ = Phase::asked;
  std::string last_error_;
};

}  // namespace

Result<std::unique_ptr<Installer>> make_rauc_slot(Log& log) {
  return std::unique_ptr<Installer>(std::make_unique<RaucSlot>(log));
}

}  // namespace omadm

#else

namespace omadm {

Result<std::unique_ptr<Installer>> make_rauc_slot(Log&) {
  return Error{Errc::unsupported, "[fumo] backend: this build is without RAUC, for libsystemd was missing"};
}

}  // namespace omadm

#endif
