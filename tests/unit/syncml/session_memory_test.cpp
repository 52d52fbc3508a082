// A session keeps one message in and one out at most: what a message took is given back after it.
#include <malloc.h>

#include <string>

#include "tests/unit/syncml/session_fixture.h"

namespace omadm {
namespace {

std::size_t allocated() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

TEST_F(SessionTest, MessagesOfAMegabyteLeaveNothingBehind) {
  trust_transport();
  options.max_msg_size = 2U << 20U;
  // What is refused changes neither tree nor store.
  const std::string command = replace("2", "./Nowhere/Leaf", std::string(1U << 20U, 'x')) + "<Final/>";
  for (const Encoding encoding : {Encoding::xml, Encoding::wbxml}) {
    options.encoding = encoding;
    start();
    receive(header_status(200) + command);
    receive(header_status(200) + command);
    const std::size_t before = allocated();
    if (before == 0) GTEST_SKIP() << "the allocator does not count";
    for (int i = 0; i < 20; ++i) receive(header_status(200) + command);
    EXPECT_LT(allocated(), before + (64U << 10U));
    EXPECT_EQ(answer_to("2"), "404");
  }
}

}  // namespace
}  // namespace omadm
