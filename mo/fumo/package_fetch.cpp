// The part of PackageUpdate from the accepted Exec to a package that is on the device and good: states 30 and 40.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "mo/common/stored_values.h"
#include "mo/fumo/package_update.h"

namespace omadm {
namespace {

constexpr std::chrono::seconds kStoreRetry{30};  // after the store refused
constexpr std::chrono::seconds kLook{1};         // at a download under way
constexpr std::uint64_t kMaxSignature = 65536;   // octets
constexpr unsigned kAttemptsToTellFailure = 2;   // the report to the server waits for it

}  // namespace

PackageDownloadOptions PackageUpdate::download_options() const {
  PackageDownloadOptions options;
  options.types = settings_.types;
  DownloadOptions& download = options.download;
  download.url = record_.url;
  download.path = path();
  download.tls = settings_.tls;
  download.allow_http = settings_.allow_http;
  download.max_size = settings_.max_size;
  download.max_rate = settings_.max_rate;
  download.connect_timeout = settings_.connect_timeout;
  download.idle_timeout = settings_.idle_timeout;
  download.retry = settings_.retry;
  const auto login = context_.login ? context_.login(record_.server_id, record_.url) : std::nullopt;
  if (login) {
    download.username = login->username;
    download.password = login->password;
    download.auth = login->auth;
    download.login_url = record_.url;  // a descriptor may lead to any host
  }
  return options;
}

void PackageUpdate::start_download() {
  if (record_.url.empty()) return fail_download(Errc::malformed, UpdateResult::bad_url);
  if (settings_.work_dir.empty()) return fail_download(Errc::cancelled, UpdateResult::device_aborted);
  if (held(UpdateStage::download, &PackageUpdate::start_download)) return;
  download_ =
      std::make_unique<PackageDownload>(context_.loop, context_.http, files_, download_options(),
                                        [this](PackageDownload::Outcome outcome) { downloaded(std::move(outcome)); });
  watch_ = context_.loop.after(kLook, [this] { watch_download(); });
}

// Says how far it is, and stops for what the device wants it to wait for; what is there is gone on with later.
void PackageUpdate::watch_download() {
  if (context_.adviser != nullptr && context_.adviser->hold(UpdateStage::download)) {
    download_.reset();
    watch_.reset();
    return start_download();
  }
  if (const std::uint64_t total = download_->total(); total > 0) {
    const auto tenths = static_cast<unsigned>(download_->received() * 10 / total);
    if (tenths > std::exchange(tenths_, tenths)) {
      log(LogLevel::info, "downloaded " + std::to_string(tenths * 10) + "% of " + std::to_string(total) + " octets");
    }
  }
  watch_ = context_.loop.after(kLook, [this] { watch_download(); });
}

void PackageUpdate::downloaded(PackageDownload::Outcome outcome) {
  const std::unique_ptr<PackageDownload> ended = std::move(download_);
  watch_.reset();
  const DownloadedPackage& package = outcome.package;
  OperationRecord record = record_;
  record.package_url = package.url;
  record.notify_url = package.descriptor.install_notify_uri;
  record.base = package.descriptor_url;
  if (!outcome.result) {
    const Error& error = outcome.result.error();
    log(LogLevel::warning, "download failed: " + error.detail);
    record_ = std::move(record);  // stored with the outcome
    return fail_download(error.code, result_of_download(error.code, outcome.http_status));
  }
  record.file = package.file.path;
  record.size = package.file.size;
  record.sha256 = package.file.sha256;
  if (auto stored = step(UpdateEvent::download_done, record); !stored) {
    log(LogLevel::error, "the download cannot be recorded: " + stored.error().detail);
    return later(kStoreRetry, &PackageUpdate::resume);
  }
  accept_package();
}

// Size, then digest, then device, then signature (FUMO-068).
void PackageUpdate::accept_package() {
  const std::string digest = to_lower(trim(claimed("Sha256")));
  if (!digest.empty() && digest != record_.sha256) {
    return checked(Error{Errc::corrupt, "the package has another SHA-256 than it should: " + record_.sha256});
  }
  if (auto fits = check_device(); !fits) return checked(fits);
  if (!settings_.trust.wants_signature()) return check({});
  Octets signature = claimed("Signature");
  if (!signature.empty()) return check(std::move(signature));
  fetch_signature();
}

HttpRequest PackageUpdate::small_request(std::string method, const std::string& url) const {
  HttpRequest request;
  request.method = std::move(method);
  request.url = url;
  request.base = record_.base;
  request.tls = settings_.tls;
  request.allow_http = settings_.allow_http;
  request.max_redirects = 5;
  request.connect_timeout = settings_.connect_timeout;
  request.idle_timeout = settings_.idle_timeout;
  request.total_timeout = settings_.connect_timeout + settings_.idle_timeout;
  request.max_body = kMaxSignature;
  if (const auto login = context_.login ? context_.login(record_.server_id, record_.url) : std::nullopt) {
    request.username = login->username;
    request.password = login->password;
    request.auth = login->auth;
    request.login_url = record_.url;
  }
  return request;
}

void PackageUpdate::fetch_signature() {
  HttpRequest request = small_request("GET", signature_url(record_.package_url));
  request_ = std::make_unique<PersistentRequest>(
      context_.loop, context_.http, std::move(request), settings_.retry, [this](Result<HttpResponse> response) {
        const std::unique_ptr<PersistentRequest> ended = std::move(request_);
        if (response) return check(std::move(response->body));
        const Error& error = response.error();
        if (worth_repeating(error.code)) {
          log(LogLevel::warning, "the signature cannot be had: " + error.detail);
          return fail_download(error.code, result_of_download(error.code, 0));
        }
        checked(Error{Errc::authentication, "there is no signature: " + error.detail});
      });
}

void PackageUpdate::check(Octets signature) {
  check_in_background({record_.file, record_.size, {}, std::move(signature), false},
                      [this](const Result<void>& verdict) { checked(verdict); });
}

void PackageUpdate::checked(const Result<void>& verdict) {
  if (!verdict) {
    log(LogLevel::warning, "the package is refused: " + verdict.error().detail);
    return fail_download(verdict.error().code, result_of_check(verdict.error().code));
  }
  tell_host(install_success(), settings_.retry.attempts, [this](bool told) {
    if (told) return accepted();
    outcome_ = Outcome{UpdateEvent::download_failed, UpdateResult::network_failure, {}};  // FUMO-064
    finish();
  });
}

void PackageUpdate::accepted() {
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

void PackageUpdate::fail_download(Errc error, UpdateResult result) {
  tell_host(install_status_of(error), kAttemptsToTellFailure, [this, result](bool) {
    outcome_ = Outcome{UpdateEvent::download_failed, result, {}};
    finish();
  });
}

void PackageUpdate::tell_host(InstallStatus status, unsigned attempts, std::function<void(bool told)> then) {
  if (record_.notify_url.empty()) return then(true);
  HttpRequest request = small_request("POST", record_.notify_url);
  request.headers = {{"Content-Type", "text/plain"}};
  request.body = std::to_string(status.code) + " " + std::string(status.text) + "\r\n";
  DownloadRetry retry = settings_.retry;
  retry.attempts = std::min(retry.attempts, attempts);
  request_ = std::make_unique<PersistentRequest>(context_.loop, context_.http, std::move(request), retry,
                                                 [this, then = std::move(then)](const Result<HttpResponse>& response) {
                                                   const std::unique_ptr<PersistentRequest> ended = std::move(request_);
                                                   if (!response)
                                                     log(LogLevel::warning,
                                                         "the host cannot be told: " + response.error().detail);
                                                   then(response.has_value());
                                                 });
}

void PackageUpdate::check_in_background(PackageClaim claim, std::function<void(const Result<void>&)> then) {
  if (!shared_.worker) shared_.worker = std::make_unique<Worker>(context_.loop);
  const auto verdict = std::make_shared<Result<void>>();  // owners: the job, then what follows it
  shared_.worker->run(
      [verdict, trust = settings_.trust, claim = std::move(claim)] { *verdict = check_package(trust, claim); },
      [verdict, self = self_, then = std::move(then)] {
        if (*self != nullptr) then(*verdict);
      });
}

}  // namespace omadm
