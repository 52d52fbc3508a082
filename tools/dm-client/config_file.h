// The configuration of dm-client: TOML, product keys, one place that knows them all (UI-011).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bootstrap/bootstrap.h"
#include "client/config.h"
#include "client/platform.h"
#include "dmtree/store/journal_store.h"
#include "tools/common/object_files.h"
#include "tools/dm-client/installer.h"
#include "tools/dm-client/update_conditions.h"

namespace omadm {

struct ToolConfig {
  ClientConfig client;
  DeviceIdentity device;                // as configured; empty ones are for device_identity.h
  InstallerConfig installer;            // [fumo]
  UpdateConditionsConfig conditions;    // [fumo] and [ui]
  std::vector<std::string> ui_command;  // [ui] command
  std::string trace_file;
  std::string imsi_file;                          // [bootstrap]: the secret shared with the network
  std::uint64_t history_octets = kHistoryOctets;  // [store] history
  bool bootstrap_https = true;
  bool bootstrap_file = true;
  bool bootstrap_smartcard = true;
  std::vector<ObjectFile> objects;   // [[mo]]
  std::vector<std::string> sources;  // files read, in order
};

// Reads `file`, or when it is empty the default places, of which none need exist. Relative paths in a
// file are relative to its folder. malformed: "file:line: [section] key: what is wrong".
Result<ToolConfig> read_config(const std::string& file, const std::string& state_directory);

}  // namespace omadm
