// Short messages, each behind its length in one octet: the whole is made of nothing but their octets.
#include "syncml/notification/sms_joiner.h"

#include "base/io/clock.h"
#include "tests/fuzz/fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace omadm;  // NOLINT(google-build-using-namespace)
  const SystemClock clock;
  SmsJoiner joiner(clock);
  ByteReader reader(fuzz::octets(data, size));
  std::size_t received = 0;
  while (!reader.empty()) {
    const auto length = reader.u8();
    const auto message = reader.take(*length);
    if (!message) break;
    received += message->size();
    const auto joined = joiner.add(*message);
    fuzz::require(is_sms_user_data(*message) || !joined, "what is no short message is not joined");
    if (!joined) continue;
    fuzz::require(joined->present >= 1 && joined->present <= joined->total, "no part too many");
    fuzz::require(joined->whole.has_value() == (joined->present == joined->total), "the whole has all its parts");
    fuzz::require(!joined->whole || joined->whole->size() <= received, "the whole is no more than what came");
  }
  return 0;
}
