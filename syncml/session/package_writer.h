// Builds the messages of one package within the server's MaxMsgSize. [DMPRO] "Multiple messages in one
// package", "Large object"; PRO-050 … 061, PRO-261.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/markup/markup.h"
#include "syncml/message.h"

namespace omadm {

// Commands go into the open message while they fit; what does not fit is kept, in order, for the next
// messages of the package. CmdIDs are given here.
class PackageWriter {
 public:
  explicit PackageWriter(Encoding encoding) noexcept : encoding_(encoding) {}
  Encoding encoding() const noexcept { return encoding_; }

  // Octets the server takes in one message; 0: any number.
  void set_limit(std::size_t max_msg_size) noexcept { limit_ = max_msg_size; }

  // `expected`: about how many octets the message is going to have.
  void open(const SyncHdr& header, std::size_t expected);
  // `id` comes back from `sent` once the command is in a message; 0: nobody asks.
  void put(const Command& command, std::uint64_t id = 0);
  // Ahead of everything kept: the Statuses for the message being answered.
  void put_now(const Command& command);
  // As much of what is kept as fits, after the put_now commands.
  void resume();

  // The same, but nothing in chunks: no other message will come.
  void resume_whole();
  // The other side lost the object that is being sent in chunks: it is sent once more from its beginning, and then
  // no more (Alert 1225).
  void object_lost();
  // Whether the command is a chunk that is not the last of its object, in the message last closed.
  bool is_open_chunk(std::string_view cmd_id) const noexcept { return !kept_.empty() && cmd_id == chunk_cmd_id_; }
  // The other side refused it: the rest is not sent. The id given with the command.
  std::uint64_t drop_open_object();

  bool owes() const noexcept { return !kept_.empty(); }
  void drop_kept() noexcept { kept_.clear(); }

  // Ends the message. `ask_next` adds Alert 1222. `final_message` is ignored while something is owed.
  Octets close(bool final_message, bool ask_next);

  struct Sent {
    std::uint64_t id;
    std::string cmd_id;
  };
  // Commands with an id that went into the message last closed.
  const std::vector<Sent>& sent() const noexcept { return sent_; }
  // A command that could not be sent because even alone it is over the limit; forgotten by the call.
  bool take_oversize() noexcept { return std::exchange(oversize_, false); }

 private:
  // A command that outlives the message it answers.
  struct Kept {
    Arena arena;
    Command command;
    std::uint64_t id = 0;
    std::size_t offset = 0;  // octets of Data already sent in chunks
    bool again = false;      // from its beginning for the second time
  };
  bool write(const Command& command, std::uint64_t id);
  bool write_chunk(Kept& kept);
  bool fits() const;
  void write_trailer();
  static Kept keep(const Command& command, std::uint64_t id);

  Encoding encoding_;
  std::size_t limit_ = 0;
  std::unique_ptr<MarkupWriter> writer_;
  std::uint32_t next_cmd_id_ = 1;
  std::deque<Kept> kept_;
  std::vector<Sent> sent_;
  bool chunk_open_ = false;   // nothing may follow in this message
  std::string chunk_cmd_id_;  // of the chunk in the message last closed, when more of its object is to come
  bool oversize_ = false;
  bool alone_ = true;  // only put_now commands are in the message so far
};

}  // namespace omadm
