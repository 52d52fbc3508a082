#include "base/bytes.h"

#include <gtest/gtest.h>

#include "base/arena.h"

namespace omadm {
namespace {

TEST(ByteReader, ReadsNumbersAndKeepsItsPlaceOnError) {
  ByteReader reader(std::string_view("\x01\x02\x03\x04\x05\x06\x07", 7));
  EXPECT_EQ(*reader.peek_u8(), 1);
  EXPECT_EQ(*reader.u8(), 1);
  EXPECT_EQ(*reader.u16be(), 0x0203);
  EXPECT_EQ(*reader.u32le(), 0x07060504u);
  EXPECT_TRUE(reader.empty());
  EXPECT_EQ(reader.u8().error().code, Errc::malformed);

  ByteReader three("abc");
  EXPECT_FALSE(three.u32be());
  EXPECT_FALSE(three.u64le());
  EXPECT_FALSE(three.take(4));
  EXPECT_FALSE(three.take(SIZE_MAX));
  EXPECT_EQ(three.position(), 0u);
  EXPECT_EQ(*three.take(3), "abc");
  EXPECT_EQ(three.position(), 3u);
}

TEST(ByteReader, MultiByteIntegersRoundTrip) {
  for (const std::uint32_t value :
       {0u, 1u, 0x7Fu, 0x80u, 0x3FFFu, 0x4000u, 0x1FFFFFu, 0x200000u, 0xFFFFFFFu, 0x10000000u, 0xFFFFFFFFu}) {
    Octets coded;
    put_mb_u32(coded, value);
    ByteReader reader(coded);
    const auto back = reader.mb_u32();
    ASSERT_TRUE(back) << value;
    EXPECT_EQ(*back, value);
    EXPECT_TRUE(reader.empty());
  }
  Octets coded;
  put_mb_u32(coded, 0x0FD3);
  EXPECT_EQ(coded, "\x9F\x53");
}

TEST(ByteReader, MultiByteIntegersRefuseOverflowAndExcessLength) {
  for (const std::string_view bad :
       {std::string_view("\x90\x80\x80\x80\x00", 5), std::string_view("\x8F\xFF\xFF\xFF\xFF\x7F"),
        std::string_view("\x80\x80\x80\x80\x80\x01"), std::string_view("\x80"), std::string_view()}) {
    ByteReader reader(bad);
    EXPECT_EQ(reader.mb_u32().error().code, Errc::malformed);
    EXPECT_EQ(reader.position(), 0u);
  }
}

TEST(ByteReader, StringsEndAtTheNul) {
  ByteReader reader(std::string_view("ab\0\0c", 5));
  EXPECT_EQ(*reader.take_until_nul(), "ab");
  EXPECT_EQ(*reader.take_until_nul(), "");
  EXPECT_FALSE(reader.take_until_nul());
  EXPECT_EQ(reader.rest(), "c");
}

TEST(Bytes, WritersAndReadersAgree) {
  Octets out;
  put_u16be(out, 0xABCD);
  put_u32le(out, 0x01020304);
  put_u64le(out, 0x1122334455667788ULL);
  ByteReader reader(out);
  EXPECT_EQ(*reader.u16be(), 0xABCD);
  EXPECT_EQ(*reader.u32le(), 0x01020304u);
  EXPECT_EQ(*reader.u64le(), 0x1122334455667788ULL);
}

TEST(Arena, ViewsStayValidAcrossGrowthAndMove) {
  Arena arena;
  std::vector<std::string_view> views;
  for (int i = 0; i < 3000; ++i) views.push_back(arena.copy(std::to_string(i)));
  const std::string big(100'000, 'x');
  const std::string_view large = arena.join("<", big);
  Arena moved = std::move(arena);
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(views[static_cast<std::size_t>(i)], std::to_string(i));
  EXPECT_EQ(large, "<" + big);
  EXPECT_GE(moved.size(), 100'001u);
  EXPECT_EQ(moved.copy(""), "");
}

TEST(Result, NamesOfErrorCodes) {
  EXPECT_EQ(to_string(Errc::not_found), "not_found");
  EXPECT_EQ(to_string(Errc::failed), "failed");
}

}  // namespace
}  // namespace omadm
