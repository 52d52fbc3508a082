// What bearers deliver, sorted: notifications, bootstrap documents, parts of a message in several short messages.
// NOT-030, NOT-082, NOT-085, BOOT-021 … BOOT-026.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/io/clock.h"
#include "base/result.h"
#include "syncml/notification/sms_joiner.h"

namespace omadm {

class PushIntake {
 public:
  struct Push {
    Octets octets;             // of a notification as they came, of a document without what was around it
    std::string content_type;  // of a document with SEC and MAC; of a notification as the bearer told it
    bool is_document = false;  // by its content type alone: an application id is neither wanted nor heeded (BOOT-025)
  };

  explicit PushIntake(const Clock& clock) : parts_(clock) {}
  // incomplete: a part whose others have not come yet; it is kept. malformed, too_large: it is none.
  Result<Push> take(Bytes octets, std::string_view content_type);

 private:
  SmsJoiner parts_;
};

}  // namespace omadm
