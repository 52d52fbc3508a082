// One firmware package: its operations from Exec to the acknowledged report. FUMO-010 … FUMO-073.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/io/file_system.h"
#include "dmtree/management_object.h"
#include "mo/common/download.h"
#include "mo/fumo/fumo_context.h"
#include "mo/fumo/operation_record.h"
#include "mo/fumo/update_state.h"

namespace omadm {

class PackageUpdate;

// What the packages of a device share.
struct PackageOrder {
  const PackageUpdate* installing = nullptr;  // one at a time
  std::uint64_t finished = 0;                 // operations that have ended so far
  // Hands over what is owed of operations that ended before the `finished`th (FUMO-033).
  std::function<Result<void>(std::uint64_t finished)> report_earlier;
};

// 1. Every State is durable before what it announces begins (FUMO-011). 2. An Exec answered `accepted` has
// exactly one result, and that is reported until it was acknowledged. 3. Nothing happens inside the call that
// caused it but changes of the tree; all else runs on the loop.
class PackageUpdate {
 public:
  // `x` is the canonical name below ./FUMO. The references must outlive the object.
  PackageUpdate(const FumoContext& context, const FumoSettings& settings, PackageOrder& order, std::string x);
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
  Octets package_data() const;
  Result<void> step(UpdateEvent event, const OperationRecord& record, const Extra& extra = {});
  Result<void> save(const OperationRecord& record);
  Result<void> clean_up(bool keep_data);
  Result<void> clear_package_data(Transaction& transaction) const;
  Result<void> become_idle(bool keep_data);
  Result<void> accept_package_data();
  void drop_files();
  void later(std::chrono::milliseconds delay, void (PackageUpdate::*what)());
  void log(LogLevel level, const std::string& text) const;

  void start_download();
  void downloaded(Result<DownloadedFile> file, int http_status);
  void accept_package();
  void begin_update();
  void install();
  Result<FirmwarePackage> package() const;
  void installed(const InstallResult& result);
  void finish();
  void report();

  const FumoContext& context_;
  const FumoSettings& settings_;
  PackageOrder& order_;
  std::string x_;
  mutable PosixFileSystem files_;
  OperationRecord record_;  // as stored

  std::unique_ptr<Download> download_;
  LoopHandlePtr timer_;
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
