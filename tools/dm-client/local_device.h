// A client on a state directory of this machine: lock, store, installer, client.
#pragma once

#include <memory>
#include <string>

#include "base/io/file_system.h"
#include "base/io/log.h"
#include "client/client.h"
#include "dmtree/store/journal_store.h"
#include "tools/dm-client/command_object.h"
#include "tools/dm-client/config_file.h"
#include "tools/dm-client/remote_user.h"
#include "tools/dm-client/terminal_user.h"
#include "tools/dm-client/trace_file.h"
#include "tools/dm-client/ui_command.h"

namespace omadm {

class LocalDevice {
 public:
  // Makes the directory when it is missing. unavailable: another process holds it, which the detail
  // names; corrupt; malformed: a description of [[mo]]. Without [ui] command the
  // user is `asked_here`, on this terminal, or by remote_user().
  static Result<std::unique_ptr<LocalDevice>> open(const std::string& state_directory, ToolConfig config, Log& log,
                                                   bool asked_here = false);

  Client& client() { return *client_; }
  const ToolConfig& config() const { return config_; }
  RemoteUser& remote_user() { return remote_; }
  const std::optional<Error>& store_failure() const { return store_->failure(); }
  // Whether the handlers of [[mo]] have done all they were told.
  bool handlers_idle() const;
  // Runs the loop until they have, at most `limit`.
  void let_handlers_finish(std::chrono::milliseconds limit);
  // Takes another configuration, [[mo]] excepted; on an error the old one stays.
  Result<void> reconfigure(ToolConfig config);

 private:
  LocalDevice(ToolConfig config, Log& log);
  Result<void> open_parts(const std::string& state_directory, bool asked_here);
  Result<void> attach_object(const ObjectFile& object);
  Result<void> set_trace();
  std::optional<Secret> network_secret();

  ToolConfig config_;
  Log& log_;
  PosixFileSystem files_;
  std::optional<FileLock> lock_;
  std::unique_ptr<JournalStore> store_;
  std::unique_ptr<TraceFile> trace_;
  UiCommand command_;
  TerminalUser terminal_;
  RemoteUser remote_;
  // [ui] command as long as it is set, else one of the others.
  class ChosenUser final : public UserInterface {
   public:
    ChosenUser(UiCommand& first, UserInterface*& second) : first_(first), second_(second) {}
    bool present() const override { return chosen().present(); }
    std::unique_ptr<Question> ask(const UserPrompt& prompt, Answered answered) override {
      return chosen().ask(prompt, std::move(answered));
    }

   private:
    UserInterface& chosen() const { return first_.present() ? first_ : *second_; }
    UiCommand& first_;
    UserInterface*& second_;
  };
  UserInterface* without_command_ = &remote_;
  ChosenUser user_{command_, without_command_};
  UpdateConditions conditions_;
  std::unique_ptr<Installer> installer_;
  std::unique_ptr<Client> client_;
  std::vector<std::unique_ptr<CommandObject>> objects_;
  std::vector<std::unique_ptr<FileLeaves>> file_leaves_;
};

// Exit status for an error of `open`.
int open_exit(Errc code);

}  // namespace omadm
