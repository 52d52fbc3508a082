#include "tools/dm-client/local_device.h"

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "tools/common/exit_code.h"
#include "tools/dm-client/device_identity.h"

namespace omadm {

constexpr std::uint64_t kMaxImsiFile = 256;  // octets

LocalDevice::LocalDevice(ToolConfig config, Log& log)
    : config_(std::move(config)), log_(log), command_(config_.ui_command, log), conditions_(config_.conditions, log) {}

Result<std::unique_ptr<LocalDevice>> LocalDevice::open(const std::string& state_directory, ToolConfig config, Log& log,
                                                       bool asked_here) {
  std::unique_ptr<LocalDevice> device(new LocalDevice(std::move(config), log));
  DM_TRY(device->open_parts(state_directory, asked_here));
  return device;
}

Result<void> LocalDevice::open_parts(const std::string& state_directory, bool asked_here) {
  DM_TRY(files_.make_directory(state_directory));
  lock_ = DM_TRY(FileLock::acquire(state_directory + "/lock"));
  JournalStoreOptions options;
  options.history_octets = config_.history_octets;
  store_ = DM_TRY(JournalStore::open(files_, state_directory, options));
  std::vector<std::string> guessed;
  Platform platform;
  platform.store = store_.get();
  platform.device = complete_identity(config_.device, guessed);
  installer_ = DM_TRY(make_installer(config_.installer, log_));
  platform.firmware = installer_.get();
  platform.updates = &conditions_;
  platform.user = &user_;
  platform.network_secret = [this] { return network_secret(); };
  if (asked_here) without_command_ = &terminal_;
  platform.log = &log_;
  client_ = DM_TRY(Client::open(config_.client, platform));
  conditions_.attach(*client_);
  if (installer_) installer_->attach(*client_);
  command_.attach(*client_);
  terminal_.attach(*client_);
  for (const ObjectFile& object : config_.objects) DM_TRY(attach_object(object));
  for (const std::string& problem : client_->tree().load_report().problems) {
    log_.write(LogLevel::warning, "the store was damaged: " + problem);
  }
  return set_trace();
}

// A file that cannot be had keeps nobody from managing the rest of the device.
Result<void> LocalDevice::attach_object(const ObjectFile& object) {
  CommandObject* handler = nullptr;
  if (!object.handler.empty()) {
    objects_.push_back(DM_TRY(CommandObject::create(*client_, object, log_)));
    handler = objects_.back().get();
  }
  if (object.files.empty()) return {};
  FileLeaves::Told told;
  if (handler != nullptr) {
    told = [handler](const Edit& edit, const std::string& path) { handler->tell_of_file(edit, path); };
  }
  file_leaves_.push_back(std::make_unique<FileLeaves>(client_->tree(), log_, std::make_shared<PosixFileSystem>(),
                                                      object.files, config_.client.max_obj_size, std::move(told)));
  if (auto resumed = file_leaves_.back()->resume(); !resumed) log_.write(LogLevel::error, resumed.error().detail);
  return {};
}

// Read each time: another SIM may be there.
std::optional<Secret> LocalDevice::network_secret() {
  if (config_.imsi_file.empty()) return std::nullopt;
  const auto imsi = files_.read(config_.imsi_file, kMaxImsiFile);
  if (imsi) return Secret(Octets(trim(*imsi)));
  log_.write(LogLevel::warning, "[bootstrap] imsi_file: " + imsi.error().detail);
  return std::nullopt;
}

bool LocalDevice::handlers_idle() const {
  return std::all_of(objects_.begin(), objects_.end(), [](const auto& object) { return object->idle(); });
}

void LocalDevice::let_handlers_finish(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!handlers_idle() && std::chrono::steady_clock::now() < deadline) {
    client_->run_once(std::chrono::milliseconds(100));
  }
  if (!handlers_idle()) log_.write(LogLevel::warning, "a handler of [[mo]] is ended before it was told everything");
}

Result<void> LocalDevice::set_trace() {
  if (config_.trace_file.empty()) {
    client_->set_trace({});
    trace_.reset();
    return {};
  }
  auto trace = DM_TRY(TraceFile::open(config_.trace_file));
  client_->set_trace([file = trace.get()](bool outgoing, std::string_view content_type, Bytes body) {
    file->write(outgoing, content_type, body);
  });
  trace_ = std::move(trace);
  return {};
}

Result<void> LocalDevice::reconfigure(ToolConfig config) {
  std::vector<std::string> guessed;
  DM_TRY(client_->reconfigure(config.client, complete_identity(config.device, guessed)));
  if (installer_) installer_->reconfigure(config.installer);
  conditions_.set_config(config.conditions);
  command_.set_command(config.ui_command);
  config_ = std::move(config);
  return set_trace();
}

int open_exit(Errc code) {
  switch (code) {
    case Errc::unavailable:
    case Errc::corrupt:
      return kExitStore;
    case Errc::malformed:
      return kExitUsage;
    default:
      return kExitFailed;
  }
}

}  // namespace omadm
