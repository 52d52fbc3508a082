// Messages as bearers wrap them: WSP Push PDU, OMA Push entity. [NOT] 7; [WSP] 8.4; NOT-080 … 085, NOT-100, BOOT-022.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace omadm {

struct PushMessage {
  std::string content_type;    // as text; of its parameters SEC and MAC
  Bytes body;                  // a view of what was opened
  std::optional<bool> for_dm;  // the application id names syncml.dm, or another; nothing: there is none
};

// Opens what a bearer delivered. `content_type` as the bearer told it; "" is taken for a WSP Push PDU, and a type that
// wraps nothing is passed on with the octets. malformed; unsupported: of a type that is none of device management, or
// encoded; too_large: its head.
Result<PushMessage> open_push(Bytes octets, std::string_view content_type);

// The trigger in it, or `octets` themselves when they are bare. malformed, unsupported (another content type or
// application).
Result<Bytes> notification_body(Bytes octets, std::string_view content_type);

}  // namespace omadm
