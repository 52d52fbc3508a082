// A session keeps one message in and one out at most: what a message took is given back after it.
#include <malloc.h>

#include <string>

#include "tests/unit/syncml/session_chunk_fixture.h"

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
    receive(header_status(200) + replace("2", "./Nowhere/Leaf", "x") + "<Final/>");
    const std::size_t before = allocated();
    if (before == 0) GTEST_SKIP() << "the allocator does not count";
    for (int i = 0; i < 20; ++i) receive(header_status(200) + command);
    EXPECT_LT(allocated(), before + (64U << 10U));
    EXPECT_EQ(answer_to("2"), "404");
  }
}

class ObjectMemoryTest : public ChunkedSessionTest {};

TEST_F(ObjectMemoryTest, ObjectsInPiecesLeaveNothingBehind) {
  trust_transport();
  options.max_msg_size = 2U << 20U;
  options.max_obj_size = 1U << 20U;
  start();
  send(replace("2", "./Nowhere/Leaf", "x"), true);
  const std::string half(400U << 10U, 'x');
  const std::size_t before = allocated();
  if (before == 0) GTEST_SKIP() << "the allocator does not count";
  for (int i = 0; i < 3; ++i) {
    send(chunk("Replace", "./Nowhere/Leaf", half, true, size(2 * half.size())));
    EXPECT_EQ(answer_to("3"), "213");
    send(chunk("Replace", "./Nowhere/Leaf", half, false), true);
    EXPECT_EQ(answer_to("3"), "404");
    EXPECT_LT(allocated(), before + (64U << 10U));
  }
}

}  // namespace
}  // namespace omadm
