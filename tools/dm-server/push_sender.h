// Carries a notification to the device: UDP, WSP over UDP, SIP MESSAGE, HTTP; or cuts it for short messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm::server {

enum class Bearer : unsigned char { udp, wap, sip, sip_tcp, http };
// "udp", "wap", "sip", "sip-tcp", "http", in the order of the type.
const std::vector<std::string>& bearer_names();
std::optional<Bearer> bearer_named(std::string_view name);

// Wraps a trigger into a WSP Push PDU: content type 0x44, application id syncml.dm.
Octets wsp_push(Bytes trigger);
// The user data of as many short messages as it takes, with ports and, when there are several, their numbers. NOT-082.
std::vector<Octets> short_messages(Bytes pdu, std::uint8_t reference);

// Sends `trigger` to HOST:PORT (http: to a URL, or HOST:PORT) and gives what was answered: "", "SIP/2.0 200 OK", "204".
// malformed, io, timed_out: SIP or HTTP was not answered.
Result<std::string> send_push(Bearer bearer, const std::string& to, Bytes trigger);

}  // namespace omadm::server
