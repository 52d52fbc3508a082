#include <gtest/gtest.h>

#include <string>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "bootstrap/bootstrap.h"
#include "tests/support/tree_device.h"

namespace omadm {
namespace {

const BootstrapRequestFields kAll{"IMEI:493005100592800", "alice", "wonder-1", "sip:alice@example.net"};

// The vector with the line ends of the wire.
std::string vector() {
  std::string text;
  for (const char c : test::read_source_file("tests/vectors/bootstrap/https_request.txt")) {
    if (c == '\n') text += '\r';
    text += c;
  }
  return text;
}

TEST(BootstrapRequest, BOOT_082_V3_OctetByOctet) {
  const auto request = bootstrap_request(kAll, "dmBoot7e1");
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_EQ(request->content_type, "multipart/form-data; boundary=dmBoot7e1");
  EXPECT_EQ(request->body.size(), 444u);
  EXPECT_EQ(hex_encode(sha256(request->body)), "fd26dca659a3c274a31f073b303a61db2a7171dfd1761cab6586ba237da43dd3");
  const std::string head =
      "POST /dm/boot HTTP/1.1\r\nHost: boot.example.net\r\nAccept: application/vnd.syncml.dm+wbxml\r\n"
      "Content-Type: " +
      request->content_type + "\r\nContent-Length: " + std::to_string(request->body.size()) +
      "\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(head.size(), 186u);
  EXPECT_EQ(head + request->body, vector());
  EXPECT_EQ(hex_encode(sha256(head + request->body)),
            "6668d6fc720af631189f8c3964153e12ea87c9503718272032f695d8503e32ca");
}

TEST(BootstrapRequest, BOOT_082_DeviceIdAlone) {
  const auto request = bootstrap_request({"IMEI:493005100592800", "", "", ""}, "dmBoot7e1");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->body.size(), 124u);
  EXPECT_EQ(request->body.find("username"), std::string::npos);
  EXPECT_EQ(request->body.find("passphrase"), std::string::npos);
}

TEST(BootstrapRequest, BOOT_082_PassphraseOnlyWithAUser) {
  const auto without_user = bootstrap_request({"id", "", "wonder-1", ""}, "boundary");
  ASSERT_TRUE(without_user);
  EXPECT_EQ(without_user->body.find("passphrase"), std::string::npos);
  const auto without_passphrase = bootstrap_request({"id", "alice", "", ""}, "boundary");
  ASSERT_FALSE(without_passphrase);
  EXPECT_EQ(without_passphrase.error().code, Errc::incomplete);
}

TEST(BootstrapRequest, BOOT_082_NeverWithoutDeviceId) {
  const auto request = bootstrap_request({"", "alice", "x", ""});
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code, Errc::incomplete);
}

TEST(BootstrapRequest, BOOT_083_EveryPartSaysWhatItIs) {
  const auto request = bootstrap_request(kAll, "sep");
  ASSERT_TRUE(request);
  std::string_view rest = request->body;
  for (const auto& [name, value] :
       {std::pair("devid", "IMEI:493005100592800"), std::pair("username", "alice"),
        std::pair("passphrase", "d29uZGVyLTE="), std::pair("push-address", "sip:alice@example.net")}) {
    const std::string part = "--sep\r\nContent-Disposition: form-data; name=\"" + std::string(name) +
                             "\"\r\nContent-Type: text/plain\r\n\r\n" + value + "\r\n";
    ASSERT_TRUE(rest.starts_with(part)) << name << " in " << rest;
    rest.remove_prefix(part.size());
  }
  EXPECT_EQ(rest, "--sep--\r\n");
}

TEST(BootstrapRequest, BOOT_084_TheBoundaryOccursInNoValue) {
  const auto clash = bootstrap_request({"IMEI:1--dmBoot7e1", "", "", ""}, "dmBoot7e1");
  ASSERT_FALSE(clash);
  EXPECT_EQ(clash.error().code, Errc::malformed);
  const auto first = bootstrap_request(kAll);
  const auto second = bootstrap_request(kAll);
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->content_type, second->content_type);
  const std::string boundary = first->content_type.substr(first->content_type.find('=') + 1);
  EXPECT_TRUE(first->body.starts_with("--" + boundary + "\r\n"));
  EXPECT_TRUE(first->body.ends_with("--" + boundary + "--\r\n"));
}

TEST(BootstrapRequest, BOOT_084_ValuesAreOneLine) {
  for (const char* bad : {"id\r\nX: y", "id\n", "\xFF"}) {
    const auto request = bootstrap_request({bad, "", "", ""});
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().code, Errc::malformed);
  }
  EXPECT_TRUE(bootstrap_request({"id", "alice", Octets("\x00\xFF\r\n", 4), ""}));  // travels as Base64
}

}  // namespace
}  // namespace omadm
