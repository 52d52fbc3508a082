// A message being put together, with its size in octets known at every step.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "syncml/message.h"
#include "tools/dm-server/script.h"

namespace omadm::server {

// What a Status answers.
struct Answered {
  std::string_view msg_ref, cmd_ref, cmd;
  std::string_view target, source;  // TargetRef, SourceRef; may be empty
};

class Draft {
 public:
  explicit Draft(Encoding encoding);

  Message& message() noexcept { return message_; }
  Arena& arena() noexcept { return message_.arena; }
  std::string next_cmd_id() { return std::to_string(++last_cmd_id_); }

  Command& status(const Answered& answered, int code);
  void add(Command command);
  std::size_t octets_of(const Command& command) const;     // what it costs
  std::size_t octets() const noexcept { return octets_; }  // commands only
  std::size_t header_octets() const;

 private:
  Message message_;
  unsigned last_cmd_id_ = 0;
  std::size_t octets_ = 0;
};

// Data of an item as it travels: Format, and the octets of Data.
struct WireData {
  std::string format;
  Octets octets;
  bool opaque = false;
};
WireData wire_data(const ItemScript& item, Encoding encoding, std::size_t offset = 0,
                   std::size_t count = std::string::npos);         // of its octets only those from `offset` on
std::size_t wire_size(const ItemScript& item, Encoding encoding);  // of all its octets

// The command without its children's ids; `data_offset` and `data_limit` cut the first item's data
// (`more` sets MoreData; `total` is written as Size when not 0).
struct Cut {
  std::size_t offset = 0;
  std::size_t count = std::string::npos;
  bool more = false;
  std::size_t total = 0;
};
Command build_command(Draft& draft, const CommandScript& script, const Cut& cut);

}  // namespace omadm::server
