// A SyncML message as plain structs. [RepPro], [SyncML RepPro]; protocol rules PRO-080…088, 120…128.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/markup/markup.h"

namespace omadm {

// All views point into the message's arena, or (when a message is built for sending) into whatever
// the builder keeps alive.
struct Meta {
  std::optional<std::string_view> format, type, mark, size, next_nonce, max_msg_size, max_obj_size;
  bool empty() const noexcept {
    return !format && !type && !mark && !size && !next_nonce && !max_msg_size && !max_obj_size;
  }
};

struct Data {
  std::string_view octets;  // as in the document, references resolved
  bool opaque = false;      // came as WBXML OPAQUE
};

struct Item {
  std::optional<std::string_view> target, source;            // LocURI, as written
  std::optional<std::string_view> target_name, source_name;  // LocName
  Meta meta;
  std::optional<Data> data;
  bool more_data = false;
};

enum class CommandName : std::uint8_t {
  add,
  alert,
  atomic,
  copy,
  delete_,
  exec,
  get,
  replace,
  results,
  sequence,
  status,
  map,
  put,
  search,
  sync,
  move,     // never used by DM: answered 406 (PRO-081)
  unknown,  // answered 400 (PRO-088)
};
std::string_view to_string(CommandName name) noexcept;  // "Add" …; "Unknown" for unknown

struct Cred {
  Meta meta;
  std::string_view data;
};

struct SyncHdr {
  std::string_view ver_dtd, ver_proto, session_id, msg_id;
  std::string_view target, target_name, source, source_name;  // LocURI, LocName
  std::string_view resp_uri;
  std::optional<Cred> cred;
  Meta meta;
};

// Any element of SyncBody. Members that the kind does not have stay empty.
struct Command {
  CommandName name = CommandName::unknown;
  std::string_view element;  // the element's name as met, for CommandName::unknown
  std::string_view cmd_id;   // empty: missing
  Meta meta;
  std::string_view correlator;
  std::vector<Item> items;
  std::vector<Command> children;  // Atomic, Sequence
  std::string_view data;          // Alert: the code; Status: the status
  bool has_data = false;
  std::string_view msg_ref, cmd_ref, cmd;  // Status, Results
  std::vector<std::string_view> target_refs, source_refs;
  std::optional<Meta> chal;  // Status
};

struct Message {
  Arena arena;
  Encoding encoding = Encoding::xml;
  SyncHdr header;
  std::vector<Command> commands;
  bool final_message = false;
};

}  // namespace omadm
