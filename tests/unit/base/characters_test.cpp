// What a log line may hold of what came from outside.
#include "base/characters.h"

#include <gtest/gtest.h>

#include <string>

namespace omadm {
namespace {

TEST(CharactersTest, UI_005_NothingInALineDrivesATerminal) {
  EXPECT_EQ(without_effects("plain, B\xC3\xA4r, \xE2\x82\xAC, \xF0\x9F\x98\x80"),
            "plain, B\xC3\xA4r, \xE2\x82\xAC, \xF0\x9F\x98\x80");
  EXPECT_EQ(without_effects("a\x1b[31mb\r\nc\x7f"), "a [31mb  c ");
  EXPECT_EQ(without_effects("a\xC2\x9B\x33"
                            "1mb"),
            "a 31mb");  // CSI as one C1 control
  EXPECT_EQ(without_effects("a\xE2\x80\xAE"
                            "b\xE2\x81\xA6"
                            "c\xE2\x80\xA8"
                            "d"),
            "a b c d");  // directions, line ends
  EXPECT_EQ(without_effects("a\x9b\xff"
                            "b\xC3"),
            "a??b?");  // no UTF-8, as a terminal might take it
  EXPECT_EQ(without_effects(std::string("a\0b", 3)), "a b");
}

}  // namespace
}  // namespace omadm
