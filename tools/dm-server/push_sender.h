// Carries a notification or a bootstrap document to the device: UDP, WSP over UDP, SIP MESSAGE, HTTP; or cuts it for
// short messages.
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

struct Push {
  std::string content_type;  // of a document with SEC and MAC
  Octets octets;
};

// Wraps it into a WSP Push PDU, its content type in codes where there are some. NOT-081, BOOT-021 … BOOT-025.
Octets wsp_push(const Push& push);
// The user data of as many short messages as it takes, with ports and, when there are several, their numbers. NOT-082.
std::vector<Octets> short_messages(Bytes pdu, std::uint8_t reference);

// Sends it to HOST:PORT (http: to a URL, or HOST:PORT; udp: without any wrapping, notifications only) and gives what
// was answered: "", "SIP/2.0 200 OK", "204". malformed, io, timed_out: SIP or HTTP was not answered.
Result<std::string> send_push(Bearer bearer, const std::string& to, const Push& push);

}  // namespace omadm::server
