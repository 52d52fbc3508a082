// Base64 in pieces. protocol rule PRO-263.
#include <gtest/gtest.h>

#include <random>

#include "base/base64_stream.h"
#include "base/text.h"

namespace omadm {
namespace {

// `text` cut before each of `cuts`; nullopt: refused.
std::optional<Octets> decoded(std::string_view text, const std::vector<std::size_t>& cuts) {
  Base64Stream stream;
  Octets all;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t to = i < cuts.size() ? cuts[i] : text.size();
    const auto octets = stream.decode(text.substr(from, to - from));
    if (!octets) return std::nullopt;
    all += *octets;
    from = to;
  }
  const auto last = stream.finish();
  if (!last) return std::nullopt;
  return all + *last;
}

TEST(Base64Stream, PRO_263_AnyTwoCutsAreTheSameAsNone) {
  for (const std::string_view text :
       {"", "AA==", "AAE=", "AAEC", "AAECAw==", " A\r\nA E C\tAwQ=\n", "AAECAwQ", "AAECAw", "//79+w=\n="}) {
    const auto whole = base64_decode(text);
    ASSERT_TRUE(whole) << text;
    for (std::size_t a = 0; a <= text.size(); ++a) {
      for (std::size_t b = a; b <= text.size(); ++b) EXPECT_EQ(decoded(text, {a, b}), *whole) << text << a << ' ' << b;
    }
  }
}

TEST(Base64Stream, PRO_263_WhatIsNoBase64IsRefusedHoweverItIsCut) {
  for (const std::string_view text :
       {"A", "AAECA", "AB==", "AAF=", "A*EC", "AA=A", "AA==AAEC", "=", "AAEC=", "====", "AA=", "AA===", "AAECAA==A"}) {
    ASSERT_FALSE(base64_decode(text)) << text;
    for (std::size_t a = 0; a <= text.size(); ++a) EXPECT_EQ(decoded(text, {a}), std::nullopt) << text << ' ' << a;
  }
}

TEST(Base64Stream, PRO_263_LongValuesInPiecesOfAnySize) {
  std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): the same in every run
  Octets octets(10000, '\0');
  for (char& octet : octets) octet = static_cast<char>(random());
  const std::string text = base64_encode(octets);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::size_t> cuts;
    for (std::size_t at = random() % 300; at < text.size(); at += random() % 300) cuts.push_back(at);
    EXPECT_EQ(decoded(text, cuts), octets);
  }
}

}  // namespace
}  // namespace omadm
