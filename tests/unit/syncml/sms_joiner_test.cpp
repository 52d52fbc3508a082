#include "syncml/notification/sms_joiner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "syncml/notification/package0.h"
#include "syncml/notification/push_message.h"
#include "tests/support/vector_file.h"

namespace omadm::test {
namespace {

class StillClock final : public Clock {
 public:
  std::int64_t utc_seconds() const override { return 0; }
  Steady steady() const override { return now; }
  Steady now{};
};

Octets octets_of(std::string_view digits) { return *hex_decode(digits); }

std::vector<Octets> parts_of(const Vector& vector) {
  std::vector<Octets> parts;
  for (const char* name : {"part1", "part2"}) parts.push_back(vector[name]);
  return parts;
}

// A part of a message in `total`, with one octet of text.
Octets part(unsigned reference, unsigned total, unsigned number, char text, std::string_view port = "0b84") {
  Octets octets = octets_of("0b0003");
  for (const unsigned value : {reference, total, number}) octets.push_back(static_cast<char>(value));
  return octets + octets_of("0504" + std::string(port) + "c002") + text;
}

TEST(SmsJoiner, BOOT_021_NOT_082_PartsInAnyOrderMakeTheWholeMessage) {
  for (const Vector& vector : read_vectors("notification/sms.vec")) {
    SCOPED_TRACE(vector.name);
    for (const bool reversed : {false, true}) {
      std::vector<Octets> parts = parts_of(vector);
      std::erase(parts, Octets());
      if (reversed) std::reverse(parts.begin(), parts.end());
      StillClock clock;
      SmsJoiner joiner(clock);
      std::optional<Octets> whole;
      for (const Octets& one : parts) {
        EXPECT_TRUE(is_sms_user_data(one));
        EXPECT_FALSE(whole);
        const auto joined = joiner.add(one);
        ASSERT_TRUE(joined) << joined.error().detail;
        whole = joined->whole;
      }
      ASSERT_TRUE(whole);
      EXPECT_EQ(whole->size(), *parse_unsigned(vector["octets"]));
      const auto body = notification_body(*whole, "");
      ASSERT_TRUE(body) << body.error().detail;
      const auto message = parse_package0(*body);
      ASSERT_TRUE(message) << message.error().detail;
      EXPECT_EQ(message->session_id_text(), vector["session"]);
      EXPECT_EQ(hex_encode(message->digest), vector["digest"]);
    }
  }
}

TEST(SmsJoiner, NOT_082_PartsOfTwoMessagesDoNotMix) {
  StillClock clock;
  SmsJoiner joiner(clock);
  EXPECT_FALSE(joiner.add(part(1, 2, 1, 'a'))->whole);
  EXPECT_FALSE(joiner.add(part(2, 2, 2, 'B'))->whole);
  EXPECT_FALSE(joiner.add(part(1, 2, 1, 'a'))->whole) << "a repetition completes nothing";
  EXPECT_EQ(joiner.add(part(1, 2, 2, 'b'))->whole, "ab");
  EXPECT_EQ(joiner.add(part(2, 2, 1, 'A'))->whole, "AB");
  EXPECT_FALSE(joiner.add(part(1, 2, 2, 'b'))->whole) << "the message before it is done with";
}

TEST(SmsJoiner, NOT_082_WhatIsNeverCompletedIsForgotten) {
  StillClock clock;
  SmsJoiner joiner(clock);
  EXPECT_FALSE(joiner.add(part(1, 2, 1, 'a'))->whole);
  clock.now += std::chrono::minutes(11);
  EXPECT_FALSE(joiner.add(part(1, 2, 2, 'b'))->whole);
  // More messages than are kept: the oldest goes.
  for (unsigned reference = 10; reference < 18; ++reference) {
    clock.now += std::chrono::seconds(1);
    EXPECT_FALSE(joiner.add(part(reference, 2, 1, 'a'))->whole);
  }
  EXPECT_FALSE(joiner.add(part(1, 2, 1, 'a'))->whole);
  EXPECT_EQ(joiner.add(part(17, 2, 2, 'b'))->whole, "ab");
}

TEST(SmsJoiner, NOT_030_OtherPortsAndBrokenHeadersAreRefused) {
  StillClock clock;
  SmsJoiner joiner(clock);
  EXPECT_EQ(joiner.add(part(1, 1, 1, 'a', "0b85")).error().code, Errc::unsupported);
  EXPECT_EQ(joiner.add(octets_of("050003010201") + "x").error().code, Errc::unsupported) << "no port at all";
  for (const char* broken : {"", "06", "0605040b84c0", "0605050b84c00200", "0b00030100010504", "0b0003010201050400"}) {
    const auto joined = joiner.add(octets_of(broken));
    ASSERT_FALSE(joined) << broken;
    EXPECT_EQ(joined.error().code, Errc::malformed) << broken;
    EXPECT_FALSE(is_sms_user_data(octets_of(broken)));
  }
  for (const auto& [total, number] : {std::pair(0U, 1U), {2U, 0U}, {2U, 3U}}) {
    EXPECT_EQ(joiner.add(part(1, total, number, 'a')).error().code, Errc::malformed);
  }
  EXPECT_EQ(joiner.add(part(1, 33, 1, 'a')).error().code, Errc::too_large);
}

}  // namespace
}  // namespace omadm::test
