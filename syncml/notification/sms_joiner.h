// Short messages with a user data header, joined. [3GPP TS 23.040] 9.2.3.24; NOT-082, NOT-V-W2, NOT-V-W5.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/io/clock.h"
#include "base/result.h"

namespace omadm {

// One short message: its place among its parts, and its octets behind the header.
struct SmsPart {
  std::uint16_t reference = 0;  // shared by all parts
  std::uint8_t total = 1;
  std::uint8_t number = 1;  // 1 … total
  std::uint16_t source_port = 0;
  Bytes data;
};

// True when `octets` begin with a user data header whole and consistent that names the WAP push port 2948 as its
// destination: nothing else that arrives does.
bool is_sms_user_data(Bytes octets);
// malformed; unsupported: not for that port.
Result<SmsPart> parse_sms_part(Bytes user_data);

// 1. Parts may come in any order, and twice. 2. What is never completed is forgotten, by age and when there is too
// much of it. Nobody is told.
class SmsJoiner {
 public:
  explicit SmsJoiner(const Clock& clock) : clock_(clock) {}
  // The whole, as soon as its last part is there; until then how many parts are. malformed, unsupported; too_large:
  // more parts than any message for a DM client has.
  struct Joined {
    std::optional<Octets> whole;
    std::size_t present = 1, total = 1;  // parts
  };
  Result<Joined> add(Bytes user_data);

 private:
  struct Pending {
    Clock::Steady since;
    std::map<std::uint8_t, Octets> parts;
  };
  using Key = std::string;
  void forget_old();

  const Clock& clock_;
  std::map<Key, Pending> pending_;
};

}  // namespace omadm
