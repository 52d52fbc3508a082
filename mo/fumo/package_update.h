// One firmware package: its operations from Exec to the acknowledged report. FUMO-010 … FUMO-073.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/io/file_system.h"
#include "dmtree/management_object.h"
#include "mo/common/kept_files.h"
#include "mo/common/package_download.h"
#include "mo/common/persistent_request.h"
#include "mo/fumo/fumo_context.h"
#include "mo/fumo/operation_record.h"
#include "mo/fumo/update_state.h"

namespace omadm {

class PackageUpdate;

// Where the PkgData of a package is, `x` being its canonical name: not where downloads are.
std::string package_data_path(const std::string& work_dir, std::string_view x);
inline constexpr std::string_view kPackageDataEnding = ".data";

// What the packages of a device share.
struct PackagesShared {
  KeptFiles data;                             // PkgData
  const PackageUpdate* installing = nullptr;  // one at a time
  std::uint64_t finished = 0;                 // operations that have ended so far
  // Hands over what is owed of operations that ended before the `finished`th (FUMO-033).
  std::function<Result<void>(std::uint64_t finished)> report_earlier = {};
  std::unique_ptr<Worker> worker = {};  // reads packages; made when there is something to read
};

// 1. Every State is durable before what it announces begins (FUMO-011). 2. An Exec answered `accepted` has
// exactly one result, and that is reported until it was acknowledged. 3. Nothing happens inside the call that
// caused it but changes of the tree; all else runs on the loop.
class PackageUpdate {
 public:
  // `x` is the canonical name below ./FUMO. The references must outlive the object.
  PackageUpdate(const FumoContext& context, const FumoSettings& settings, PackagesShared& shared, std::string x);
  PackageUpdate(const PackageUpdate&) = delete;
  PackageUpdate& operator=(const PackageUpdate&) = delete;
  ~PackageUpdate();  // what is under way ends silently and goes on after resume()

  // unavailable: busy, no package, or the last report cannot be handed over; unsupported: no work directory
  // or no slot; else what the store said.
  Result<ExecOutcome> exec(UpdateKind kind, const ExecRequest& request);
  void package_data_changed();  // PkgData was written by somebody, perhaps with nothing
  void resume();                // after a restart: goes on with what is recorded (section "Power loss")
  void report_acknowledged(const GenericAlert& alert);
  Result<void> hand_over_report();  // if one is owed
  // The how manieth operation to end this was, while its report is owed.
  std::optional<std::uint64_t> owed_since() const;
  void forget();  // x was removed: files and record go too

  UpdateState state() const;
  bool active() const;  // downloads, installs, or is about to
  PackageStatus status() const;

 private:
  using Extra = std::function<Result<void>(Transaction&)>;

  Uri uri() const;
  std::string path() const;
  Transaction begin() const;
  std::string data_path() const;
  std::optional<KeptValue> package_data() const;  // nullopt: empty
  Result<void> settle_package_data();
  Result<void> take_up_package_data();
  Result<void> step(UpdateEvent event, const OperationRecord& record, const Extra& extra = {});
  Result<void> save(const OperationRecord& record, const Extra& extra = {});
  Result<void> clean_up(bool keep_data);
  Result<void> clear_package_data(Transaction& transaction) const;
  Result<void> become_idle(bool keep_data);
  Result<void> accept_package_data();
  void drop_files();
  void later(std::chrono::milliseconds delay, void (PackageUpdate::*what)());
  void log(LogLevel level, const std::string& text) const;

  // Fetching: package_fetch.cpp.
  void start_download();
  PackageDownloadOptions download_options() const;
  void watch_download();
  void downloaded(PackageDownload::Outcome outcome);
  void accept_package();
  void fetch_signature();
  void check(Octets signature);
  void checked(const Result<void>& verdict);
  void accepted();
  void fail_download(Errc error, UpdateResult result);
  // Tells the host of a described package how it went, if it wants to hear.
  void tell_host(InstallStatus status, unsigned attempts, std::function<void(bool told)> then);
  HttpRequest small_request(std::string method, const std::string& url) const;

  // Installing: package_install.cpp.
  void begin_update();
  bool held(UpdateStage stage, void (PackageUpdate::*again)());
  bool ask_user();
  void answered(UpdateAnswer answer);
  void refuse_update(UpdateResult result, const std::string& why);
  void prepare();
  void install();
  void confirm();
  void restart_device();
  Result<FirmwarePackage> package() const;
  Octets claimed(std::string_view leaf) const;  // below Ext
  Result<void> check_device() const;
  UpdatePrompt prompt() const;
  std::uint64_t package_size() const;  // octets
  void installed(const InstallResult& result);
  void install_failed(const Error& error);
  void finish();
  // `check_package` on the worker, then `then` on the loop.
  void check_in_background(PackageClaim claim, std::function<void(const Result<void>&)> then);
  void report();

  const FumoContext& context_;
  const FumoSettings& settings_;
  PackagesShared& shared_;
  std::string x_;
  mutable PosixFileSystem files_;
  OperationRecord record_;  // as stored

  std::unique_ptr<PackageDownload> download_;
  std::unique_ptr<PersistentRequest> request_;  // for a signature, or to tell a host
  LoopHandlePtr timer_, watch_;
  std::string waits_for_;                 // why nothing goes on, for people
  unsigned tenths_ = 0;                   // of the download, as last logged
  std::shared_ptr<PackageUpdate*> self_;  // shared with callbacks in the slot's hands; emptied by the destructor
  int percent_ = -1;                      // of the installation; -1: not told
  struct Outcome {
    UpdateEvent event;
    UpdateResult result;
    std::string version;
  };
  std::optional<Outcome> outcome_;  // of the operation under way, until it is stored
};

}  // namespace omadm
