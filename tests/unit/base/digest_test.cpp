#include "base/crypto/digest.h"

#include <gtest/gtest.h>

#include <set>

#include "base/crypto/secret.h"
#include "base/text.h"

namespace omadm {
namespace {

// RFC 1321 appendix A.5, FIPS 180 "abc", RFC 6234.
TEST(Digest, PublishedVectors) {
  EXPECT_EQ(hex_encode(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hex_encode(md5("message digest")), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(hex_encode(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex_encode(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 2202 section 3, "Test Cases for HMAC-SHA-1".
TEST(Digest, HmacSha1VectorsOfRfc2202) {
  struct Vector {
    Octets key, data;
    const char* mac;
  };
  Octets counting;
  for (char c = 1; c <= 25; ++c) counting.push_back(c);
  const Vector vectors[] = {
      {Octets(20, '\x0b'), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"},
      {"Jefe", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
      {Octets(20, '\xaa'), Octets(50, '\xdd'), "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
      {counting, Octets(50, '\xcd'), "4c9007f4026250c6bc8414f9bf50c86c2d7235da"},
      {Octets(20, '\x0c'), "Test With Truncation", "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"},
      {Octets(80, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
      {Octets(80, '\xaa'), "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
       "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"},
  };
  for (const Vector& vector : vectors) EXPECT_EQ(hex_encode(hmac_sha1(vector.key, vector.data)), vector.mac);
}

TEST(Digest, AStreamGivesTheDigestOfTheWhole) {
  Sha256Stream stream;
  for (int i = 0; i < 1000; ++i) stream.update("abcdefghij");
  Octets whole;
  for (int i = 0; i < 1000; ++i) whole += "abcdefghij";
  EXPECT_EQ(stream.finish(), sha256(whole));
}

TEST(Digest, ComparesOctets) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

TEST(Digest, SEC_007_RandomOctetsDiffer) {
  std::set<Octets> seen;
  for (int i = 0; i < 100; ++i) seen.insert(random_octets(16));
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_EQ(random_octets(1000).size(), 1000u);
  std::set<std::uint32_t> values;
  for (int i = 0; i < 500; ++i) values.insert(random_below(5));
  EXPECT_EQ(values, (std::set<std::uint32_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(random_below(1), 0u);
}

TEST(Secret, KeepsItsValueThroughCopyAndMove) {
  Secret secret(Octets("a passphrase longer than any short string"));
  Secret copy = secret;
  Secret moved = std::move(secret);
  EXPECT_EQ(copy.view(), moved.view());
  copy = Secret(Octets("x"));
  EXPECT_EQ(copy.view(), "x");
  moved = copy;
  EXPECT_EQ(moved.view(), "x");
  Octets octets = "short";
  wipe(octets);
  EXPECT_TRUE(octets.empty());
}

}  // namespace
}  // namespace omadm
