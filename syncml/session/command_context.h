// What every handler of a command works with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/markup/markup.h"
#include "dmtree/tree.h"
#include "syncml/message.h"
#include "syncml/session/status_map.h"

namespace omadm {

// An Item on its way back: Results of a Get.
struct ResultItem {
  std::string uri;             // empty: as the Item of the Get has it
  std::string format;          // empty: chr, left out
  std::string type;            // empty: text/plain, left out
  std::optional<Octets> data;  // as it goes into the message
  bool opaque = false;
};

// What became of one Item.
struct ItemOutcome {
  StatusCode status = StatusCode::ok;
  std::vector<ResultItem> results;       // Get
  std::vector<std::string> data;         // Items of the Status
  std::optional<std::string> failed_at;  // Item/Target of the Status: the implicit parent that failed (PRO-163)
};

// One Item with the Meta that counts for it (PRO-082).
struct ItemRequest {
  const Command& command;
  const Item& item;
  std::optional<std::string_view> format, type;
  bool value_in_file = false;  // the Item's Data is not the value: that goes to a file
};

struct CommandContext {
  Tree& tree;
  Encoding encoding;  // of the message, so of its binary data
  Encoding answer;    // of what goes back (PRO-005)
  const Principal& who;
};

// Handlers of one Item. Those with a transaction leave committing to the caller.
ItemOutcome handle_add(const CommandContext& context, Transaction& transaction, const ItemRequest& request);
ItemOutcome handle_replace(const CommandContext& context, Transaction& transaction, const ItemRequest& request);
ItemOutcome handle_delete(const CommandContext& context, Transaction& transaction, const ItemRequest& request);
ItemOutcome handle_copy(const CommandContext& context, Transaction& transaction, const ItemRequest& request);
ItemOutcome handle_get(const CommandContext& context, const ItemRequest& request);
ItemOutcome handle_exec(const CommandContext& context, const ItemRequest& request);
// An Alert of the server, 1222, 1223 and questions to the user excepted. Session alerts are no news.
StatusCode handle_alert(const Command& command, bool user_present);

// Shared by the handlers.
ItemOutcome refused(const Error& error, AccessType command);
// The address in a LocURI: malformed becomes not_found (PRO-151).
Result<Address> address_of(const std::optional<std::string_view>& loc_uri, const UriLimits& limits);
// The node that a command other than Get and Replace is about. With a suffix: not_found (no such node), unsupported (no
// such property or node of a kind without it, TND-041), not_allowed (TND-042).
Result<Uri> node_of(const Transaction& transaction, const std::optional<std::string_view>& loc_uri);
// The Item's Data as octets, Base64 resolved where Format says so (PRO-085, TND-059). incomplete: no Data.
struct DecodedData {
  std::optional<Format> format;  // as the node is to have it; nullopt: not said
  Octets octets;
};
Result<DecodedData> decode_data(const CommandContext& context, const ItemRequest& request, const Uri& target);
// Whether the Data is Base64 that stands for other octets.
bool is_in_base64(const CommandContext& context, const ItemRequest& request) noexcept;
// A leaf whose native form is Base64 text keeps the text (TND-059).
bool is_natively_base64(const Tree& tree, const Uri& target);
bool is_tnds(const ItemRequest& request) noexcept;
// What a command is refused for when its content is wrong: what the tree has against it comes first (TND-117).
Error first_refusal(Transaction& transaction, const Uri& target, AccessType command, const Error& content);
// A node as it goes into a message: value or child list, Meta where it is not the default. The uri is the caller's.
void put_result(ResultItem& item, Node&& node, Encoding encoding);

}  // namespace omadm
