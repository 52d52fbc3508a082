// Runs the commands of a message whose sender is authenticated, and answers them in order.
// [RepPro] "Protocol command elements"; PRO-122 … 126, 210 … 228, 250 … 263.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "syncml/session/command_context.h"
#include "syncml/session/large_object.h"
#include "syncml/session/package_writer.h"
#include "syncml/session/session.h"
#include "syncml/session/user_prompt.h"

namespace omadm {

// A question to the user holds everything up, an Atomic's transaction included, until it is answered.
class CommandRunner {
 public:
  // References must outlive the runner.
  CommandRunner(Tree& tree, SessionHost& host, PackageWriter& writer, std::string server_id,
                const SessionOptions& options);

  // Octets of one object the server takes; 0: any.
  void set_max_result(std::uint64_t octets) noexcept { max_result_ = octets; }
  std::uint64_t max_result() const noexcept { return max_result_; }
  bool expects_chunk() const noexcept { return large_object_.open(); }

  // Executes what `message` asks for, puts a Status for each command and the Results into the writer. A question is
  // to be put to the user: then `message` must stay as it is until answer_user() returns none.
  std::optional<UserPrompt> run(const Message& message);
  std::optional<UserPrompt> answer_user(const UserAnswer& answer);
  // What is left of the package is answered 215 (PRO-326).
  void stop_package() noexcept { package_stopped_ = true; }
  // The same Status for every command of `message`, children included; nothing is executed.
  void refuse(const Message& message, StatusCode status);
  // As `refuse`, but "next message" is granted: the client still owes a part of its package (PRO-057).
  void run_while_owing(const Message& message);

 private:
  void begin_message(const Message& message);
  // A list of commands being worked through.
  struct AtomicRun {
    Transaction transaction;
    std::vector<std::vector<ItemOutcome>> children;  // outcomes of those that were run
    bool good = true;
  };
  struct Block {
    const std::vector<Command>* commands = nullptr;
    const Command* container = nullptr;  // Sequence or Atomic; null: the message
    std::size_t next = 0;
    bool stopped = false;  // what is left is answered 215
    std::unique_ptr<AtomicRun> atomic;
  };
  std::optional<UserPrompt> go_on();
  std::optional<UserPrompt> question(const Block& block, const Command& command) const;
  void take_answer(const Command& command, const ItemOutcome& outcome);
  void step(Block& block, const Command& command);
  void leave_block();
  void run_command(const Command& command, bool chunks_allowed);
  void run_items(const Command& command, bool chunks_allowed);
  void begin_sequence(const Command& command);
  void begin_atomic(const Command& command);
  void end_atomic(const Command& command, AtomicRun run);
  std::vector<ItemOutcome> run_in_atomic(const Command& command, Transaction& transaction);
  void answer_in_atomic(const Command& child, const std::vector<ItemOutcome>& outcomes);
  ItemOutcome run_item(const Command& command, const Item& item, bool chunks_allowed);
  ItemOutcome take_chunk(const Command& command, const Item& item);
  ItemOutcome execute(const Command& command, const Item& item, std::unique_ptr<ValueSink> value = nullptr);
  ItemOutcome get(const ItemRequest& request);
  ItemOutcome edit(Transaction& transaction, const ItemRequest& request);
  ItemOutcome edit_whatever_size(Transaction& transaction, const ItemRequest& request);
  void interrupt_large_object();

  CommandContext context() const;
  const Origin& origin_of(const Command& command);
  void answer(const Command& command, std::span<const ItemOutcome> outcomes);
  void answer_all(const Command& command, StatusCode status);  // the command and its children
  void put_status(const Command& command, StatusCode status, const Item* item, const ItemOutcome* outcome);
  void put_results(const Command& command, const Item& asked, const ResultItem& result);

  Tree& tree_;
  SessionHost& host_;
  PackageWriter& writer_;
  Principal who_;
  Origin origin_;  // of the command at hand
  LargeObject large_object_;
  std::uint64_t max_result_ = 0;
  bool user_present_;
  // Of the message being run.
  std::string_view msg_id_;
  Encoding encoding_ = Encoding::xml;
  bool urgent_ = false;  // Statuses go ahead of what the client still owes
  bool final_ = false;
  std::size_t results_size_ = 0;  // octets of all Results it asked for
  std::vector<Block> blocks_;     // the innermost last
  std::optional<UserPrompt> asked_;
  unsigned times_asked_ = 0;
  bool package_stopped_ = false;
  // Filled anew for every command, so that their memory is used again.
  Command status_;
  Command results_;  // one Item
  CommandReport report_;
};

// Commands proper: what is neither Status nor Results.
bool is_command(const Command& command) noexcept;
std::string_view uri_of(const Item& item) noexcept;  // Target, else Source
bool is_alert(const Command& command, std::string_view code) noexcept;

}  // namespace omadm
