// What must be known of an operation on a firmware package after a restart. FUMO-025, FUMO-070.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dmtree/management_object.h"
#include "dmtree/tree.h"
#include "mo/fumo/update_result.h"

namespace omadm {

enum class UpdateKind : std::uint8_t { none, download, update, download_and_update };

// By the name of the node executed, "Download", "Update" or "DownloadAndUpdate".
UpdateKind update_kind_from(std::string_view node_name) noexcept;
std::string_view to_string(UpdateKind kind) noexcept;  // the last word of the alert's type, "" for none

// Kept below ./.omadm/fumo/<name of x>. A default one: nothing is going on and nothing is owed.
struct OperationRecord {
  UpdateKind kind = UpdateKind::none;
  std::string server_id;   // whose Exec it was; empty: the device's own, nobody gets a report
  std::string correlator;  // of the Exec, may be empty
  std::string url;         // of the package; empty for Update
  UpdateResult result = UpdateResult::none;
  bool reported = false;       // the report is in the hands of the client
  std::uint64_t finished = 0;  // the how manieth operation of the device to end, from 1; 0: not yet (FUMO-033)
  // The package, when it is on the device as a file.
  std::string file;
  std::uint64_t size = 0;
  std::string sha256;  // lower-case hexadecimal
  // Where it came from, and who wants to know what became of it, both relative to `base` unless that is empty.
  std::string package_url, notify_url, base;

  std::int64_t accepted_at = 0;  // the Exec, seconds since 1970
  unsigned postponed = 0;        // how often the user wanted to be asked later
  bool consented = false;        // the user has agreed to the installation, or need not be asked
  bool begun = false;            // the installer was called
  bool restarting = false;       // … and wants the device restarted
  std::string version;           // … into this version, may be empty

  // Whether its kind promises an installation once the package is ready.
  bool goes_on_to_update() const noexcept {
    return kind == UpdateKind::download_and_update && result == UpdateResult::none;
  }
};

OperationRecord read_operation(const Transaction& device, std::string_view x);
Result<void> write_operation(Transaction& device, std::string_view x, const OperationRecord& record);
Result<void> remove_operation(Transaction& device, std::string_view x);

// Whether its result is known and the report not yet in the hands of the client.
bool is_owed(const OperationRecord& record) noexcept;

// The report of a finished operation on `x_uri`. FUMO-030, section "Generic Alert".
GenericAlert report_of(const OperationRecord& record, const Uri& x_uri, bool with_domain_prefix);

}  // namespace omadm
