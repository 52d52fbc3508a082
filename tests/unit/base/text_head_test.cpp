#include "base/text_head.h"

#include <gtest/gtest.h>

#include <string>

namespace omadm {
namespace {

TEST(TextHead, SIP_004_LinesFieldsAndTheEmptyLine) {
  const auto head = TextHead::parse("POST / HTTP/1.1\r\nA: 1\r\nB:2\nC:  x\r\n\t y\r\n\r\nbody", true);
  ASSERT_TRUE(head && *head);
  EXPECT_EQ((*head)->start_line(), "POST / HTTP/1.1");
  ASSERT_EQ((*head)->fields().size(), 3U);
  EXPECT_EQ(*(*head)->find("a"), "1");
  EXPECT_EQ(*(*head)->find("B"), "2");
  EXPECT_EQ(*(*head)->find("c"), "x y");
  EXPECT_EQ((*head)->find("D"), nullptr);
  EXPECT_EQ((*head)->size(), 41U);
}

TEST(TextHead, SIP_004_AHeadWithoutItsEndIsNotThereYet) {
  const std::string whole = "A: 1\r\nB: 2\r\n\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto head = TextHead::parse(std::string_view(whole).substr(0, size), false);
    ASSERT_TRUE(head) << size;
    EXPECT_FALSE(*head) << size;
  }
  EXPECT_TRUE(*TextHead::parse(whole, false));
}

TEST(TextHead, SIP_004_WhatIsNoHeadIsMalformed) {
  using namespace std::string_literals;
  for (const std::string& text : {"no colon\r\n\r\n"s, ": no name\r\n\r\n"s, " continues nothing\r\n\r\n"s,
                                  "A: a NUL \0\r\n\r\n"s, "A: 1\rB: 2\r\n\r\n"s, "A: \x7F\r\n\r\n"s}) {
    const auto head = TextHead::parse(text, false);
    ASSERT_FALSE(head) << text;
    EXPECT_EQ(head.error().code, Errc::malformed);
  }
}

TEST(TextHead, SIP_004_LimitsHoldBeforeTheEndHasCome) {
  const TextHeadLimits limits{40, 3};
  EXPECT_TRUE(TextHead::parse("A: 1\nB: 2\nC: 3\n\n", false, limits));
  for (const std::string& text : {std::string("A: 1\nB: 2\nC: 3\nD: 4\n"), "A: " + std::string(40, 'x')}) {
    const auto head = TextHead::parse(text, false, limits);
    ASSERT_FALSE(head);
    EXPECT_EQ(head.error().code, Errc::too_large);
  }
}

}  // namespace
}  // namespace omadm
