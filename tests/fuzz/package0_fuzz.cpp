// Notifications, bare or within a push: no digest is good without the password.
#include "syncml/notification/package0.h"

#include "syncml/notification/push_message.h"
#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const std::string_view input = fuzz::octets(data, size);
  for (const std::string_view type : {std::string_view{}, kNotificationType}) {
    const auto body = notification_body(input, type);
    if (!body) continue;
    const auto message = parse_package0(*body);
    if (!message) continue;
    fuzz::require(message->trigger.size() + message->digest.size() == body->size(), "the digest covers all the rest");
    static_cast<void>(digest_matches(*message, message->server_id, Secret(Octets("secret")), "nonce"));
  }
  return 0;
}
