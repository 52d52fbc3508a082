#include "client/bootstrap_places.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "dmtree/tnds/mo_id.h"
#include "transport/dns/srv_finder.h"

namespace omadm {
namespace {

constexpr std::string_view kBootConfigMoId = "urn:oma:mo:oma-dm-bootstrapcfg:1.0";  // [Boot13] "Bootstrap Config MO"
// Where a smart card web server answers: BIP over IPv4 and IPv6, then TCP/IP (BOOT-088).
constexpr std::string_view kCards[] = {"127.0.0.1:4116", "[::1]:4116", "localuicc:443"};

using Kind = BootstrapPlace::Kind;

// "_service._tcp.example.com" is of example.com.
std::string_view domain_of(std::string_view owner) {
  while (owner.starts_with("_")) {
    const std::size_t dot = owner.find('.');
    if (dot == std::string_view::npos) break;
    owner.remove_prefix(dot + 1);
  }
  while (owner.ends_with(".")) owner.remove_suffix(1);
  return owner;
}

struct BootConfig {
  std::vector<std::string> urls;
  bool may_search = true;
};

BootConfig boot_config(Tree& tree) {
  BootConfig config;
  const Transaction transaction = tree.begin(Principal::device());
  for (const Uri& object : find_objects(transaction, kBootConfigMoId)) {
    if (leaf_text(transaction, object, "BootSrvDiscovery") == "0") config.may_search = false;
    const std::optional<Node> servers = transaction.peek(object.child("BootSrvInfo"));
    if (!servers) continue;
    for (const std::string& name : servers->children) {
      std::string url = leaf_text(transaction, servers->uri.child(name), "URL");
      if (!url.empty()) config.urls.push_back(std::move(url));
    }
  }
  return config;
}

}  // namespace

std::vector<BootstrapPlace> bootstrap_places(Tree& tree, const BootstrapConfig& config, bool offline) {
  std::vector<BootstrapPlace> places;
  if (!offline) {
    const BootConfig managed = boot_config(tree);
    for (const std::string& url : managed.urls) places.push_back({Kind::named, url, {}, false});
    for (const std::string& url : config.urls) places.push_back({Kind::named, url, {}, false});
    if (!config.discovery.empty() && managed.may_search) places.push_back({Kind::search, {}, {}, false});
    for (const std::string_view card : kCards) {
      places.push_back({Kind::card, fmt::format("https://{}/OMA/DM/Bootstrap.xml", card), {}, false});
    }
  }
  for (const std::string& url : config.offline_urls) places.push_back({Kind::named, url, {}, true});
  return places;
}

Result<void> check_places(const BootstrapConfig& config) {
  const auto server = SrvFinder::check(config.dns_server);
  if (!server) return Error{Errc::malformed, "[bootstrap] dns_server: " + server.error().detail};
  if (!config.discovery.empty() && (!config.discovery.starts_with("_") || domain_of(config.discovery).empty())) {
    return Error{Errc::malformed, "[bootstrap] discovery: not like _service._tcp.example.com"};
  }
  return {};
}

BootstrapPlace found_place(const BootstrapConfig& config, const ServicePlace& place) {
  return {Kind::found, fmt::format("https://{}{}", domain_of(config.discovery), config.discovery_path),
          fmt::format("{}:{}", place.host, place.port), false};
}

}  // namespace omadm
