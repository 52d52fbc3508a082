// The part of PackageUpdate from a good package to the report: states 50 and 60, and the end.
#include <filesystem>
#include <utility>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "mo/common/firmware_version.h"
#include "mo/common/stored_values.h"
#include "mo/fumo/package_update.h"

namespace omadm {
namespace {

constexpr std::chrono::seconds kStoreRetry{30};  // after the store or the client refused
constexpr std::chrono::seconds kTurnRetry{1};    // while another package is being installed

}  // namespace

// True: not now. `again` is called later, or the operation ends here.
bool PackageUpdate::held(UpdateStage stage, void (PackageUpdate::*again)()) {
  const auto hold = context_.adviser != nullptr ? context_.adviser->hold(stage) : std::nullopt;
  if (!hold) {
    waits_for_.clear();
    return false;
  }
  if (waits_for_ != hold->why) log(LogLevel::notice, "waits: " + hold->why);
  waits_for_ = hold->why;
  const std::int64_t age = context_.loop.clock().utc_seconds() - record_.accepted_at;
  if (!hold->give_up && age <= settings_.give_up_waiting.count()) {
    later(settings_.look_again, again);
    return true;
  }
  if (stage == UpdateStage::download) {
    fail_download(Errc::cancelled, UpdateResult::device_aborted);
  } else {
    refuse_update(UpdateResult::device_aborted, hold->why);
  }
  return true;
}

void PackageUpdate::begin_update() {
  if (shared_.installing != nullptr && shared_.installing != this) {
    return later(kTurnRetry, &PackageUpdate::begin_update);
  }
  if (!record_.begun) {
    if (held(UpdateStage::install, &PackageUpdate::begin_update) || ask_user()) return;
  }
  if (state() != UpdateState::updating) {
    if (auto stored = step(UpdateEvent::update_begun, record_); !stored) {
      log(LogLevel::error, "the update cannot be recorded: " + stored.error().detail);
      return later(kStoreRetry, &PackageUpdate::resume);
    }
  }
  shared_.installing = this;
  if (record_.restarting) return confirm();
  prepare();
}

// True: somebody is asked first, or has to be there first.
bool PackageUpdate::ask_user() {
  if (record_.consented || settings_.consent == UpdateConsent::never) return false;
  if (context_.adviser == nullptr || !context_.adviser->user_present()) {
    if (settings_.consent == UpdateConsent::when_present) return false;
    if (waits_for_.empty()) log(LogLevel::notice, "waits for somebody to agree to the installation");
    waits_for_ = "nobody is there to agree";
    const std::int64_t age = context_.loop.clock().utc_seconds() - record_.accepted_at;
    if (age > settings_.give_up_waiting.count()) {
      refuse_update(UpdateResult::device_aborted, waits_for_);
    } else {
      later(settings_.look_again, &PackageUpdate::begin_update);
    }
    return true;
  }
  waits_for_ = "the user is asked";
  context_.adviser->ask(prompt(), [self = self_](UpdateAnswer answer) {
    if (*self != nullptr) (*self)->answered(answer);
  });
  return true;
}

void PackageUpdate::answered(UpdateAnswer answer) {
  if (std::exchange(waits_for_, {}).empty() || outcome_) return;  // said twice
  OperationRecord record = record_;
  record.consented = answer == UpdateAnswer::yes;
  if (answer == UpdateAnswer::later) ++record.postponed;
  if (answer == UpdateAnswer::no || record.postponed > settings_.max_postponed) {
    return refuse_update(UpdateResult::user_cancelled, "the user does not want it");
  }
  if (auto saved = save(record); !saved) {
    log(LogLevel::error, "the answer of the user cannot be recorded: " + saved.error().detail);
    return later(kStoreRetry, &PackageUpdate::resume);
  }
  if (answer == UpdateAnswer::yes) return later({}, &PackageUpdate::begin_update);
  waits_for_ = "postponed by the user";
  later(settings_.postpone, &PackageUpdate::begin_update);
}

// FUMO-041: the package stays, and 70 is where that is said.
void PackageUpdate::refuse_update(UpdateResult result, const std::string& why) {
  waits_for_.clear();
  log(LogLevel::notice, "not installed: " + why);
  if (state() != UpdateState::updating) {
    if (auto stored = step(UpdateEvent::update_begun, record_); !stored) {
      log(LogLevel::error, "the refusal cannot be recorded: " + stored.error().detail);
      return later(kStoreRetry, &PackageUpdate::resume);
    }
  }
  outcome_ = Outcome{UpdateEvent::update_failed, result, {}};
  finish();
}

Octets PackageUpdate::claimed(std::string_view leaf) const {
  return stored_value(begin(), uri().child("Ext").child(leaf));
}

// 403 for a package made for something else; an empty claim fits everything.
Result<void> PackageUpdate::check_device() const {
  const Transaction transaction = begin();
  const Uri info = Uri().child("DevInfo");
  const Uri detail = Uri().child("DevDetail");
  for (const auto& [leaf, actual] : {std::pair("Model", info.child("Mod")), std::pair("HwV", detail.child("HwV")),
                                     std::pair("FwV", detail.child("FwV"))}) {
    const Octets wanted = claimed(leaf);
    const Octets is = stored_value(transaction, actual);
    if (wanted.empty() || trim(wanted) == is) continue;
    return Error{Errc::veto, "it is for " + actual.str() + " " + std::string(trim(wanted)) + ", this is " + is};
  }
  return {};
}

UpdatePrompt PackageUpdate::prompt() const {
  const Transaction transaction = begin();
  return {stored_value(transaction, uri().child("PkgName")), stored_value(transaction, uri().child("PkgVersion")),
          package_size(), settings_.outage};
}

std::uint64_t PackageUpdate::package_size() const {
  if (!record_.file.empty()) return record_.size;
  const auto data = package_data();
  return data ? data->size : 0;
}

Result<FirmwarePackage> PackageUpdate::package() const {
  FirmwarePackage package;
  const Transaction transaction = begin();
  package.name = stored_value(transaction, uri().child("PkgName"));
  package.version = stored_value(transaction, uri().child("PkgVersion"));
  if (!record_.file.empty()) {
    package.path = record_.file;
    package.size = record_.size;
    package.sha256 = record_.sha256;
    return package;
  }
  const auto data = package_data();
  if (!data) return Error{Errc::corrupt, "the package is gone"};
  package.path = data_path();
  package.size = data->size;
  package.sha256 = data->sha256;
  return package;
}

// The package is read once more before it leaves our hands: what was downloaded was found good then, and what came
// as PkgData is looked at for the first time.
void PackageUpdate::prepare() {
  if (context_.slot == nullptr) return install_failed({Errc::unsupported, "this device cannot install firmware"});
  const auto ready = package();
  if (!ready) return install_failed(ready.error());
  PackageClaim claim{ready->path, ready->size, ready->sha256, claimed("Signature"), !record_.file.empty()};
  if (record_.file.empty()) {
    if (auto fits = check_device(); !fits) return install_failed(fits.error());
    if (const std::string digest(trim(claimed("Sha256"))); !digest.empty()) claim.sha256 = digest;
  }
  check_in_background(std::move(claim), [this](const Result<void>& verdict) {
    if (!verdict) return install_failed(verdict.error());
    install();
  });
}

void PackageUpdate::install_failed(const Error& error) {
  log(LogLevel::warning, "installation failed: " + error.detail);
  const UpdateResult result = result_of_check(error.code);
  outcome_ =
      Outcome{UpdateEvent::update_failed, result == UpdateResult::undefined ? UpdateResult::update_failed : result, {}};
  finish();
}

void PackageUpdate::install() {
  percent_ = -1;
  if (context_.adviser != nullptr) context_.adviser->tell(prompt(), UpdateNews::begins);
  const auto ready = package();
  OperationRecord record = record_;
  record.begun = true;
  auto started = ready ? save(record) : Result<void>(ready.error());
  if (started) {
    started = context_.slot->install(
        *ready,
        [self = self_](int percent) {
          if (*self != nullptr) (*self)->percent_ = percent;
        },
        [self = self_](const InstallResult& result) {
          if (*self != nullptr) (*self)->installed(result);
        });
  }
  if (!started) install_failed(started.error());
}

void PackageUpdate::installed(const InstallResult& result) {
  if (state() != UpdateState::updating || outcome_) return;  // said twice
  const UpdateResult code = result_of_installation(result.outcome);
  const bool good = is_success(code);
  log(good ? LogLevel::notice : LogLevel::warning,
      (good ? "installed" : "installation failed") + (result.detail.empty() ? "" : ": " + result.detail));
  std::string version = result.new_version.empty() ? record_.version : result.new_version;
  if (good && version.empty()) version = stored_value(begin(), uri().child("PkgVersion"));
  if (good && result.restart) {
    OperationRecord record = record_;
    record.restarting = true;
    record.version = std::move(version);
    if (auto saved = save(record); !saved) return install_failed(saved.error());
    return restart_device();
  }
  outcome_ = Outcome{good ? UpdateEvent::update_succeeded : UpdateEvent::update_failed, code, std::move(version)};
  finish();
}

// Reboot hand-over: what follows happens in the next life, in confirm().
void PackageUpdate::restart_device() {
  percent_ = -1;
  waits_for_ = "restart of the device";
  log(LogLevel::notice, "the device is restarted into the new image");
  if (auto begun = context_.slot->restart(); !begun) install_failed(begun.error());
}

void PackageUpdate::confirm() {
  const auto ready = package();
  if (!ready) return install_failed(ready.error());
  if (context_.slot == nullptr) return install_failed({Errc::unsupported, "this device cannot install firmware"});
  auto begun = context_.slot->confirm(*ready, [self = self_](const InstallResult& result) {
    if (*self != nullptr) (*self)->installed(result);
  });
  if (!begun) install_failed(begun.error());
}

// Stores the outcome: State, result and the new firmware version in one commit (FUMO-073).
void PackageUpdate::finish() {
  if (shared_.installing == this) shared_.installing = nullptr;
  waits_for_.clear();
  OperationRecord record = record_;
  record.result = outcome_->result;
  record.reported = record.begun = record.restarting = record.consented = false;
  record.version.clear();
  record.finished = shared_.finished + 1;
  const bool lost = outcome_->event == UpdateEvent::download_failed;
  if (lost) {
    record.file.clear();
    record.sha256.clear();
    record.size = 0;
  }
  const auto version = [this](Transaction& transaction) -> Result<void> {
    if (outcome_->event != UpdateEvent::update_succeeded) return {};
    // An installer that gives no text as the version must not cost the report.
    auto put = put_updated_firmware_version(transaction, outcome_->version);
    if (!put) log(LogLevel::warning, "the version of the new firmware: " + put.error().detail);
    return {};
  };
  if (auto stored = step(outcome_->event, record, version); !stored) {
    log(LogLevel::error, "the outcome cannot be recorded: " + stored.error().detail);
    return later(kStoreRetry, &PackageUpdate::finish);
  }
  shared_.finished = record.finished;
  if (context_.adviser != nullptr) {
    if (outcome_->event == UpdateEvent::update_succeeded) context_.adviser->tell(prompt(), UpdateNews::succeeded);
    if (outcome_->event == UpdateEvent::update_failed) context_.adviser->tell(prompt(), UpdateNews::failed);
  }
  outcome_.reset();
  if (lost) drop_files();
  report();
}

void PackageUpdate::report() {
  if (auto handed = hand_over_report(); !handed) {
    log(LogLevel::error, "the report cannot be handed over: " + handed.error().detail);
    return later(kStoreRetry, &PackageUpdate::report);
  }
  // Nobody acknowledges what the device itself asked for.
  if (!record_.server_id.empty() || !is_end_state(state())) return;
  if (auto cleaned = clean_up(false); !cleaned) log(LogLevel::warning, "clean-up: " + cleaned.error().detail);
}

Result<void> PackageUpdate::hand_over_report() {
  if (!is_owed(record_)) return {};
  if (shared_.report_earlier) DM_TRY(shared_.report_earlier(record_.finished));
  OperationRecord record = record_;
  record.reported = true;
  // In one commit: a power cut between the two would make the report come twice, or never.
  return save(record, [this](Transaction& transaction) -> Result<void> {
    if (record_.server_id.empty()) return {};
    if (!context_.report) return Error{Errc::unavailable, "nobody takes reports"};
    return context_.report(transaction, report_of(record_, uri(), settings_.report_prefix));
  });
}

}  // namespace omadm
