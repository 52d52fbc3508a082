// [fumo] of the configuration, and what it shares with [session].
#include <cmath>
#include <limits>

#include "base/text.h"
#include "tools/dm-client/config_sections.h"

namespace omadm {
namespace {

constexpr std::int64_t kAnyNumber = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kYear = 366 * 86400;

// "HH:MM"; nullopt: it is none.
std::optional<int> minute_of(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 2) return std::nullopt;
  const auto hour = parse_unsigned(parts[0]);
  const auto minute = parse_unsigned(parts[1]);
  if (!hour || !minute || *hour > 24 || *minute > 59 || *hour * 60 + *minute > 24 * 60) return std::nullopt;
  return static_cast<int>(*hour * 60 + *minute);
}

void read_window(TomlSection& section, ToolConfig& config) {
  std::string window;
  section.text("window", window);
  if (window.empty()) return;
  const auto ends = split(window, '-');
  const auto begin = ends.size() == 2 ? minute_of(trim(ends[0])) : std::nullopt;
  const auto end = ends.size() == 2 ? minute_of(trim(ends[1])) : std::nullopt;
  if (!begin || !end) return section.refuse("window", "must be \"HH:MM-HH:MM\"");
  config.conditions.window = UpdateConditionsConfig::Window{*begin, *end};
}

void read_policy(TomlSection& section, ToolConfig& config) {
  FumoConfig& fumo = config.client.fumo;
  read_window(section, config);
  section.text_list("hold_download", config.conditions.hold_download);
  section.text_list("hold_install", config.conditions.hold_install);
  constexpr UpdateConsent kinds[] = {UpdateConsent::never, UpdateConsent::when_present, UpdateConsent::always};
  section.choice("consent", {"never", "when-present", "always"}, [&](std::size_t i) { fumo.consent = kinds[i]; });
  section.number("postpone_s", 0, kYear, [&](std::int64_t v) { fumo.postpone = std::chrono::seconds(v); });
  section.number("outage_s", 0, kYear, [&](std::int64_t v) { fumo.outage = std::chrono::seconds(v); });
  section.number("give_up_waiting_s", 0, kYear,
                 [&](std::int64_t v) { fumo.give_up_waiting = std::chrono::seconds(v); });
}

void read_trust(TomlSection& section, ToolConfig& config) {
  PackageTrust& trust = config.client.fumo.trust;
  section.path("certificate", trust.certificate_file);
  section.path("public_key", trust.public_key_file);
  if (!trust.certificate_file.empty() && !trust.public_key_file.empty()) {
    section.refuse("public_key", "a package has one signature: either this or certificate");
  }
  section.boolean("installer_verifies", trust.installer_checks);
  section.boolean("allow_unverified", trust.unverified);
  const InstallerConfig& installer = config.installer;
  using Backend = InstallerConfig::Backend;
  if (installer.backend == Backend::rauc || !installer.verify.empty()) trust.installer_checks = true;
  if (installer.backend == Backend::none) trust.unverified = true;  // there is nothing it could do
  if (trust.wants_signature() || trust.installer_checks || trust.unverified) return;
  section.refuse("backend",
                 "nothing verifies packages before they are installed; set certificate, public_key or verify, or "
                 "installer_verifies = true if the installer itself does, or allow_unverified = true");
}

void read_installer(TomlSection& section, ToolConfig& config) {
  InstallerConfig& installer = config.installer;
  using Backend = InstallerConfig::Backend;
  constexpr Backend backends[] = {Backend::command, Backend::file, Backend::rauc, Backend::swupdate};
  section.choice("backend", {"command", "file", "rauc", "swupdate"},
                 [&](std::size_t i) { installer.backend = backends[i]; });
  section.text_list("command", installer.command);
  section.text_list("verify", installer.verify);
  section.text_list("slots", installer.slots);
  section.path("active", installer.active);
  section.text_list("restart", installer.restart);
  section.text_list("confirm", installer.confirm);
  if (installer.backend == Backend::command && installer.command.empty()) {
    section.refuse("backend", "\"command\" needs the key command, the program that installs");
  }
  if (installer.backend == Backend::swupdate && installer.command.empty()) installer.command = {"swupdate-client"};
  if (installer.backend == Backend::file && (installer.slots.size() != 2 || installer.active.empty())) {
    section.refuse("backend", "\"file\" needs the keys slots, two paths, and active, the link to the one in use");
  }
  if (installer.restart.empty() != installer.confirm.empty()) {
    section.refuse("restart",
                   "needs the key confirm, the program that tells which image runs, and the other way round");
  }
}

}  // namespace

void read_retry(TomlSection& section, RetryConfig& retry) {
  section.number("count", 0, 100, [&](std::int64_t value) { retry.count = static_cast<unsigned>(value); });
  double first = static_cast<double>(retry.first.count()) / 1000;
  double longest = static_cast<double>(retry.max.count()) / 1000;
  section.real("first_s", 0, 86400, first);
  section.real("factor", 1, 100, retry.factor);
  section.real("max_s", 0, 86400, longest);
  retry.first = std::chrono::milliseconds(std::llround(first * 1000));
  retry.max = std::chrono::milliseconds(std::llround(longest * 1000));
}

void read_fumo_section(TomlSection& section, const std::string& file, ToolConfig& config) {
  FumoConfig& fumo = config.client.fumo;
  read_installer(section, config);
  read_trust(section, config);
  read_policy(section, config);
  section.path("work_dir", fumo.work_dir);
  section.number("max_size", 1, kAnyNumber, [&](std::int64_t v) { fumo.max_size = static_cast<std::uint64_t>(v); });
  section.number("max_rate", 0, kAnyNumber, [&](std::int64_t v) { fumo.max_rate = static_cast<std::uint64_t>(v); });
  section.text_list("types", fumo.types);
  for (std::string& type : fumo.types) type = to_lower(type);
  section.number("give_up_after_h", 1, kYear / 3600,
                 [&](std::int64_t v) { fumo.give_up_after = std::chrono::hours(v); });
  section.boolean("report_prefix", fumo.report_prefix);
  if (const toml::table* table = section.table("retry")) {
    TomlSection retry(*table, "fumo.retry", file);
    read_retry(retry, fumo.retry);
    section.adopt(retry.finish());
  }
}

}  // namespace omadm
