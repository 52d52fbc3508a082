// The part of PackageUpdate that runs on the loop: download, installation, report.
#include <filesystem>
#include <utility>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "mo/common/firmware_version.h"
#include "mo/common/stored_values.h"
#include "mo/fumo/package_update.h"

namespace omadm {
namespace {

constexpr std::string_view kDescriptorType = "application/vnd.oma.dd+xml";
constexpr std::string_view kDescriptor2Type = "application/vnd.oma.dd2+xml";
constexpr std::chrono::seconds kStoreRetry{30};  // after the store or the client refused
constexpr std::chrono::seconds kTurnRetry{1};    // while another package is being installed

// FUMO-060: a descriptor would have to be followed, which this client does not do.
Result<void> refuse_descriptors(const HttpResponse& head) {
  const std::string type = head.content_type();
  if (type != kDescriptorType && type != kDescriptor2Type) return {};
  return Error{Errc::unsupported, "a download descriptor, not a package"};
}

}  // namespace

void PackageUpdate::start_download() {
  if (record_.url.empty() || settings_.work_dir.empty()) {
    outcome_ = Outcome{
        UpdateEvent::download_failed, record_.url.empty() ? UpdateResult::bad_url : UpdateResult::device_aborted, {}};
    return finish();
  }
  DownloadOptions options;
  options.url = record_.url;
  options.path = path();
  options.accept = "*/*";
  options.tls = settings_.tls;
  options.allow_http = settings_.allow_http;
  options.max_size = settings_.max_size;
  options.connect_timeout = settings_.connect_timeout;
  options.idle_timeout = settings_.idle_timeout;
  options.retry = settings_.retry;
  options.check_head = refuse_descriptors;
  download_ = std::make_unique<Download>(
      context_.loop, context_.http, files_, std::move(options),
      [this](Result<DownloadedFile> file, int status) { downloaded(std::move(file), status); });
}

void PackageUpdate::downloaded(Result<DownloadedFile> file, int http_status) {
  const std::unique_ptr<Download> ended = std::move(download_);
  if (!file) {
    log(LogLevel::warning, "download failed: " + file.error().detail);
    outcome_ = Outcome{UpdateEvent::download_failed, result_of_download(file.error().code, http_status), {}};
    return finish();
  }
  OperationRecord record = record_;
  record.file = file->path;
  record.size = file->size;
  record.sha256 = file->sha256;
  if (auto stored = step(UpdateEvent::download_done, record); !stored) {
    log(LogLevel::error, "the download cannot be recorded: " + stored.error().detail);
    return later(kStoreRetry, &PackageUpdate::resume);
  }
  accept_package();
}

// What can be told of a package without installing it: it is there, whole and not empty (FUMO-068).
void PackageUpdate::accept_package() {
  std::error_code failed;
  const auto size = std::filesystem::file_size(record_.file, failed);
  if (failed || size == 0 || size != record_.size) {
    log(LogLevel::warning, failed ? "the downloaded package is gone" : "the downloaded package is empty or cut off");
    outcome_ = Outcome{UpdateEvent::download_failed, UpdateResult::corrupted, {}};
    return finish();
  }
  if (record_.kind == UpdateKind::download) {
    outcome_ = Outcome{UpdateEvent::package_accepted, UpdateResult::successful, {}};
    return finish();
  }
  if (auto stored = step(UpdateEvent::package_accepted, record_); !stored) {
    log(LogLevel::error, "the package cannot be recorded: " + stored.error().detail);
    return later(kStoreRetry, &PackageUpdate::resume);
  }
  begin_update();
}

void PackageUpdate::begin_update() {
  if (order_.installing != nullptr && order_.installing != this) return later(kTurnRetry, &PackageUpdate::begin_update);
  if (state() != UpdateState::updating) {
    if (auto stored = step(UpdateEvent::update_begun, record_); !stored) {
      log(LogLevel::error, "the update cannot be recorded: " + stored.error().detail);
      return later(kStoreRetry, &PackageUpdate::resume);
    }
  }
  order_.installing = this;
  install();
}

Result<FirmwarePackage> PackageUpdate::package() const {
  FirmwarePackage package;
  const Transaction transaction = begin();
  package.name = stored_value(transaction, uri().child("PkgName"));
  package.version = stored_value(transaction, uri().child("PkgVersion"));
  if (!record_.file.empty()) {
    std::error_code failed;
    if (std::filesystem::file_size(record_.file, failed) != record_.size || failed) {
      return Error{Errc::corrupt, record_.file + ": not the file that was downloaded"};
    }
    package.path = record_.file;
    package.size = record_.size;
    package.sha256 = record_.sha256;
    return package;
  }
  const Octets data = package_data();
  if (data.empty()) return Error{Errc::corrupt, "the package is gone"};
  PartialFile::discard(files_, path());
  DM_TRY(files_.make_directory(settings_.work_dir));
  const auto file = DM_TRY(files_.open_append(path()));
  DM_TRY(file->append(data));
  DM_TRY(file->sync());
  package.path = path();
  package.size = data.size();
  package.sha256 = hex_encode(sha256(data));
  return package;
}

void PackageUpdate::install() {
  percent_ = -1;
  const auto fail = [this](const Error& error) {
    const bool full = error.code == Errc::storage_full;
    const bool corrupt = error.code == Errc::corrupt;
    installed({full      ? InstallOutcome::out_of_memory
               : corrupt ? InstallOutcome::corrupted
                         : InstallOutcome::failed,
               {},
               error.detail});
  };
  if (context_.slot == nullptr) return fail({Errc::unsupported, "this device cannot install firmware"});
  const auto ready = package();
  if (!ready) return fail(ready.error());
  const auto started = context_.slot->install(
      *ready,
      [self = self_](int percent) {
        if (*self != nullptr) (*self)->percent_ = percent;
      },
      [self = self_](const InstallResult& result) {
        if (*self != nullptr) (*self)->installed(result);
      });
  if (!started) fail(started.error());
}

void PackageUpdate::installed(const InstallResult& result) {
  if (state() != UpdateState::updating || outcome_) return;  // said twice
  const UpdateResult code = result_of_installation(result.outcome);
  const bool good = is_success(code);
  log(good ? LogLevel::notice : LogLevel::warning,
      (good ? "installed" : "installation failed") + (result.detail.empty() ? "" : ": " + result.detail));
  std::string version = result.new_version;
  if (good && version.empty()) version = stored_value(begin(), uri().child("PkgVersion"));
  outcome_ = Outcome{good ? UpdateEvent::update_succeeded : UpdateEvent::update_failed, code, std::move(version)};
  finish();
}

// Stores the outcome: State, result and the new firmware version in one commit (FUMO-073).
void PackageUpdate::finish() {
  if (order_.installing == this) order_.installing = nullptr;
  OperationRecord record = record_;
  record.result = outcome_->result;
  record.reported = false;
  record.finished = order_.finished + 1;
  const bool lost = outcome_->event == UpdateEvent::download_failed;
  if (lost) {
    record.file.clear();
    record.sha256.clear();
    record.size = 0;
  }
  const auto version = [this](Transaction& transaction) -> Result<void> {
    if (outcome_->event != UpdateEvent::update_succeeded) return {};
    return put_updated_firmware_version(transaction, outcome_->version);
  };
  if (auto stored = step(outcome_->event, record, version); !stored) {
    log(LogLevel::error, "the outcome cannot be recorded: " + stored.error().detail);
    return later(kStoreRetry, &PackageUpdate::finish);
  }
  order_.finished = record.finished;
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
  if (order_.report_earlier) DM_TRY(order_.report_earlier(record_.finished));
  if (!record_.server_id.empty()) {
    if (!context_.report) return Error{Errc::unavailable, "nobody takes reports"};
    DM_TRY(context_.report(report_of(record_, uri(), settings_.report_prefix)));
  }
  OperationRecord record = record_;
  record.reported = true;
  return save(record);
}

}  // namespace omadm
