#include "tools/dm-client/check_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/io/file_system.h"
#include "client/bootstrap_places.h"
#include "client/push_doors.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/store/journal_store.h"
#include "tools/common/exit_code.h"
#include "tools/common/output.h"
#include "tools/dm-client/device_identity.h"

namespace omadm {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMaxPem = 16U << 20U;

// Collected results: what would be used, and problems by exit status.
struct Findings {
  Json used = Json::object();
  std::vector<std::string> problems;
  std::vector<std::string> notices;
  int exit = kExitDone;

  void problem(int status, std::string text) {
    problems.push_back(std::move(text));
    exit = std::max(exit, status);
  }
};

void check_pem(const char* key, const std::string& path, std::string_view label, Findings& findings) {
  if (path.empty()) return;
  PosixFileSystem files;
  const auto content = files.read(path, kMaxPem);
  if (!content) return findings.problem(kExitUsage, fmt::format("{}: {}", key, content.error().detail));
  if (content->find(fmt::format("-----BEGIN {}", label)) == std::string::npos &&
      content->find(label) == std::string::npos) {
    findings.problem(kExitUsage, fmt::format("{}: {} holds no {} in PEM", key, path, label));
  }
}

void check_tls(const ToolConfig& config, Findings& findings) {
  const TlsOptions& tls = config.client.tls;
  check_pem("[tls] ca_file", tls.ca_file, "CERTIFICATE", findings);
  check_pem("[tls] client_cert", tls.client_cert, "CERTIFICATE", findings);
  check_pem("[tls] client_key", tls.client_key, "PRIVATE KEY", findings);
  check_pem("[bootstrap] ca_file", config.client.bootstrap.ca_file, "CERTIFICATE", findings);
  if (tls.client_cert.empty() != tls.client_key.empty()) {
    findings.problem(kExitUsage, "[tls] client_cert and client_key: one needs the other");
  }
  PosixFileSystem files;
  if (!tls.ca_dir.empty() && !files.list(tls.ca_dir)) {
    findings.problem(kExitUsage, "[tls] ca_dir: " + tls.ca_dir + " is no folder that can be read");
  }
  findings.used["tls"] = {{"trust", !tls.ca_file.empty()  ? tls.ca_file
                                    : !tls.ca_dir.empty() ? tls.ca_dir
                                                          : "system"},
                          {"client_cert", tls.client_cert},
                          {"min_version", tls.min_version},
                          {"pinned_keys", tls.pinned_spki.size()}};
}

void check_device(const ToolConfig& config, Findings& findings) {
  std::vector<std::string> guessed;
  const DeviceIdentity device = complete_identity(config.device, guessed);
  findings.used["device"] = {
      {"dev_id", device.dev_id},   {"man", device.man}, {"mod", device.mod}, {"dmv", device.dmv}, {"lang", device.lang},
      {"dev_typ", device.dev_typ}, {"oem", device.oem}, {"fwv", device.fwv}, {"swv", device.swv}, {"hwv", device.hwv}};
  if (!guessed.empty()) {
    findings.notices.push_back(
        fmt::format("[device] {}: not configured, taken from this machine", fmt::join(guessed, ", ")));
  }
}

void check_files(const ObjectFile& object, Json& used, Findings& findings) {
  if (object.files.empty()) return;
  Json shown = Json::object();
  for (const FileLeaf& leaf : object.files) {
    shown[leaf.uri.str()] = {{"path", leaf.path}, {"max_size", leaf.max_size}};
    std::error_code failed;
    const std::filesystem::path path(leaf.path);
    const auto problem = [&](const std::string& what) {
      findings.problem(kExitUsage, fmt::format("[[mo]] files {}: {}", leaf.uri.str(), what));
    };
    if (std::filesystem::is_directory(path, failed)) {
      problem(leaf.path + " is a folder");
    } else if (const auto above = path.parent_path();
               std::filesystem::exists(above, failed) && !std::filesystem::is_directory(above, failed)) {
      problem(above.string() + " is no folder");
    }
  }
  used["files"] = std::move(shown);
}

void check_program(const char* key, const std::vector<std::string>& command, Findings& findings) {
  if (command.empty() || command[0].find('/') == std::string::npos) return;
  PosixFileSystem files;
  // Whether it is there; whether it may be run, the kernel says when it is.
  const auto content = files.read(command[0], 1);
  if (!content && content.error().code == Errc::not_found) {
    findings.problem(kExitUsage, fmt::format("{}: {}", key, content.error().detail));
  }
}

void check_store(const std::string& state_directory, Findings& findings) {
  PosixFileSystem files;
  Json store = {{"directory", state_directory}};
  auto opened = JournalStore::open(files, state_directory);
  if (!opened) {
    store["state"] = "new";
    if (opened.error().code != Errc::not_found) findings.problem(kExitStore, opened.error().detail);
    findings.used["store"] = std::move(store);
    return;
  }
  // Loading writes nothing, so a daemon that holds the lock is not disturbed.
  auto report = (*opened)->load([](const CommitRecord&) { return Result<void>(); });
  if (!report) {
    store["state"] = "damaged";
    findings.problem(kExitStore, "store: " + report.error().detail);
  } else {
    store["state"] = report->records == 0 ? "empty" : "in use";
    store["generation"] = report->generation;
    store["records"] = report->records;
    for (const std::string& problem : report->problems) findings.problem(kExitStore, "store: " + problem);
  }
  findings.used["store"] = std::move(store);
}

void check_rest(const ToolConfig& config, Findings& findings) {
  const ClientConfig& client = config.client;
  findings.used["session"] = {{"encoding", to_string(client.encoding)},
                              {"version", ver_proto(client.version)},
                              {"max_msg_size", client.max_msg_size},
                              {"max_obj_size", client.max_obj_size},
                              {"timeout_s", client.timeout.count()}};
  findings.used["security"] = {{"min_client_auth", to_string(client.min_client_auth)},
                               {"allow_http", client.allow_http},
                               {"allow_basic", client.allow_basic}};
  if (const auto doors = PushDoors::check(client.notification); !doors) {
    findings.problem(kExitUsage, doors.error().detail);
  }
  findings.used["notification"] = {
      {"udp", client.notification.udp}, {"sip", client.notification.sip}, {"http", client.notification.http}};
  findings.used["bootstrap"] = {{"url", client.bootstrap.urls},
                                {"discovery", client.bootstrap.discovery},
                                {"offline_url", client.bootstrap.offline_urls}};
  if (const auto places = check_places(client.bootstrap); !places) {
    findings.problem(kExitUsage, places.error().detail);
  }
  constexpr const char* backends[] = {"", "command", "file", "rauc", "swupdate"};
  const PackageTrust& trust = client.fumo.trust;
  findings.used["fumo"] = {{"backend", backends[static_cast<std::size_t>(config.installer.backend)]},
                           {"command", config.installer.command},
                           {"verified_by", !trust.certificate_file.empty()  ? trust.certificate_file
                                           : !trust.public_key_file.empty() ? trust.public_key_file
                                           : trust.installer_checks         ? "installer"
                                                                            : "nobody"},
                           {"work_dir", client.fumo.work_dir},
                           {"max_size", client.fumo.max_size}};
  check_pem("[fumo] certificate", trust.certificate_file, "CERTIFICATE", findings);
  check_pem("[fumo] public_key", trust.public_key_file, "PUBLIC KEY", findings);
  Json objects = Json::array();
  for (const ObjectFile& object : config.objects) {
    objects.push_back({{"ddf", object.ddf_file}, {"handler", object.handler}});
    check_files(object, objects.back(), findings);
    check_program("[[mo]] handler", object.handler, findings);
    Ddf ddf;
    if (auto added = ddf.add(object.ddf, object.ddf_file); !added) findings.problem(kExitUsage, added.error().detail);
  }
  findings.used["mo"] = std::move(objects);
  if (!config.trace_file.empty()) findings.used["trace"] = config.trace_file;
  check_program("[fumo] command", config.installer.command, findings);
  check_program("[fumo] verify", config.installer.verify, findings);
  check_program("[fumo] restart", config.installer.restart, findings);
  check_program("[fumo] confirm", config.installer.confirm, findings);
  check_program("[ui] command", config.ui_command, findings);
}

std::string value_text(const Json& value) {
  if (value.is_string()) return value.get<std::string>().empty() ? "-" : one_line(value.get<std::string>());
  if (value.is_array() && value.empty()) return "-";
  return terminal_safe(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void print_text(const Findings& findings) {
  for (const auto& [section, values] : findings.used.items()) {
    if (!values.is_object()) {
      write_out(fmt::format("{:<16}{}\n", section, value_text(values)));
      continue;
    }
    for (const auto& [key, value] : values.items()) {
      write_out(fmt::format("{:<16}{:<18}{}\n", section, key, value_text(value)));
    }
  }
  std::fflush(stdout);
  for (const std::string& notice : findings.notices) say("dm-client", "notice: " + notice);
  for (const std::string& problem : findings.problems) say("dm-client", problem);
  if (findings.problems.empty()) write_out("no problem found\n");
}

}  // namespace

int check_config(const std::string& state_directory, const Result<ToolConfig>& config, bool json) {
  Findings findings;
  if (config) {
    findings.used["files"] = config->sources;
    check_store(state_directory, findings);
    check_device(*config, findings);
    check_tls(*config, findings);
    check_rest(*config, findings);
  } else {
    findings.problem(kExitUsage, config.error().detail);
  }
  if (!json) {
    print_text(findings);
    return findings.exit;
  }
  Json document = std::move(findings.used);
  document["ok"] = findings.problems.empty();
  document["exit"] = findings.exit;
  document["problems"] = findings.problems;
  document["notices"] = findings.notices;
  write_out(json_text(document));
  return findings.exit;
}

}  // namespace omadm
