// SRV records: what a name server says, and the order in which servers are asked.
#include "transport/dns/srv_records.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace omadm {
namespace {

// A message with one question and as many answers.
Octets message(unsigned answers, const std::string& rest) {
  Octets text = hex_decode("123481800001").value();
  put_u16be(text, static_cast<std::uint16_t>(answers));
  return text + hex_decode("00000000" +
                           std::string("045f746370076578616d706c6503636f6d00"
                                       "00210001") +
                           rest)
                    .value();
}
// One that points at the question's name; target without compression.
std::string srv(const std::string& priority_weight_port, const std::string& target, const std::string& length) {
  return "c00c"
         "00210001"
         "0000003c" +
         length + priority_weight_port + target;
}

std::string hosts(const std::vector<ServicePlace>& places) {
  std::string text;
  for (const ServicePlace& place : places) text += place.host;
  return text;
}

std::vector<SrvRecord> records(std::initializer_list<std::array<unsigned, 2>> list, const std::string& names) {
  std::vector<SrvRecord> made;
  for (const auto& [priority, weight] : list) {
    made.push_back({static_cast<std::uint16_t>(priority),
                    static_cast<std::uint16_t>(weight),
                    {names.substr(made.size(), 1), 443}});
  }
  return made;
}

Draw draws(std::vector<std::uint32_t> numbers) {
  return [numbers, next = std::size_t{0}](std::uint32_t most) mutable {
    return std::min(next < numbers.size() ? numbers[next++] : 0, most);
  };
}

TEST(SrvRecords, DNS_001_TheOrderIsThatOfRfc2782) {
  const auto three = records({{10, 60}, {10, 20}, {20, 0}}, "abc");
  EXPECT_EQ(hosts(order_places(three, draws({0, 0}))), "abc");   // DNS-T01
  EXPECT_EQ(hosts(order_places(three, draws({61, 0}))), "bac");  // DNS-T02
  const auto two = records({{5, 10}, {5, 0}}, "yz");
  EXPECT_EQ(hosts(order_places(two, draws({0}))), "zy");  // DNS-T03
  EXPECT_EQ(hosts(order_places(two, draws({1}))), "yz");  // DNS-T04
  EXPECT_TRUE(order_places({}, draws({})).empty());
}

TEST(SrvRecords, DNS_001_RecordsAreReadWithTheirCompressedNames) {
  // dm.<the question's example.com>, and another type between them.
  const Octets answer = message(3, srv("000a003c20fb", "02646dc011", "000b") +
                                       "c00c00010001000000050004"
                                       "7f000001" +
                                       srv("00140000"
                                           "01bb",
                                           "0161026578"
                                           "00",
                                           "000c"));
  const auto read = read_srv_records(answer);
  ASSERT_TRUE(read) << read.error().detail;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[0].priority, 10);
  EXPECT_EQ((*read)[0].weight, 60);
  EXPECT_EQ((*read)[0].place.port, 8443);
  EXPECT_EQ((*read)[0].place.host, "dm.example.com");
  EXPECT_EQ((*read)[1].place.host, "a.ex");
}

TEST(SrvRecords, DNS_002_TheTargetDotSaysThatThereIsNone) {
  const auto none = read_srv_records(message(1, srv("000000000000", "00", "0007")));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::not_found);  // DNS-T05
  EXPECT_EQ(read_srv_records(message(0, "")).error().code, Errc::not_found);
}

TEST(SrvRecords, DNS_001_BrokenAnswersAreMalformed) {
  const Octets good = message(1, srv("000a003c01bb", "02646dc011", "000b"));
  for (std::size_t length = 0; length < good.size(); ++length) {
    const auto read = read_srv_records(good.substr(0, length));
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().code, Errc::malformed) << length;
  }
  EXPECT_EQ(read_srv_records(message(1, srv("000a003c01bb", "c02b", "0008"))).error().code, Errc::malformed);  // itself
  EXPECT_EQ(read_srv_records(message(1, srv("000a003c01bb", "02646dc011", "000c"))).error().code, Errc::malformed);
  // What is no host name could end up in the middle of something else.
  EXPECT_EQ(read_srv_records(message(1, srv("000a003c01bb", "03613a6200", "000b"))).error().code, Errc::not_found);
}

}  // namespace
}  // namespace omadm
