// Everything a Client can be told. Defaults are safe; tools fill it from TOML (UI-011).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/markup/markup.h"
#include "base/ports/http_client.h"
#include "dmtree/uri.h"
#include "mo/common/package_check.h"
#include "mo/fumo/update_adviser.h"
#include "syncml/session/session.h"

namespace omadm {

struct RetryConfig {
  unsigned count = 3;
  std::chrono::milliseconds first{1000};
  double factor = 2.0;
  std::chrono::milliseconds max{60000};
};

struct NotificationConfig {
  // Doors for notifications, each "address:port"; empty: not opened.
  std::string udp, sip, http;
  std::vector<std::string> sip_senders;  // addresses and ranges, "192.0.2.0/24"; empty: this machine
  bool sip_raw = false;                  // an OMA Push body may be the trigger itself (SIP-006)
  bool http_beyond_loopback = false;     // `http` may be an address others reach (NOT-111)
  enum class Ui : std::uint8_t { allow, deny, ask } ui = Ui::deny;  // ui-mode 3 without a user interface (NOT-057)
  std::vector<std::string> version_1_0;  // ServerIDs whose notifications may be those of DM 1.1.2 (NOT-032)
  bool nonce_resync = true;              // SEC-101
  unsigned max_per_hour = 10;            // accepted triggers an account (NOT-039)
  std::chrono::seconds max_age{86400};   // a trigger is remembered for so long (NOT-043)
};

struct BootstrapConfig {
  std::vector<std::string> urls;  // tried in order
  // SRV records of bootstrap servers, "_service._tcp.example.com": looked for when no URL had a document. Empty: the
  // standard's name for them is not known for sure, so none is guessed (BOOT-090).
  std::string discovery;
  std::string discovery_path = "/";  // asked there
  std::string dns_server;            // "192.0.2.53:53"; empty: the system's
  // On a local link, asked when no other server can be reached; their accounts stand behind others (MCPTT-014).
  std::vector<std::string> offline_urls;
  std::string ca_file;  // empty: that of [tls]
  std::string username;
  Octets passphrase;
  std::string push_address;
  unsigned pin_tries = 3;              // a message (BOOT-033)
  unsigned max_forged = 10;            // wrong MACs or PINs in a row before all are refused for a while
  std::chrono::seconds lockout{3600};  // for how long
  bool push = true;                    // documents that bearers deliver are taken; never without MAC
  std::string smartcard;               // directory or PC/SC reader, read at the start; empty: none
  std::string factory;                 // text of the factory's document; empty: none
  // Media types taken as an answer (BOOT-085).
  std::vector<std::string> accept_types = {"application/vnd.syncml.dm+wbxml", "application/vnd.syncml.dm+xml",
                                           "application/vnd.syncml.dmtnds+wbxml", "application/vnd.syncml.dmtnds+xml"};
};

struct FumoConfig {
  PackageTrust trust;                    // with nothing set no package is taken
  std::vector<std::string> types;        // media types of packages; empty: any
  std::string work_dir;                  // downloads; empty: FUMO only accepts no packages
  std::uint64_t max_size = 1ULL << 30U;  // octets of a package
  // Of downloads, over restarts: so many failures within give_up_after. FUMO-067.
  RetryConfig retry{9, std::chrono::milliseconds(1000), 2.0, std::chrono::milliseconds(600000)};
  std::chrono::hours give_up_after{7 * 24};
  std::uint64_t max_rate = 0;                       // octets a second of a download; 0: no limit
  UpdateConsent consent = UpdateConsent::never;     // whether Platform::updates is asked before an installation
  std::chrono::seconds postpone{3600};              // until it is asked again
  std::chrono::seconds outage{0};                   // how long an installation takes, told to the user
  std::chrono::seconds give_up_waiting{7 * 86400};  // for the user, the network, the battery; after the Exec
  bool report_prefix = false;                       // "Reversed-Domain-Name: " before the alert type (FUMO-030)
};

struct ClientConfig {
  Encoding encoding = Encoding::wbxml;
  DmVersion version = DmVersion::dm12;
  std::uint32_t max_msg_size = 65536;
  std::uint32_t max_obj_size = 4U << 20U;
  bool limits_files = false;  // max_obj_size holds for leaves with files, too; else they have limits of their own
  std::chrono::seconds timeout{60};
  RetryConfig retry;
  std::chrono::seconds poll_interval{0};  // a session with each server at least so often; 0: only when there is cause
  AuthType min_client_auth = AuthType::md5;
  bool allow_http = false;
  bool allow_basic = false;
  TlsOptions tls;
  UriLimits uri_limits{32, 1024, 255};
  std::chrono::seconds user_timeout{300};  // the user's time for a question; a server may ask for less (MAXDT)
  NotificationConfig notification;
  BootstrapConfig bootstrap;
  FumoConfig fumo;
  std::vector<std::string> extra_ddf;  // texts of further DDF documents
};

}  // namespace omadm
