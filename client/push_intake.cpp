#include "client/push_intake.h"

#include <fmt/format.h>

#include <utility>

#include "bootstrap/bootstrap.h"
#include "syncml/notification/package0.h"
#include "syncml/notification/push_message.h"

namespace omadm {

Result<PushIntake::Push> PushIntake::take(Bytes octets, std::string_view content_type) {
  Octets whole(octets);
  if (content_type.empty() && is_sms_user_data(octets)) {
    SmsJoiner::Joined joined = DM_TRY(parts_.add(octets));
    if (!joined.whole) {
      return Error{Errc::incomplete,
                   fmt::format("part of a long message: {} of {} are here", joined.present, joined.total)};
    }
    whole = std::move(*joined.whole);
  }
  const auto opened = open_push(whole, content_type);
  // Of a bare notification the digest, any octets at all, could look like the head of a push.
  const bool bare = content_type.empty() && parse_package0(whole, true);
  if (opened && !bare && is_bootstrap_type(opened->content_type)) {
    return Push{Octets(opened->body), opened->content_type, true};
  }
  return Push{std::move(whole), std::string(content_type), false};
}

}  // namespace omadm
