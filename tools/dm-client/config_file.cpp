#include "tools/dm-client/config_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/io/file_system.h"
#include "base/text.h"
#include "tools/common/config_files.h"
#include "tools/common/toml_section.h"
#include "tools/dm-client/config_sections.h"

namespace omadm {
namespace {

constexpr std::uint64_t kMaxConfig = 1U << 20U;
constexpr std::int64_t kYear = 366 * 86400;

void read_device(TomlSection& section, ToolConfig& config) {
  DeviceIdentity& device = config.device;
  section.text("dev_id", device.dev_id);
  section.text("man", device.man);
  section.text("mod", device.mod);
  section.text("dmv", device.dmv);
  section.text("lang", device.lang);
  section.text("dev_typ", device.dev_typ);
  section.text("oem", device.oem);
  section.text("fwv", device.fwv);
  section.text("swv", device.swv);
  section.text("hwv", device.hwv);
  bool large_objects = true;
  section.boolean("lrg_obj", large_objects);
  if (!large_objects) section.refuse("lrg_obj", "large objects are always supported; only true is possible");
}

void read_session(TomlSection& section, ToolConfig& config, const std::string& file) {
  ClientConfig& client = config.client;
  section.choice("encoding", {"wbxml", "xml"},
                 [&](std::size_t i) { client.encoding = i == 0 ? Encoding::wbxml : Encoding::xml; });
  section.choice("version", {"1.2", "1.3"},
                 [&](std::size_t i) { client.version = i == 0 ? DmVersion::dm12 : DmVersion::dm13; });
  section.number("max_msg_size", 1024, 1 << 30,
                 [&](std::int64_t v) { client.max_msg_size = static_cast<std::uint32_t>(v); });
  section.number("max_obj_size", 1024, 1 << 30, [&](std::int64_t v) {
    client.max_obj_size = static_cast<std::uint32_t>(v);
    client.limits_files = true;
  });
  section.number("timeout_s", 1, 86400, [&](std::int64_t v) { client.timeout = std::chrono::seconds(v); });
  section.number("poll_interval_s", 0, kYear, [&](std::int64_t v) { client.poll_interval = std::chrono::seconds(v); });
  if (const toml::table* table = section.table("retry")) {
    TomlSection retry(*table, "session.retry", file);
    read_retry(retry, client.retry);
    section.adopt(retry.finish());
  }
}

void read_tls(TomlSection& section, ToolConfig& config) {
  TlsOptions& tls = config.client.tls;
  section.path("ca_file", tls.ca_file);
  section.path("ca_dir", tls.ca_dir);
  section.path("client_cert", tls.client_cert);
  section.path("client_key", tls.client_key);
  section.choice("min_version", {"1.2", "1.3"}, [&](std::size_t i) { tls.min_version = i == 0 ? "1.2" : "1.3"; });
  section.text_list("pinned_spki", tls.pinned_spki);
  for (const std::string& pin : tls.pinned_spki) {
    const auto octets = base64_decode(pin);
    if (!octets || octets->size() != 32) section.refuse("pinned_spki", "must be Base64 of SHA-256 digests");
  }
}

void read_security(TomlSection& section, ToolConfig& config) {
  constexpr AuthType types[] = {AuthType::none, AuthType::basic, AuthType::md5, AuthType::mac};
  section.choice("min_client_auth", {"none", "basic", "md5", "mac"},
                 [&](std::size_t i) { config.client.min_client_auth = types[i]; });
  section.boolean("allow_http", config.client.allow_http);
  section.boolean("allow_basic", config.client.allow_basic);
}

void read_notification(TomlSection& section, ToolConfig& config) {
  NotificationConfig& notification = config.client.notification;
  section.text("udp", notification.udp);
  section.text("sip", notification.sip);
  section.text_list("sip_senders", notification.sip_senders);
  section.boolean("sip_raw", notification.sip_raw);
  section.text("http", notification.http);
  section.boolean("http_beyond_loopback", notification.http_beyond_loopback);
  using Ui = NotificationConfig::Ui;
  constexpr Ui answers[] = {Ui::allow, Ui::deny, Ui::ask};
  section.choice("ui", {"allow", "deny", "ask"}, [&](std::size_t i) { notification.ui = answers[i]; });
  section.text_list("version_1_0", notification.version_1_0);
  section.boolean("nonce_resync", notification.nonce_resync);
  section.number("max_per_hour", 0, 3600,
                 [&](std::int64_t v) { notification.max_per_hour = static_cast<unsigned>(v); });
  section.number("max_age_s", 0, kYear, [&](std::int64_t v) { notification.max_age = std::chrono::seconds(v); });
}

// A card is read when the client starts, unless that way is closed (BOOT-073).
void read_card_and_factory(TomlSection& section, ToolConfig& config) {
  BootstrapConfig& bootstrap = config.client.bootstrap;
  section.text("smartcard", bootstrap.smartcard);
  if (!config.bootstrap_smartcard) bootstrap.smartcard.clear();
  std::string factory;
  section.path("factory", factory);
  if (factory.empty()) return;
  auto document = PosixFileSystem().read(factory, kMaxConfig);
  if (!document) return section.refuse("factory", document.error().detail);
  bootstrap.factory = std::move(*document);
}

void read_bootstrap(TomlSection& section, ToolConfig& config) {
  BootstrapConfig& bootstrap = config.client.bootstrap;
  section.text_list("url", bootstrap.urls);
  section.text("discovery", bootstrap.discovery);
  section.text("discovery_path", bootstrap.discovery_path);
  if (!bootstrap.discovery_path.starts_with("/")) section.refuse("discovery_path", "must begin with /");
  section.text("dns_server", bootstrap.dns_server);
  section.text_list("offline_url", bootstrap.offline_urls);
  section.path("ca_file", bootstrap.ca_file);
  section.text("username", bootstrap.username);
  section.text("passphrase", bootstrap.passphrase);
  if (!bootstrap.username.empty() && bootstrap.passphrase.empty()) {
    section.refuse("username", "needs the key passphrase");
  }
  section.text("push_address", bootstrap.push_address);
  section.path("imsi_file", config.imsi_file);
  section.text_list("accept_types", bootstrap.accept_types);
  section.number("pin_tries", 1, 10, [&](std::int64_t v) { bootstrap.pin_tries = static_cast<unsigned>(v); });
  section.number("max_forged", 1, 1000, [&](std::int64_t v) { bootstrap.max_forged = static_cast<unsigned>(v); });
  section.number("lockout_s", 0, kYear, [&](std::int64_t v) { bootstrap.lockout = std::chrono::seconds(v); });
  std::vector<std::string> ways = {"https", "smartcard", "push", "file"};
  section.text_list("accept", ways);
  for (const std::string& way : ways) {
    if (way != "https" && way != "file" && way != "push" && way != "smartcard") {
      section.refuse(
          "accept",
          "\"" + way + "\" is no way of bootstrap; known are \"https\", \"smartcard\", \"push\" and \"file\"");
    }
  }
  bootstrap.push = std::find(ways.begin(), ways.end(), "push") != ways.end();
  config.bootstrap_https = std::find(ways.begin(), ways.end(), "https") != ways.end();
  config.bootstrap_file = std::find(ways.begin(), ways.end(), "file") != ways.end();
  config.bootstrap_smartcard = std::find(ways.begin(), ways.end(), "smartcard") != ways.end();
  read_card_and_factory(section, config);
}

Result<void> read_text(const std::string& text, const std::string& file, ToolConfig& config) {
  const toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    return Error{Errc::malformed,
                 fmt::format("{}:{}: {}", file, parsed.error().source().begin.line, parsed.error().description())};
  }
  TomlSection top(parsed.table(), "", file);
  const auto part = [&](const char* name, const auto& read) {
    const toml::table* table = top.table(name);
    if (table == nullptr) return;
    TomlSection section(*table, name, file);
    read(section);
    top.adopt(section.finish());
  };
  part("device", [&](TomlSection& section) { read_device(section, config); });
  part("session", [&](TomlSection& section) { read_session(section, config, file); });
  part("tls", [&](TomlSection& section) { read_tls(section, config); });
  part("security", [&](TomlSection& section) { read_security(section, config); });
  part("notification", [&](TomlSection& section) { read_notification(section, config); });
  part("bootstrap", [&](TomlSection& section) { read_bootstrap(section, config); });
  part("fumo", [&](TomlSection& section) { read_fumo_section(section, file, config); });
  part("ui", [&](TomlSection& section) {
    section.text_list("command", config.ui_command);
    section.number("timeout_s", 1, 86400,
                   [&](std::int64_t v) { config.client.user_timeout = std::chrono::seconds(v); });
  });
  part("store", [&](TomlSection& section) {
    section.number("history", 0, kMaxHistory,
                   [&](std::int64_t v) { config.history_octets = static_cast<std::uint64_t>(v); });
  });
  part("trace", [&](TomlSection& section) { section.path("file", config.trace_file); });
  top.adopt(read_objects(top, file, config.objects));
  return top.finish();
}

}  // namespace

Result<ToolConfig> read_config(const std::string& file, const std::string& state_directory) {
  ToolConfig config;
  config.client.fumo.work_dir = state_directory + "/downloads";
  config.sources = DM_TRY(config_files(file));
  PosixFileSystem files;
  for (const std::string& source : config.sources) {
    const Octets text = DM_TRY(files.read(source, kMaxConfig));
    DM_TRY(read_text(text, source, config));
  }
  for (const ObjectFile& object : config.objects) config.client.extra_ddf.push_back(object.ddf);
  config.conditions.user = config.ui_command;
  return config;
}

}  // namespace omadm
