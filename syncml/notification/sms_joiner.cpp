#include "syncml/notification/sms_joiner.h"

#include <algorithm>

namespace omadm {
namespace {

constexpr std::uint16_t kPushPort = 2948;
constexpr std::uint8_t kMaxParts = 32;  // some 4,000 octets: any trigger, and any bootstrap document that goes by SMS
constexpr std::size_t kMaxPending = 8;
constexpr std::chrono::minutes kPatience{10};

// Information elements of the header.
constexpr std::uint8_t kConcatenated8 = 0x00;   // reference of one octet
constexpr std::uint8_t kConcatenated16 = 0x08;  // of two
constexpr std::uint8_t kPorts16 = 0x05;

Error malformed() { return {Errc::malformed, "short message: its user data header is wrong"}; }

Result<void> take_concatenation(ByteReader& element, bool wide, SmsPart& part) {
  part.reference = wide ? DM_TRY(element.u16be()) : DM_TRY(element.u8());
  part.total = DM_TRY(element.u8());
  part.number = DM_TRY(element.u8());
  if (part.total == 0 || part.number == 0 || part.number > part.total || !element.empty()) return malformed();
  return {};
}

// The header's elements; true when the destination port is that of WAP push.
Result<bool> take_header(Bytes header, SmsPart& part) {
  ByteReader reader(header);
  bool for_push = false;
  while (!reader.empty()) {
    const std::uint8_t id = DM_TRY(reader.u8());
    const std::uint8_t length = DM_TRY(reader.u8());
    ByteReader element(DM_TRY(reader.take(length)));
    if (id == kConcatenated8 || id == kConcatenated16) {
      DM_TRY(take_concatenation(element, id == kConcatenated16, part));
    } else if (id == kPorts16) {
      for_push = DM_TRY(element.u16be()) == kPushPort;
      part.source_port = DM_TRY(element.u16be());
    }
  }
  return for_push;
}

}  // namespace

Result<SmsPart> parse_sms_part(Bytes user_data) {
  ByteReader reader(user_data);
  const std::uint8_t length = DM_TRY(reader.u8());
  SmsPart part;
  const Bytes header = DM_TRY(reader.take(length));
  const bool for_push = DM_TRY(take_header(header, part));
  if (!for_push) return Error{Errc::unsupported, "short message: not for the port of WAP push, 2948"};
  part.data = reader.rest();
  return part;
}

bool is_sms_user_data(Bytes octets) { return parse_sms_part(octets).has_value(); }

void SmsJoiner::forget_old() {
  const Clock::Steady now = clock_.steady();
  std::erase_if(pending_, [now](const auto& entry) { return now - entry.second.since > kPatience; });
}

Result<SmsJoiner::Joined> SmsJoiner::add(Bytes user_data) {
  const SmsPart part = DM_TRY(parse_sms_part(user_data));
  if (part.total == 1) return Joined{Octets(part.data), 1, 1};
  if (part.total > kMaxParts) return Error{Errc::too_large, "short message: too many parts"};
  forget_old();
  Key key;
  for (const std::uint16_t one : {part.reference, std::uint16_t{part.total}, part.source_port}) put_u16be(key, one);
  if (!pending_.contains(key) && pending_.size() >= kMaxPending) {
    pending_.erase(std::min_element(pending_.begin(), pending_.end(),
                                    [](const auto& a, const auto& b) { return a.second.since < b.second.since; }));
  }
  const auto [entry, is_new] = pending_.try_emplace(key);
  Pending& pending = entry->second;
  if (is_new) pending.since = clock_.steady();
  pending.parts.insert_or_assign(part.number, Octets(part.data));
  Joined joined{std::nullopt, pending.parts.size(), part.total};
  if (joined.present < joined.total) return joined;
  joined.whole.emplace();
  for (const auto& [number, data] : pending.parts) *joined.whole += data;
  pending_.erase(entry);
  return joined;
}

}  // namespace omadm
