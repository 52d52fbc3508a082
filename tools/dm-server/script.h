// What a lab script says, as plain structs. The keys are described in docs/dm-server.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/crypto/secret.h"
#include "base/result.h"
#include "syncml/auth/credential.h"
#include "syncml/message.h"
#include "tools/dm-server/edited_message.h"
#include "tools/dm-server/http_auth.h"
#include "tools/dm-server/push_sender.h"

namespace omadm::server {

enum class FaultKind : std::uint8_t {
  // before a message is looked at
  http_status,
  redirect,
  redirect_loop,
  drop_request,
  // in the message sent
  wrong_mac,
  wrong_password,
  stale_nonce,
  no_credentials,
  wrong_session_id,
  garbage,
  oversize,
  deep_nesting,
  duplicate_message,
  // in the way it is sent
  truncated_body,
  slow_body,
  drop_connection,
  half_close,
  wrong_content_type,
};
std::string_view to_string(FaultKind kind) noexcept;
std::optional<FaultKind> fault_kind_from(std::string_view name) noexcept;

struct Fault {
  FaultKind kind = FaultKind::http_status;
  int status = 503;                // http_status, redirect
  std::optional<int> retry_after;  // http_status, seconds
  unsigned times = 1;              // how often it strikes
  std::uint64_t octets = 0;        // truncated_body, drop_connection: sent before the end; oversize: padding
  unsigned delay_ms = 100;         // slow_body: between pieces
  unsigned depth = 200;            // deep_nesting
  std::string location;            // redirect; empty: this server
  std::string content_type;        // wrong_content_type
};

struct AccountScript {
  std::string name;
  std::string device;  // the device this account is for; empty: any
  AuthType client_auth = AuthType::md5;
  AuthType server_auth = AuthType::md5;
  std::string client_user;
  Secret client_password;
  std::optional<Octets> client_nonce;
  std::string server_id;    // default: that of [server]
  std::string server_name;  // default: server_id
  Secret server_password;
  std::optional<Octets> server_nonce;
  bool per_message = false;         // md5: a fresh challenge with every message (status 200 instead of 212)
  bool wait_for_challenge = false;  // no server credentials before the client asks
};

struct ItemScript {
  std::string uri, source;
  std::string format, type, mark;
  std::optional<Octets> data;
  bool more = false;       // MoreData: the rest comes with another command of the script
  std::uint64_t size = 0;  // Meta Size, octets; 0: none
};

// What must come back for one command.
struct Expectation {
  std::vector<int> statuses;  // empty: any status, but one
  std::optional<Octets> data;
  std::optional<std::string> matches;  // regular expression over the data
  std::optional<std::vector<std::string>> children;
  std::optional<std::string> format, type;
  std::string save;  // name of the variable that takes the data
};

struct CommandScript {
  CommandName name = CommandName::get;
  std::string code;  // of an Alert
  std::vector<ItemScript> items;
  std::string correlator;
  std::uint64_t chunk = 0;  // send the data in pieces of at most so many octets; 0: as large as they fit
  std::vector<CommandScript> children;
  Expectation expect;
};

struct PackageScript {
  std::vector<CommandScript> commands;
  std::vector<Fault> faults;
  unsigned delay_ms = 0;                      // before it is sent
  bool final_message = true;                  // false: without Final, the package goes on with the next of the script
  std::vector<Edit> edits;                    // made in each of its messages
  std::optional<std::uint8_t> wbxml_version;  // 1.n
};

// An alert the client must send.
struct AlertScript {
  std::string code = "1226";
  std::optional<std::string> type, data, matches, source, correlator, mark;
  int status = 200;  // what it is answered
};

struct NotifyScript {
  std::string to;  // HOST:PORT, or of HTTP a URL; empty: not sent
  Bearer via = Bearer::udp;
  std::string wrong;  // one of notification_wrongs(), "": nothing
  std::string session_id;
  unsigned ui_mode = 1;
  bool server_initiated = true;
  unsigned after_ms = 0;
  unsigned repeat = 1;
  unsigned every_ms = 1000;
  std::string nonce = "stored";  // stored, default, stale
  Octets vendor;
};

enum class SessionEnding : std::uint8_t { completed, aborted, silent, unauthenticated, any };

struct SessionScript {
  std::string name;
  std::string account;
  std::string alert;       // 1200 or 1201 expected in package 1; empty: either
  std::string session_id;  // expected; empty: any
  std::map<std::string, std::string> devinfo;
  std::vector<PackageScript> packages;
  std::vector<AlertScript> alerts;
  std::optional<NotifyScript> notify;
  SessionEnding ends = SessionEnding::completed;
  unsigned silence_ms = 1500;  // so long without a message is silence
};

struct BootstrapScript {
  bool enabled = false;
  std::string path = "/bootstrap";
  std::string account;
  std::string answer = "dm+wbxml";  // dm+wbxml, dm+xml, tnds+xml, tnds+wbxml, cp+wbxml, cp+xml, file
  Octets document;                  // answer = "file"
  std::string content_type;
  int status = 200;
  std::string node = "1";  // name of the account's node
  std::string mo_id;
  std::string address;  // default: this server
  std::string auth_pref;
  std::optional<std::string> device, username, passphrase;
  std::string sec, secret;  // parameters of the content type; the secret as it is, or made of these two:
  std::string imsi, pin;
  std::vector<Fault> faults;
};

struct FirmwareScript {
  std::string path;
  std::string file;  // may hold variables; relative to the script
  std::uint64_t size = 0;
  std::uint64_t seed = 1;
  std::string content_type = "application/octet-stream";
  std::string etag;
  bool ranges = true;
  std::optional<std::uint64_t> corrupt_at;
  std::vector<Fault> faults;
};

struct Script {
  std::string directory;  // of the script's file
  std::string server_id = "srv.example.com";
  std::string path = "/dm";
  std::string url;       // of this server; empty: from the address it listens on
  std::string encoding;  // "xml", "wbxml"; empty: as the client
  std::string version = "DM/1.2";
  std::uint64_t max_msg_size = 65536;  // announced, and the largest message sent
  std::uint64_t max_obj_size = 4U << 20U;
  bool announce_sizes = false;
  bool resp_uri = false;
  bool strict = true;  // breaches of the protocol count as failures
  unsigned timeout_ms = 30000;
  unsigned attempts = 3;  // of either side to authenticate
  bool per_device = true;
  HttpAuthScript http_auth;  // asked of every DM message
  std::vector<AccountScript> accounts;
  std::vector<SessionScript> sessions;
  std::vector<AlertScript> alerts;  // in any session
  BootstrapScript bootstrap;
  std::vector<FirmwareScript> firmware;
  std::map<std::string, std::string> variables;

  const AccountScript* account(std::string_view name) const noexcept;  // null: none of that name
};

// Reads a TOML file. An unknown key is an error that names file, line and key. not_found, malformed.
Result<Script> load_script(const std::string& path);

}  // namespace omadm::server
