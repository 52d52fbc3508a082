// A client on a state directory of this machine: lock, store, installer, client.
#pragma once

#include <memory>
#include <string>

#include "base/io/file_system.h"
#include "base/io/log.h"
#include "client/client.h"
#include "dmtree/store/journal_store.h"
#include "tools/dm-client/config_file.h"
#include "tools/dm-client/terminal_user.h"
#include "tools/dm-client/trace_file.h"
#include "tools/dm-client/ui_command.h"

namespace omadm {

class LocalDevice {
 public:
  // Makes the directory when it is missing. unavailable: another process holds it, which the detail
  // names; corrupt; malformed: a description of [[mo]]. Without [ui] command the user is `asked_here`: on the
  // terminal, or not at all.
  static Result<std::unique_ptr<LocalDevice>> open(const std::string& state_directory, ToolConfig config, Log& log,
                                                   bool asked_here = false);

  Client& client() { return *client_; }
  const ToolConfig& config() const { return config_; }
  // Takes another configuration; on an error the old one stays.
  Result<void> reconfigure(ToolConfig config);

 private:
  LocalDevice(ToolConfig config, Log& log);
  Result<void> open_parts(const std::string& state_directory, bool asked_here);
  Result<void> set_trace();

  ToolConfig config_;
  Log& log_;
  PosixFileSystem files_;
  std::optional<FileLock> lock_;
  std::unique_ptr<JournalStore> store_;
  std::unique_ptr<TraceFile> trace_;
  UiCommand user_;
  TerminalUser terminal_;
  UpdateConditions conditions_;
  std::unique_ptr<Installer> installer_;
  std::unique_ptr<Client> client_;
};

// Exit status for an error of `open`.
int open_exit(Errc code);

}  // namespace omadm
