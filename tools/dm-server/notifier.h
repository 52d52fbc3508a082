// Makes and sends Package#0.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/crypto/secret.h"
#include "base/result.h"
#include "tools/dm-server/account_book.h"
#include "tools/dm-server/script.h"

namespace omadm::server {

// Wraps a trigger into a WSP Push PDU: content type 0x44, application id syncml.dm.
Octets wsp_push(Bytes trigger);
// "1A2B", hexadecimal. malformed: not 1 to FFFF.
Result<std::uint16_t> session_number(std::string_view text);
// The octets to send, for `server_id`. incomplete: no nonce known.
Result<Octets> make_notification(const NotifyScript& notify, const std::string& server_id, const Secret& password,
                                 const Nonces& nonces);
// One UDP datagram to HOST:PORT. malformed, io.
Result<void> send_udp(const std::string& to, Bytes octets);

}  // namespace omadm::server
