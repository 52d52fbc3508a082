#include "client/push_doors.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "syncml/notification/package0.h"
#include "syncml/notification/push_message.h"
#include "transport/push/http_push_listener.h"
#include "transport/push/sip_listener.h"
#include "transport/push/udp_listener.h"

namespace omadm {

struct PushDoors::SipPolicy {
  std::vector<AddressRange> senders;
  bool raw = false;

  static Result<SipPolicy> of(const NotificationConfig& config) {
    SipPolicy policy;
    policy.raw = config.sip_raw;
    for (const std::string& sender : config.sip_senders) {
      policy.senders.push_back(DM_TRY(AddressRange::parse(sender)));
    }
    return policy;
  }
  bool may_send(const InetAddress& source) const {
    if (senders.empty()) return source.is_loopback();
    return std::any_of(senders.begin(), senders.end(),
                       [&](const AddressRange& range) { return range.contains(source); });
  }
  // SIP-006: the content may stand there without the headers the type promises.
  std::string_view type_of(Bytes octets, std::string_view type) const {
    const bool unwraps = !raw || [&] {
      const auto opened = open_push(octets, type);
      return opened || opened.error().code != Errc::malformed;
    }();
    return unwraps ? type : kNotificationType;
  }
};

namespace {

// Says which key of the configuration it was.
template <typename T>
Result<T> named(std::string_view key, Result<T> result) {
  if (result) return result;
  return Error{result.error().code, "[notification] " + std::string(key) + ": " + result.error().detail};
}

std::string address_of(const std::unique_ptr<PushListener>& listener) { return listener ? listener->address() : ""; }

}  // namespace

Result<PushDoors> PushDoors::open(EventLoop& loop, Log& log, const NotificationConfig& config, const PushDoors& open,
                                  const PushHandler& handler) {
  const auto opens = [&](std::string NotificationConfig::*key) {
    return !(config.*key).empty() && config.*key != open.config_.*key;
  };
  PushDoors doors;
  doors.config_ = config;
  doors.sip_policy_ = std::make_shared<SipPolicy>(DM_TRY(named("sip_senders", SipPolicy::of(config))));
  if (opens(&NotificationConfig::udp)) {
    doors.udp_ = DM_TRY(named("udp", UdpListener::listen(loop, config.udp, handler)));
  }
  if (opens(&NotificationConfig::sip)) {
    const auto policy = doors.sip_policy_;
    doors.sip_ = DM_TRY(named(
        "sip", SipListener::listen(
                   loop, log, config.sip, [policy](const InetAddress& source) { return policy->may_send(source); },
                   [policy, handler](Bytes octets, std::string_view type) {
                     handler(octets, policy->type_of(octets, type));
                   })));
  }
  if (opens(&NotificationConfig::http)) {
    doors.http_ =
        DM_TRY(named("http", HttpPushListener::listen(loop, config.http, config.http_beyond_loopback, handler)));
  }
  return doors;
}

Result<void> PushDoors::check(const NotificationConfig& config) {
  for (const auto& [key, address] : {std::pair("udp", &config.udp), {"sip", &config.sip}}) {
    if (!address->empty()) DM_TRY(named(key, InetAddress::parse(*address)));
  }
  if (!config.http.empty()) DM_TRY(named("http", HttpPushListener::check(config.http, config.http_beyond_loopback)));
  DM_TRY(named("sip_senders", SipPolicy::of(config)));
  return {};
}

void PushDoors::take_over(PushDoors old) {
  if (config_.udp == old.config_.udp) udp_ = std::move(old.udp_);
  if (config_.http == old.config_.http) http_ = std::move(old.http_);
  if (config_.sip == old.config_.sip) {
    sip_ = std::move(old.sip_);
    if (old.sip_policy_) *old.sip_policy_ = *sip_policy_;
    if (old.sip_policy_) sip_policy_ = std::move(old.sip_policy_);
  }
}

NotificationAddresses PushDoors::addresses() const { return {address_of(udp_), address_of(sip_), address_of(http_)}; }

}  // namespace omadm
