// What firmware updates need of the client around them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/io/event_loop.h"
#include "base/io/log.h"
#include "base/ports/http_client.h"
#include "base/result.h"
#include "dmtree/management_object.h"
#include "dmtree/tree.h"
#include "mo/common/download.h"
#include "mo/common/package_check.h"
#include "mo/fumo/firmware_slot.h"
#include "mo/fumo/update_adviser.h"

namespace omadm {

struct HttpLogin {
  std::string username, password;
  HttpAuthType auth = HttpAuthType::any;  // what the server may ask for
};

// References must outlive the object.
struct FumoContext {
  Tree& tree;
  EventLoop& loop;
  HttpClient& http;
  FirmwareSlot* slot = nullptr;  // null: nothing can be installed
  Log& log;
  // Takes charge of a report: once the transaction, where it says so, is durable, the alert is sent until it was
  // acknowledged. After an error, also of the commit, it is called again later, with the same alert (FUMO-071).
  std::function<Result<void>(Transaction&, const GenericAlert&)> report;
  UpdateAdviser* adviser = nullptr;  // null: nothing stands against anything, and nobody is there to ask
  // What the host of `url` may be told when it asks who the device is, on behalf of `server_id`. May be empty.
  std::function<std::optional<HttpLogin>(std::string_view server_id, std::string_view url)> login = {};
};

struct FumoSettings {
  std::string work_dir;  // packages on their way; empty: none can be taken
  TlsOptions tls;
  bool allow_http = false;
  std::uint64_t max_size = 1ULL << 30U;  // octets of a package
  std::chrono::seconds connect_timeout{30};
  std::chrono::seconds idle_timeout{60};
  DownloadRetry retry;
  std::vector<std::string> types;  // media types of packages; empty: any
  PackageTrust trust;
  std::uint64_t max_rate = 0;  // octets a second of downloads; 0: no limit
  UpdateConsent consent = UpdateConsent::never;
  std::chrono::seconds postpone{3600};              // until the user is asked again who answered "later"
  unsigned max_postponed = 10;                      // "later" so often; then it counts as refused
  std::chrono::seconds outage{0};                   // told to the user
  std::chrono::milliseconds look_again{5000};       // while the device wants something to wait
  std::chrono::seconds give_up_waiting{7 * 86400};  // after Exec; then result 400
  bool report_prefix = false;                       // "Reversed-Domain-Name: " before the alert type (FUMO-030)
  // The package object made at start when there is none, and its ACL: a server that may neither add one nor
  // change ACLs could do nothing with it otherwise.
  std::string default_instance = "1";
  std::string default_acl = "Exec=*&Get=*&Replace=*";
};

// Where an operation stands, for people.
struct PackageStatus {
  std::string uri;                       // of the package object
  std::uint64_t received = 0, size = 0;  // octets; size 0: unknown
  std::string state;                     // "downloading", "updating 40%" …
};

}  // namespace omadm
