// A management object whose behaviour is a program: [[mo]] handler.
#pragma once

#include <memory>
#include <vector>

#include "base/io/log.h"
#include "client/client.h"
#include "tools/common/object_files.h"
#include "tools/dm-client/handler_queue.h"

namespace omadm {

// Calls the program with a verb and a URI, never twice at a time, in the order of what happened:
// 1. get URI: once for each package that reads the leaf, before it is executed; its output is the value.
// 2. add, replace URI (the value is its input), delete URI, rename URI NEW-URI: after the commit is durable.
// 3. exec URI: answered 202; what becomes of it is owed to the server as a generic alert.
// What docs/vendor-objects.md says about it is the contract with those who write such programs.
class CommandObject final : public ManagementObject {
 public:
  // Attaches itself to the roots of `object`. `client` and `log` must outlive it. io.
  static Result<std::unique_ptr<CommandObject>> create(Client& client, const ObjectFile& object, Log& log);
  CommandObject(const CommandObject&) = delete;
  CommandObject& operator=(const CommandObject&) = delete;
  ~CommandObject() override;

  bool idle() const noexcept { return calls_->size() == 0; }

  // Of a change of a leaf in its subtree whose value is the file at `path`: FileLeaves owns that.
  void tell_of_file(const Edit& edit, const std::string& path) { tell(edit, path); }

  Result<std::optional<Octets>> read(const Uri& leaf) override;
  bool reads_slowly() const noexcept override { return true; }
  std::unique_ptr<LiveValues> fetch(std::vector<Uri> leaves, std::function<void()> ready) override;
  Result<void> check(const Transaction& after, Edits edits) override;
  void committed(Edits edits) noexcept override;
  Result<ExecOutcome> exec(const ExecRequest& request) override;

 private:
  struct Fetch;
  class FetchedValues;
  CommandObject(Client& client, std::unique_ptr<HandlerQueue> calls, Log& log);
  void ask(const std::shared_ptr<Fetch>& fetch, const Uri& leaf);
  void tell(const Edit& edit, const std::string& file = {});
  void forget_values(const Edit& edit);
  void report(const ExecRequest& request, const Result<Octets>& answer);
  std::string object_type(Uri uri) const;

  Client& client_;
  Log& log_;
  std::unique_ptr<HandlerQueue> calls_;
  std::vector<std::weak_ptr<Fetch>> fetches_;
};

}  // namespace omadm
