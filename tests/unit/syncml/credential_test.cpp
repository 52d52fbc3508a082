#include "syncml/auth/credential.h"

#include <gtest/gtest.h>

#include <map>

#include "base/text.h"
#include "tests/support/vector_file.h"

namespace omadm {
namespace {

using test::read_vectors;
using test::Vector;

TEST(Credential, SEC_010_BasicIsBase64OfNameColonPassword) {
  for (const Vector& v : read_vectors("auth/basic.vec")) {
    SCOPED_TRACE(v.name);
    const Secret secret(v["password"]);
    EXPECT_EQ(basic_credential(v["user"], secret), v["cred"]);
    EXPECT_EQ(basic_credential(v["user"], secret), base64_encode(v["octets"]));
    EXPECT_TRUE(basic_matches(v["cred"], v["user"], secret));
    EXPECT_FALSE(basic_matches(v["cred"], v["user"] + "x", secret));
    EXPECT_FALSE(basic_matches(v["cred"], v["user"], Secret(v["password"] + "x")));
    EXPECT_FALSE(basic_matches("", v["user"], secret));
    EXPECT_FALSE(basic_matches("*", v["user"], secret));
  }
}

TEST(Credential, SEC_011_Md5FollowsTheFormula) {
  for (const Vector& v : read_vectors("auth/md5.vec")) {
    SCOPED_TRACE(v.name);
    const Secret secret(v["password"]);
    EXPECT_EQ(md5_credential(v["user"], secret, v["nonce"]), v["cred"]);
    EXPECT_TRUE(md5_matches(v["cred"], v["user"], secret, v["nonce"]));
    EXPECT_FALSE(md5_matches(v["cred"], v["user"], secret, v["nonce"] + "x"));
    EXPECT_FALSE(md5_matches(v["cred"], v["user"], Secret("other"), v["nonce"]));
    EXPECT_FALSE(md5_matches("", v["user"], secret, v["nonce"]));
    EXPECT_FALSE(md5_matches(v["cred"].substr(0, 20), v["user"], secret, v["nonce"]));
  }
}

TEST(Credential, SEC_012_TheNonceTextOfTheVectorsDecodesToItsOctets) {
  for (const Vector& v : read_vectors("auth/md5.vec")) {
    const Result<Octets> nonce = base64_decode(v["next_nonce"]);
    ASSERT_TRUE(nonce);
    EXPECT_EQ(*nonce, v["nonce"]) << v.name;
  }
}

TEST(Credential, SEC_012_SEC_013_DigestsOfKnownMistakesAreRefused) {
  std::map<std::string, Vector> right;
  for (const Vector& v : read_vectors("auth/md5.vec")) right[v.name] = v;
  for (const Vector& fault : read_vectors("auth/md5_faults.vec")) {
    SCOPED_TRACE(fault.name);
    ASSERT_EQ(right.count(fault["of"]), 1U);
    const Vector& v = right[fault["of"]];
    EXPECT_FALSE(md5_matches(fault["cred"], v["user"], Secret(v["password"]), v["nonce"]));
  }
}

TEST(Credential, SEC_017_WithoutNonceTheEmptyStringIsHashed) {
  EXPECT_EQ(md5_credential("Bruce2", Secret("OhBehave"), ""), "lEf25jyjHbCcTbj4p/1pUw==");
}

TEST(Credential, SEC_014_MacFollowsTheFormula) {
  for (const Vector& v : read_vectors("auth/mac.vec")) {
    SCOPED_TRACE(v.name);
    const Secret secret(v["password"]);
    EXPECT_EQ(mac_credential(v["user"], secret, v["nonce"], v["body"]), v["mac"]);
    EXPECT_TRUE(mac_matches(v["mac"], v["user"], secret, v["nonce"], v["body"]));
    EXPECT_FALSE(mac_matches(v["mac"], v["user"], secret, v["nonce"] + "x", v["body"]));
  }
}

TEST(Credential, SEC_044_MacOfATamperedBodyIsRefused) {
  std::map<std::string, Vector> vectors;
  for (const Vector& v : read_vectors("auth/mac.vec")) vectors[v.name] = v;
  const Vector& sent = vectors["H1"];
  const Vector& tampered = vectors["H6"];
  ASSERT_EQ(tampered["body"], sent["body"] + "\n");
  EXPECT_FALSE(mac_matches(sent["mac"], sent["user"], Secret(sent["password"]), sent["nonce"], tampered["body"]));
}

TEST(Credential, SEC_015_MacAsBase64OfHexadecimalIsToleratedWithAndWithoutPadding) {
  std::map<std::string, Vector> vectors;
  for (const Vector& v : read_vectors("auth/mac.vec")) vectors[v.name] = v;
  const Vector& v = vectors["H1"];
  const Secret secret(v["password"]);
  const std::string padded = v["mac_of_hex"];
  EXPECT_TRUE(mac_matches(padded, v["user"], secret, v["nonce"], v["body"]));
  EXPECT_TRUE(mac_matches(padded.substr(0, padded.find('=')), v["user"], secret, v["nonce"], v["body"]));
  EXPECT_FALSE(mac_matches(padded, v["user"], secret, v["nonce"], v["body"] + " "));
}

TEST(HmacHeader, SEC_040_SEC_042_SEC_046_Vectors) {
  for (const Vector& v : read_vectors("auth/hmac_header.vec")) {
    SCOPED_TRACE(v.name);
    const Result<HmacHeader> header = parse_hmac_header(v["header"]);
    if (v.has("refused")) {
      ASSERT_FALSE(header);
      EXPECT_EQ(header.error().code, Errc::authentication);
      continue;
    }
    ASSERT_TRUE(header) << header.error().detail;
    EXPECT_EQ(header->username, v["username"]);
    EXPECT_EQ(header->mac, v["mac"]);
  }
}

TEST(HmacHeader, SEC_040_IsWrittenAsTheStandardWantsItAndReadsBack) {
  EXPECT_EQ(format_hmac_header({"Bruce2", "04VvacveoUWpqAq2mQcemQ=="}),
            "algorithm=MD5, username=\"Bruce2\", mac=04VvacveoUWpqAq2mQcemQ==");
  for (const std::string& name : {std::string("Robert, \"Bob\" Jordan"), std::string("a\\b=c"), std::string(" x ")}) {
    const Result<HmacHeader> header = parse_hmac_header(format_hmac_header({name, "AAAAAAAAAAAAAAAAAAAAAA=="}));
    ASSERT_TRUE(header);
    EXPECT_EQ(header->username, name);
    EXPECT_EQ(header->mac, "AAAAAAAAAAAAAAAAAAAAAA==");
  }
}

TEST(AuthType, NamesOfTheStandardMapToTypes) {
  EXPECT_EQ(auth_type_from_meta("syncml:auth-md5"), AuthType::md5);
  EXPECT_EQ(auth_type_from_meta("syncml:auth-MAC"), AuthType::mac);
  EXPECT_EQ(auth_type_from_meta("syncml:auth-basic"), AuthType::basic);
  EXPECT_EQ(auth_type_from_meta("syncml:auth-X509"), std::nullopt);
  EXPECT_EQ(auth_type_from_meta(""), std::nullopt);
  EXPECT_EQ(auth_type_from_aauth("DIGEST"), AuthType::md5);
  EXPECT_EQ(auth_type_from_aauth("HMAC"), AuthType::mac);
  EXPECT_EQ(auth_type_from_aauth("TRANSPORT"), AuthType::transport);
  EXPECT_EQ(auth_type_from_aauth("SECURID"), std::nullopt);
  for (const AuthType type : {AuthType::basic, AuthType::md5, AuthType::mac}) {
    EXPECT_EQ(auth_type_from_meta(meta_type(type)), type);
  }
  EXPECT_EQ(meta_type(AuthType::none), "");
  EXPECT_EQ(to_string(AuthType::transport), "transport");
}

}  // namespace
}  // namespace omadm
