#include "client/default_objects.h"

#include <algorithm>
#include <utility>

#include "client/adapters.h"
#include "mo/devdetail/devdetail_object.h"
#include "mo/devinfo/devinfo_object.h"
#include "mo/dmacc/dmacc_object.h"
#include "mo/fumo/fumo_object.h"
#include "transport/http/url.h"

namespace omadm {
namespace {

FumoSettings fumo_settings(const ClientConfig& config) {
  FumoSettings settings;
  settings.work_dir = config.fumo.work_dir;
  settings.tls = config.tls;
  settings.allow_http = config.allow_http;
  settings.max_size = config.fumo.max_size;
  settings.idle_timeout = config.timeout;
  settings.connect_timeout = std::min(settings.connect_timeout, config.timeout);
  settings.types = config.fumo.types;
  settings.trust = config.fumo.trust;
  settings.retry.attempts = config.fumo.retry.count + 1;
  settings.retry.first = config.fumo.retry.first;
  settings.retry.factor = config.fumo.retry.factor;
  settings.retry.max = config.fumo.retry.max;
  settings.retry.give_up_after = config.fumo.give_up_after;
  settings.max_rate = config.fumo.max_rate;
  settings.consent = config.fumo.consent;
  settings.postpone = config.fumo.postpone;
  settings.outage = config.fumo.outage;
  settings.give_up_waiting = config.fumo.give_up_waiting;
  settings.report_prefix = config.fumo.report_prefix;
  return settings;
}

class BuiltInObjects final : public DefaultObjects {
 public:
  BuiltInObjects(const Surroundings& surroundings, const ClientConfig& config)
      : at_(surroundings),
        accounts_(at_.tree, [this](std::string_view server_id) { forget_server(server_id); }),
        firmware_({at_.tree, at_.loop, at_.http, at_.firmware, at_.log, at_.raise, at_.updates,
                   [this](std::string_view server, std::string_view url) { return login(server, url); }},
                  fumo_settings(config)),
        allow_basic_(config.allow_basic) {}
  BuiltInObjects(const BuiltInObjects&) = delete;
  BuiltInObjects& operator=(const BuiltInObjects&) = delete;
  ~BuiltInObjects() override {
    at_.tree.detach(firmware_);
    at_.tree.detach(accounts_);
  }

  Result<void> start(const ClientConfig& config, const DeviceIdentity& device) {
    at_.tree.attach(Uri().child("DMAcc"), accounts_);
    at_.tree.attach(Uri().child("FUMO"), firmware_);
    DM_TRY(write_identity(config, device));
    return firmware_.resume();
  }

  Result<void> reconfigure(const ClientConfig& config, const DeviceIdentity& device) override {
    DM_TRY(write_identity(config, device));
    firmware_.configure(fumo_settings(config));
    allow_basic_ = config.allow_basic;
    return {};
  }

  std::vector<DownloadStatus> downloads() const override {
    std::vector<DownloadStatus> downloads;
    for (const PackageStatus& package : firmware_.packages()) {
      downloads.push_back({package.uri, package.received, package.size, package.state});
    }
    return downloads;
  }

  void alert_closed(const GenericAlert& alert) override { firmware_.report_acknowledged(alert); }
  bool idle() const override { return firmware_.idle() && gone_servers_.empty(); }

 private:
  // The account's own credentials, and only for the host the account is with.
  std::optional<HttpLogin> login(std::string_view server_id, std::string_view url) const {
    const auto account = find_account(at_.tree, server_id);
    const auto target = Url::parse(url);
    if (!account || !target) return std::nullopt;
    for (const std::string& address : account_urls(*account)) {
      const auto known = Url::parse(address);
      if (!known || known->host != target->host || known->scheme != target->scheme) continue;
      HttpRequest request;
      request.url = url;
      if (!set_http_credentials(request, *account, allow_basic_) || request.username.empty()) return std::nullopt;
      return HttpLogin{std::move(request.username), std::move(request.password), request.auth};
    }
    return std::nullopt;
  }

  Result<void> write_identity(const ClientConfig& config, const DeviceIdentity& device) {
    DM_TRY(write_dev_info(at_.tree, {device.dev_id, device.man, device.mod, device.dmv, device.lang}));
    return write_dev_detail(at_.tree,
                            {device.dev_typ, device.oem, device.swv, device.hwv, device.fwv, config.uri_limits, true});
  }

  // TND-073, but not within the callback that tells of the account's end: this commits.
  void forget_server(std::string_view server_id) {
    gone_servers_.emplace_back(server_id);
    forgetting_ = at_.loop.after({}, [this] {
      for (const std::string& id : std::exchange(gone_servers_, {})) {
        auto removed = at_.tree.remove_server(id);
        at_.server_gone(id);
        if (removed) removed = at_.tree.flush();
        if (!removed) at_.log.write(LogLevel::error, "server " + id + " stays in ACLs: " + removed.error().detail);
      }
    });
  }

  Surroundings at_;
  DmAccObject accounts_;
  FumoObject firmware_;
  bool allow_basic_;
  std::vector<std::string> gone_servers_;
  LoopHandlePtr forgetting_;
};

}  // namespace

Result<std::unique_ptr<DefaultObjects>> DefaultObjects::create(const Surroundings& surroundings,
                                                               const ClientConfig& config,
                                                               const DeviceIdentity& device) {
  auto objects = std::make_unique<BuiltInObjects>(surroundings, config);
  DM_TRY(objects->start(config, device));
  return std::unique_ptr<DefaultObjects>(std::move(objects));
}

}  // namespace omadm
