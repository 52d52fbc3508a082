// What the device does to its tree by itself: bring in what is permanent, take out a server.
#pragma once

#include <string_view>

#include "base/result.h"

namespace omadm {

class Transaction;

// Adds the described permanent nodes that are missing, those below placeholders excepted. A leaf gets
// its DefaultValue, else "0" (int), "false" (bool) or nothing.
Result<void> add_factory_nodes(Transaction& transaction);

// Takes `server_id` out of every ACL. What the root loses of its factory ACL it gets back (TND-073).
Result<void> withdraw_server(Transaction& transaction, std::string_view server_id);

}  // namespace omadm
