// Runs the commands of a message whose sender is authenticated, and answers them in order.
// [RepPro] "Protocol command elements"; PRO-122 … 126, 210 … 228, 250 … 263.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syncml/session/command_context.h"
#include "syncml/session/large_object.h"
#include "syncml/session/package_writer.h"
#include "syncml/session/session.h"

namespace omadm {

class CommandRunner {
 public:
  // References must outlive the runner.
  CommandRunner(Tree& tree, SessionHost& host, PackageWriter& writer, std::string server_id, std::string session_id,
                std::uint32_t max_obj_size);

  // Octets of one object the server takes; 0: any.
  void set_max_result(std::uint64_t octets) noexcept { max_result_ = octets; }
  bool expects_chunk() const noexcept { return large_object_.open(); }

  // Executes what `message` asks for, puts a Status for each command and the Results into the writer.
  void run(const Message& message);
  // The same Status for every command of `message`, children included; nothing is executed.
  void refuse(const Message& message, StatusCode status);
  // As `refuse`, but "next message" is granted: the client still owes a part of its package (PRO-057).
  void run_while_owing(const Message& message);

 private:
  void run_command(const Command& command, bool chunks_allowed);
  void run_items(const Command& command, bool chunks_allowed);
  void run_sequence(const Command& command);
  void run_atomic(const Command& command);
  std::vector<ItemOutcome> run_in_atomic(const Command& command, Transaction& transaction);
  void answer_in_atomic(const Command& child, const std::vector<ItemOutcome>& outcomes);
  ItemOutcome run_item(const Command& command, const Item& item, bool chunks_allowed);
  ItemOutcome execute(const Command& command, const Item& item);
  ItemOutcome edit(Transaction& transaction, const ItemRequest& request);
  ItemOutcome edit_whatever_size(Transaction& transaction, const ItemRequest& request);
  void interrupt_large_object();

  CommandContext context() const;
  Transaction begin(const Command& command);
  void answer(const Command& command, const std::vector<ItemOutcome>& outcomes);
  void answer_all(const Command& command, StatusCode status);  // the command and its children
  void put_status(const Command& command, StatusCode status, const Item* item, const ItemOutcome* outcome);
  void put_results(const Command& command, const ResultItem& result);

  Tree& tree_;
  SessionHost& host_;
  PackageWriter& writer_;
  Principal who_;
  std::string session_id_;
  LargeObject large_object_;
  std::uint64_t max_result_ = 0;
  // Of the message being run.
  std::string_view msg_id_;
  Encoding encoding_ = Encoding::xml;
  bool urgent_ = false;  // Statuses go ahead of what the client still owes
};

// Commands proper: what is neither Status nor Results.
bool is_command(const Command& command) noexcept;
bool is_alert(const Command& command, std::string_view code) noexcept;

}  // namespace omadm
