#include "tools/dm-server/script.h"

#include <algorithm>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "tools/dm-server/script_parts.h"
#include "tools/dm-server/toml_keys.h"

namespace omadm::server {
namespace {

AuthType read_auth(TomlKeys& keys, std::string_view key, AuthType fallback) {
  const std::optional<std::string> name = keys.optional_text(key);
  if (!name) return fallback;
  for (const AuthType type : {AuthType::none, AuthType::basic, AuthType::md5, AuthType::mac}) {
    if (to_string(type) == *name) return type;
  }
  keys.fail(key, "must be none, basic, md5 or mac");
  return fallback;
}

AccountScript read_account(TomlKeys& keys, const std::string& directory) {
  AccountScript account;
  account.name = keys.text("name");
  account.device = keys.text("device");
  account.client_auth = read_auth(keys, "client_auth", AuthType::md5);
  account.server_auth = read_auth(keys, "server_auth", AuthType::md5);
  account.client_user = keys.text("client_user");
  account.client_password = Secret(keys.octets("client_password", directory).value_or(Octets()));
  account.client_nonce = keys.octets("client_nonce", directory);
  account.server_id = keys.text("server_id");
  account.server_name = keys.text("server_name");
  account.server_password = Secret(keys.octets("server_password", directory).value_or(Octets()));
  account.server_nonce = keys.octets("server_nonce", directory);
  account.per_message = keys.flag("per_message", false);
  account.wait_for_challenge = keys.flag("wait_for_challenge", false);
  if (account.server_id.find_first_of("=&*+ \t") != std::string::npos)
    keys.fail("server_id", "holds = & * + or a space");
  if (account.client_auth == AuthType::basic && account.client_user.find(':') != std::string::npos) {
    keys.fail("client_user", "holds a colon, which basic authentication cannot carry");
  }
  return account;
}

BootstrapScript read_bootstrap(TomlKeys& keys, const std::string& directory) {
  BootstrapScript out;
  out.enabled = true;
  out.path = keys.text("path", out.path);
  out.account = keys.text("account");
  out.answer = keys.text("answer", out.answer);
  constexpr std::string_view kAnswers[] = {"dm+wbxml", "dm+xml", "tnds+xml", "tnds+wbxml",
                                           "cp+wbxml", "cp+xml", "file"};
  if (std::find(std::begin(kAnswers), std::end(kAnswers), out.answer) == std::end(kAnswers)) {
    keys.fail("answer", "must be dm+wbxml, dm+xml, tnds+xml, tnds+wbxml, cp+wbxml, cp+xml or file");
  }
  out.document = keys.octets("document", directory).value_or(Octets());
  out.content_type = keys.text("content_type");
  out.status = static_cast<int>(keys.number("status", 200));
  out.node = keys.text("node", out.node);
  out.mo_id = keys.text("mo_id", "urn:oma:mo:oma-dm-dmacc:1.0");
  out.address = keys.text("address");
  out.auth_pref = keys.text("auth_pref");
  out.device = keys.optional_text("device");
  out.username = keys.optional_text("username");
  out.passphrase = keys.optional_text("passphrase");
  out.sec = keys.text("sec");
  out.secret = keys.text("secret");
  out.imsi = keys.text("imsi");
  out.pin = keys.text("pin");
  if (!parse_unsigned(out.imsi.empty() ? "0" : out.imsi)) keys.fail("imsi", "must be digits");
  out.faults = read_faults(keys, "fault");
  return out;
}

FirmwareScript read_firmware(TomlKeys& keys) {
  FirmwareScript out;
  out.path = keys.text("path");
  if (!out.path.starts_with("/")) keys.fail("path", "must begin with /");
  out.file = keys.text("file");
  out.size = keys.number("size", 0);
  out.seed = keys.number("seed", 1);
  if (out.file.empty() && out.size == 0) keys.fail("path", "needs a file or a size");
  out.content_type = keys.text("content_type", out.content_type);
  out.etag = keys.text("etag");
  out.ranges = keys.flag("ranges", true);
  if (keys.has("corrupt_at")) out.corrupt_at = keys.number("corrupt_at", 0);
  out.faults = read_faults(keys, "fault");
  return out;
}

HttpAuthScript read_http_auth(TomlKeys& keys) {
  HttpAuthScript auth;
  const std::string kind = keys.text("http_auth", "none");
  if (kind == "basic") auth.kind = HttpAuthKind::basic;
  if (kind == "digest") auth.kind = HttpAuthKind::digest;
  if (kind != "none" && auth.kind == HttpAuthKind::none) keys.fail("http_auth", "must be none, basic or digest");
  auth.user = keys.text("http_user");
  auth.password = Secret(keys.text("http_password"));
  if (auth.kind != HttpAuthKind::none && auth.user.empty()) keys.fail("http_user", "missing");
  return auth;
}

void read_server(TomlKeys& keys, Script& script) {
  script.server_id = keys.text("id", script.server_id);
  script.path = keys.text("path", script.path);
  script.url = keys.text("url");
  script.encoding = keys.text("encoding", "as client");
  if (script.encoding == "as client") script.encoding.clear();
  if (!script.encoding.empty() && script.encoding != "xml" && script.encoding != "wbxml") {
    keys.fail("encoding", "must be xml, wbxml or \"as client\"");
  }
  script.version = keys.text("version", script.version);
  script.announce_sizes = keys.has("max_msg_size") || keys.has("max_obj_size");
  script.max_msg_size = keys.number("max_msg_size", script.max_msg_size);
  script.max_obj_size = keys.number("max_obj_size", script.max_obj_size);
  script.resp_uri = keys.flag("resp_uri", false);
  script.strict = keys.flag("strict", true);
  script.http_auth = read_http_auth(keys);
  script.timeout_ms = static_cast<unsigned>(keys.number("timeout_ms", script.timeout_ms));
  script.attempts = static_cast<unsigned>(keys.number("attempts", script.attempts));
  script.per_device = keys.text("sessions", "each device") == "each device";
}

bool wants_nonce(AuthType type) { return type == AuthType::md5 || type == AuthType::mac; }

// What is left out in an account follows from [server]. Who is told everything by bootstrap gets nonces, too.
void complete(Script& script) {
  constexpr std::size_t kNonceSize = 16;
  for (AccountScript& account : script.accounts) {
    if (script.bootstrap.enabled && wants_nonce(account.client_auth) && !account.client_nonce) {
      account.client_nonce = random_octets(kNonceSize);
    }
    if (script.bootstrap.enabled && wants_nonce(account.server_auth) && !account.server_nonce) {
      account.server_nonce = random_octets(kNonceSize);
    }
    if (account.server_id.empty()) account.server_id = script.server_id;
    if (account.server_name.empty()) account.server_name = account.server_id;
    if (account.name.empty()) account.name = account.client_user.empty() ? account.server_id : account.client_user;
  }
}

Result<void> check_names(const Script& script, const std::string& path) {
  const auto known = [&](const std::string& name) { return name.empty() || script.account(name) != nullptr; };
  for (const SessionScript& session : script.sessions) {
    if (!known(session.account)) {
      return Error{Errc::malformed, path + ": session \"" + session.name + "\" names the account " + session.account +
                                        ", which is not there"};
    }
  }
  if (!known(script.bootstrap.account)) {
    return Error{Errc::malformed, path + ": [bootstrap] names an account that is not there"};
  }
  if (script.accounts.empty()) return Error{Errc::malformed, path + ": no [[account]]"};
  return {};
}

}  // namespace

const AccountScript* Script::account(std::string_view name) const noexcept {
  for (const AccountScript& entry : accounts) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

Result<Script> load_script(const std::string& path) {
  const Octets text = DM_TRY(read_file(path));
  const toml::parse_result parsed = toml::parse(text, path);
  if (!parsed) {
    return Error{Errc::malformed, path + ":" + std::to_string(parsed.error().source().begin.line) + ": " +
                                      std::string(parsed.error().description())};
  }
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash);
  Script script;
  script.directory = directory;
  TomlKeys keys(parsed.table(), path);
  keys.each("server", [&](TomlKeys& table) { read_server(table, script); });
  keys.each("account", [&](TomlKeys& table) { script.accounts.push_back(read_account(table, directory)); });
  keys.each("session", [&](TomlKeys& table) {
    script.sessions.push_back(read_session(table, directory));
    if (script.sessions.back().name.empty()) script.sessions.back().name = std::to_string(script.sessions.size());
  });
  keys.each("alert", [&](TomlKeys& table) { script.alerts.push_back(read_alert(table)); });
  keys.each("bootstrap", [&](TomlKeys& table) { script.bootstrap = read_bootstrap(table, directory); });
  keys.each("firmware", [&](TomlKeys& table) { script.firmware.push_back(read_firmware(table)); });
  static_cast<void>(keys.node("client"));  // for whoever runs the client
  if (const toml::node* const node = keys.node("variables")) {
    if (const toml::table* const table = node->as_table()) {
      for (const auto& [name, value] : *table) {
        const std::optional<std::string> text_value = value.value<std::string>();
        if (!text_value) keys.fail(value, name.str(), "must be text");
        script.variables[std::string(name.str())] = text_value.value_or(std::string());
      }
    }
  }
  DM_TRY(keys.finish());
  complete(script);
  DM_TRY(check_names(script, path));
  return script;
}

}  // namespace omadm::server
