// Makes Package#0, right or wrong.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/crypto/secret.h"
#include "base/result.h"
#include "tools/dm-server/account_book.h"
#include "tools/dm-server/script.h"

namespace omadm::server {

// "1A2B", hexadecimal. malformed: not 1 to FFFF.
Result<std::uint16_t> session_number(std::string_view text);
// What can be wrong with a notification, for tests of devices; NOT-V-R1 … R11.
const std::vector<std::string>& notification_wrongs();
// The bare trigger, for `server_id`. incomplete: no nonce known; malformed.
Result<Octets> make_notification(const NotifyScript& notify, const std::string& server_id, const Secret& password,
                                 const Nonces& nonces);

}  // namespace omadm::server
