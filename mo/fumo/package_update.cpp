#include "mo/fumo/package_update.h"

#include <algorithm>
#include <utility>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "mo/common/firmware_version.h"
#include "mo/common/stored_values.h"

namespace omadm {
namespace {

constexpr std::size_t kFileNameDigits = 16;

bool has_result(const OperationRecord& record) noexcept { return record.result != UpdateResult::none; }

// A name may hold any character and be longer than a file name.
std::string file_of(const std::string& work_dir, std::string_view x) {
  return work_dir + "/" + hex_encode(sha1(x)).substr(0, kFileNameDigits);
}

}  // namespace

std::string package_data_path(const std::string& work_dir, std::string_view x) {
  return file_of(work_dir, x) + std::string(kPackageDataEnding);
}

PackageUpdate::PackageUpdate(const FumoContext& context, const FumoSettings& settings, PackagesShared& shared,
                             std::string x)
    : context_(context),
      settings_(settings),
      shared_(shared),
      x_(std::move(x)),
      record_(read_operation(begin(), x_)),
      self_(std::make_shared<PackageUpdate*>(this)) {
  shared_.finished = std::max(shared_.finished, record_.finished);
}

PackageUpdate::~PackageUpdate() {
  *self_ = nullptr;
  if (shared_.installing == this) shared_.installing = nullptr;
}

Uri PackageUpdate::uri() const { return Uri().child("FUMO").child(x_); }

std::string PackageUpdate::path() const { return file_of(settings_.work_dir, x_) + ".pkg"; }
std::string PackageUpdate::data_path() const { return package_data_path(settings_.work_dir, x_); }

Transaction PackageUpdate::begin() const {
  return context_.tree.begin(Principal::device(), {"device", {}, {}, {}, "firmware update"});
}

std::optional<KeptValue> PackageUpdate::package_data() const {
  return KeptValue::parse(stored_value(begin(), uri().child("Update").child("PkgData")));
}

// The file of the PkgData that the tree has gets its place, a former one goes.
Result<void> PackageUpdate::settle_package_data() {
  if (settings_.work_dir.empty()) return {};
  DM_TRY(context_.tree.flush());  // what is settled must not be older than what is durable
  const auto data = package_data();
  DM_TRY(shared_.data.settle(data_path(), data ? data->text() : Octets()));
  return data ? Result<void>() : shared_.data.remove(data_path());
}

// At the start. What was put into the tree while no client was there to take it goes to a file now.
Result<void> PackageUpdate::take_up_package_data() {
  const Uri leaf = uri().child("Update").child("PkgData");
  Transaction transaction = begin();
  Octets stored = stored_value(transaction, leaf);
  if (stored.empty() || KeptValue::parse(stored)) return settle_package_data();
  DM_TRY(transaction.replace(leaf, {std::nullopt, std::nullopt, std::move(stored)}));
  DM_TRY(std::move(transaction).commit());
  return settle_package_data();
}

UpdateState PackageUpdate::state() const {
  return update_state_from(stored_value(begin(), uri().child("State"))).value_or(UpdateState::idle);
}

bool PackageUpdate::active() const {
  const UpdateState now = state();
  return is_busy(now) || outcome_ || (now == UpdateState::ready && record_.goes_on_to_update());
}

std::optional<std::uint64_t> PackageUpdate::owed_since() const {
  if (!is_owed(record_)) return std::nullopt;
  return record_.finished;
}

PackageStatus PackageUpdate::status() const {
  PackageStatus status{uri().str(), record_.size, record_.size, std::string(to_string(state()))};
  if (download_) {
    status.received = download_->received();
    status.size = download_->total();
  }
  if (state() == UpdateState::updating && percent_ >= 0) status.state += " " + std::to_string(percent_) + "%";
  if (!waits_for_.empty()) status.state += ", waits: " + waits_for_;
  return status;
}

void PackageUpdate::log(LogLevel level, const std::string& text) const {
  context_.log.write(level, "firmware " + uri().str() + ": " + text);
}

void PackageUpdate::later(std::chrono::milliseconds delay, void (PackageUpdate::*what)()) {
  timer_ = context_.loop.after(delay, [this, what] { (this->*what)(); });
}

// The only way a State changes: with the record, in one commit, and durable on return.
Result<void> PackageUpdate::step(UpdateEvent event, const OperationRecord& record, const Extra& extra) {
  const UpdateState from = state();
  const auto to = next_state(from, event);
  if (!to) {
    return Error{Errc::failed, uri().str() + ": no such step in state " + std::to_string(static_cast<unsigned>(from))};
  }
  Transaction transaction = begin();
  DM_TRY(
      transaction.put(uri().child("State"), {std::nullopt, std::nullopt, std::to_string(static_cast<unsigned>(*to))}));
  DM_TRY(write_operation(transaction, x_, record));
  if (extra) DM_TRY(extra(transaction));
  DM_TRY(std::move(transaction).commit());
  record_ = record;
  DM_TRY(context_.tree.flush());
  log(LogLevel::info, "state " + std::to_string(static_cast<unsigned>(*to)) + ", " + std::string(to_string(*to)));
  return {};
}

Result<void> PackageUpdate::save(const OperationRecord& record, const Extra& extra) {
  Transaction transaction = begin();
  DM_TRY(write_operation(transaction, x_, record));
  if (extra) DM_TRY(extra(transaction));
  DM_TRY(std::move(transaction).commit());
  record_ = record;
  return context_.tree.flush();
}

void PackageUpdate::drop_files() {
  if (!settings_.work_dir.empty()) PackageDownload::discard(files_, path());
}

// From an end state to idle, one step after the other: 70 never goes straight to 10 (FUMO-012). The record
// goes with the first step, so that a restart in between goes on.
Result<void> PackageUpdate::clean_up(bool keep_data) {
  if (!is_end_state(state())) return {};
  while (is_end_state(state())) {
    DM_TRY(step(UpdateEvent::clean_up, {}, [this, keep_data](Transaction& transaction) {
      return keep_data ? Result<void>() : clear_package_data(transaction);
    }));
  }
  drop_files();
  return {};
}

Result<void> PackageUpdate::clear_package_data(Transaction& transaction) const {
  const Uri leaf = uri().child("Update").child("PkgData");
  if (stored_value(transaction, leaf).empty()) return {};
  return transaction.put(leaf, {std::nullopt, std::nullopt, {}});
}

Result<void> PackageUpdate::become_idle(bool keep_data) {
  if (is_owed(record_)) DM_TRY(hand_over_report());
  timer_.reset();
  DM_TRY(clean_up(keep_data));
  if (state() != UpdateState::ready) return {};
  DM_TRY(step(UpdateEvent::package_replaced, {}, [this, keep_data](Transaction& transaction) {
    return keep_data ? Result<void>() : clear_package_data(transaction);
  }));
  drop_files();
  return {};
}

Result<ExecOutcome> PackageUpdate::exec(UpdateKind kind, const ExecRequest& request) {
  const UpdateState now = state();
  if (is_busy(now) || outcome_ || active()) {
    return Error{Errc::unavailable, uri().str() + ": " + std::string(to_string(now))};
  }
  const bool installs = kind != UpdateKind::download;
  if (installs && context_.slot == nullptr) return Error{Errc::unsupported, "this device cannot install firmware"};
  if (settings_.work_dir.empty()) return Error{Errc::unsupported, "there is no room for firmware packages"};
  OperationRecord record;
  record.kind = kind;
  record.server_id = request.server_id;
  record.correlator = request.correlator;
  record.accepted_at = context_.loop.clock().utc_seconds();
  if (kind == UpdateKind::update) {
    if (!has_package(now)) return Error{Errc::unavailable, uri().str() + ": no package is on the device"};
    if (shared_.installing != nullptr) return Error{Errc::unavailable, "another package is being installed"};
    if (is_owed(record_)) DM_TRY(hand_over_report());
    record.file = record_.file;
    record.size = record_.size;
    record.sha256 = record_.sha256;
    DM_TRY(step(UpdateEvent::update_begun, record));
    shared_.installing = this;
    later({}, &PackageUpdate::begin_update);
    return ExecOutcome::accepted;
  }
  DM_TRY(become_idle(false));  // FUMO-014
  record.url = std::string(trim(stored_value(begin(), request.uri.child("PkgURL"))));
  DM_TRY(step(UpdateEvent::download_accepted, record));
  later({}, &PackageUpdate::start_download);
  return ExecOutcome::accepted;
}

void PackageUpdate::package_data_changed() {
  if (auto done = accept_package_data(); !done) {
    log(LogLevel::error, "a package that was delivered cannot be recorded: " + done.error().detail);
  }
}

Result<void> PackageUpdate::accept_package_data() {
  DM_TRY(settle_package_data());
  const bool empty = !package_data();
  const bool from_data = state() == UpdateState::ready && record_.file.empty();
  if (is_busy(state()) || (empty && !from_data)) return {};
  DM_TRY(become_idle(true));
  if (empty) return {};
  return step(UpdateEvent::package_delivered, OperationRecord());
}

void PackageUpdate::resume() {
  if (outcome_) return finish();
  if (auto taken = take_up_package_data(); !taken) log(LogLevel::error, "PkgData: " + taken.error().detail);
  switch (state()) {
    case UpdateState::idle:
      drop_files();
      if (package_data()) package_data_changed();  // power was lost between the two commits
      return;
    case UpdateState::downloading:
      return later({}, &PackageUpdate::start_download);
    case UpdateState::downloaded:
      return later({}, &PackageUpdate::accept_package);
    case UpdateState::ready:
      if (record_.goes_on_to_update()) return later({}, &PackageUpdate::begin_update);
      if (is_owed(record_)) later({}, &PackageUpdate::report);
      return;
    case UpdateState::updating:
      return later({}, &PackageUpdate::begin_update);
    default:
      break;
  }
  // An end state: the report may be on its way already, then its acknowledgement cleans up.
  if (!record_.reported) later({}, &PackageUpdate::report);
}

void PackageUpdate::report_acknowledged(const GenericAlert& alert) {
  const GenericAlert sent = report_of(record_, uri(), settings_.report_prefix);
  const bool ours = record_.kind != UpdateKind::none && has_result(record_) && record_.reported &&
                    alert.source == sent.source && alert.correlator == sent.correlator && alert.type == sent.type &&
                    alert.server_id == sent.server_id;
  if (!ours || active()) return;
  auto done = clean_up(false);
  if (done && state() == UpdateState::ready) {
    OperationRecord waiting = record_;  // the package stays, the operation is over
    waiting.kind = UpdateKind::none;
    done = save(waiting);
  }
  if (!done) log(LogLevel::warning, "clean-up: " + done.error().detail);
}

void PackageUpdate::forget() {
  download_.reset();
  request_.reset();
  timer_.reset();
  watch_.reset();
  outcome_.reset();
  Transaction transaction = begin();
  auto removed = remove_operation(transaction, x_);
  if (removed) removed = std::move(transaction).commit();
  if (removed) removed = context_.tree.flush();
  if (!removed) log(LogLevel::warning, "its record cannot be removed: " + removed.error().detail);
  record_ = {};
  drop_files();
  if (auto settled = settle_package_data(); !settled) log(LogLevel::warning, "PkgData: " + settled.error().detail);
}

}  // namespace omadm
