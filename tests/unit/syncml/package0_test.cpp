#include "syncml/notification/package0.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "syncml/auth/credential.h"
#include "syncml/notification/push_message.h"
#include "tests/support/vector_file.h"

namespace omadm {
namespace {

using test::read_vectors;
using test::Vector;

const Secret kPassword{"S3rv3r-Secret-0001"};
const Octets kNonce = *hex_decode("a1b2c3d4e5f60718293a4b5c6d7e8f90");

Octets message_a1() { return read_vectors("notification/accepted.vec").front()["message"]; }

TEST(Package0, NOT_001_NOT_020_AcceptedVectors) {
  for (const Vector& v : read_vectors("notification/accepted.vec")) {
    SCOPED_TRACE(v.name);
    const Result<Package0> message = parse_package0(v["message"]);
    ASSERT_TRUE(message) << message.error().detail;
    EXPECT_EQ(message->version, 11);
    EXPECT_EQ(std::to_string(message->ui_mode), v["ui"]);
    EXPECT_EQ(message->server_initiated, v["initiator"] == "server");
    EXPECT_EQ(message->session_id_text(), v["session"]);
    EXPECT_EQ(message->server_id, v["server"]);
    EXPECT_EQ(message->vendor, v["vendor"]);
    EXPECT_EQ(message->digest + message->trigger, v["message"]);
    EXPECT_TRUE(digest_matches(*message, message->server_id, kPassword, v["nonce"]));
    EXPECT_FALSE(digest_matches(*message, message->server_id, kPassword, v["nonce"] + "x"));
    EXPECT_FALSE(digest_matches(*message, message->server_id, Secret("other"), v["nonce"]));
  }
}

TEST(Package0, NOT_037_A3IsGoodWithTheDefaultNonceAlone) {
  const Vector a3 = read_vectors("notification/accepted.vec").at(2);
  ASSERT_EQ(a3.name, "A3");
  const Result<Package0> message = parse_package0(a3["message"]);
  ASSERT_TRUE(message);
  EXPECT_FALSE(digest_matches(*message, message->server_id, kPassword, kNonce));
  EXPECT_TRUE(digest_matches(*message, message->server_id, kPassword, kDefaultNonce));
}

TEST(Package0, NOT_032_Version10IsTakenWhereItMayBe) {
  std::size_t older = 0;
  for (const Vector& v : read_vectors("notification/refused.vec")) {
    const bool refused = v["why"] == "unsupported";
    if (!refused || parse_package0(v["message"], false) || !parse_package0(v["message"], true)) continue;
    const Result<Package0> message = parse_package0(v["message"], true);
    EXPECT_EQ(message->version, 10);
    EXPECT_EQ(message->server_id, "srv.example.com");
    ++older;
  }
  EXPECT_EQ(older, 1U);  // 1.0; 1.2 is none of ours
}

TEST(Package0, NOT_003_NOT_032_NOT_033_NOT_034_NOT_035_NOT_036_RefusedVectors) {
  for (const Vector& v : read_vectors("notification/refused.vec")) {
    SCOPED_TRACE(v.name);
    const Result<Package0> message = parse_package0(v["message"]);
    if (v["why"] == "malformed" || v["why"] == "unsupported") {
      ASSERT_FALSE(message);
      EXPECT_EQ(to_string(message.error().code), v["why"]);
      continue;
    }
    ASSERT_TRUE(message) << message.error().detail;
    if (v["why"] == "unknown") {
      EXPECT_NE(message->server_id, "srv.example.com");
    } else {
      EXPECT_EQ(v["why"], "digest");
      EXPECT_EQ(message->server_id, "srv.example.com");
      EXPECT_FALSE(digest_matches(*message, message->server_id, kPassword, kNonce));
      EXPECT_FALSE(digest_matches(*message, message->server_id, kPassword, kDefaultNonce));
    }
  }
}

TEST(Package0, NOT_036_AnyChangedBitBreaksTheDigestOrTheStructure) {
  const Octets good = message_a1();
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Octets bad = good;
    bad[bit / 8] = static_cast<char>(static_cast<unsigned char>(bad[bit / 8]) ^ (1U << (bit % 8)));
    const Result<Package0> message = parse_package0(bad);
    EXPECT_FALSE(message && digest_matches(*message, message->server_id, kPassword, kNonce)) << "bit " << bit;
  }
}

TEST(Package0, NOT_031_LengthFrom25To1024Octets) {
  Package0 message;
  message.session_id = 1;
  message.server_id = "s";
  const Octets smallest = write_package0(message, kPassword, kNonce);
  EXPECT_EQ(smallest.size(), 25U);
  EXPECT_TRUE(parse_package0(smallest));
  for (std::size_t size = 0; size < smallest.size(); ++size) {
    const Result<Package0> cut = parse_package0(Bytes(smallest).substr(0, size));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code, Errc::malformed);
  }
  message.vendor = Octets(1024 - 25, 'v');
  EXPECT_TRUE(parse_package0(write_package0(message, kPassword, kNonce)));
  message.vendor.push_back('v');
  EXPECT_FALSE(parse_package0(write_package0(message, kPassword, kNonce)));
}

TEST(Package0, NOT_001_WhatIsWrittenEqualsTheVectors) {
  for (const Vector& v : read_vectors("notification/accepted.vec")) {
    if (v.has("written_differently")) continue;  // future-use bits are never written
    SCOPED_TRACE(v.name);
    const Result<Package0> read = parse_package0(v["message"]);
    ASSERT_TRUE(read);
    Package0 message;
    message.ui_mode = read->ui_mode;
    message.server_initiated = read->server_initiated;
    message.session_id = read->session_id;
    message.server_id = read->server_id;
    message.vendor = read->vendor;
    EXPECT_EQ(hex_encode(write_package0(message, kPassword, v["nonce"])), hex_encode(v["message"]));
  }
}

TEST(Package0, NOT_003_NOT_004_WeWriteVersion11AndNoFutureUse) {
  Package0 message;
  message.version = 11;
  message.ui_mode = 2;
  message.server_initiated = false;
  message.session_id = 0x1234;
  message.server_id = "s";
  EXPECT_EQ(hex_encode(write_package0(message, kPassword, kNonce).substr(16)), "02e000000012340173");
  message.version = 12;  // the version of the protocol is not that of its notifications
  const Result<Package0> read = parse_package0(write_package0(message, kPassword, kNonce));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::unsupported);
}

TEST(Package0, NOT_004_FutureUseIsSignedButNotLookedAt) {
  for (std::size_t bit = 0; bit < 27; ++bit) {
    SCOPED_TRACE(bit);
    Octets trigger = message_a1().substr(16);
    trigger[4 - bit / 8] = static_cast<char>(static_cast<unsigned char>(trigger[4 - bit / 8]) | (1U << (bit % 8)));
    const std::string_view server = "com.mgmtsrv.manage";
    const Octets octets = notification_digest(server, kPassword, kNonce, trigger) + trigger;
    const Result<Package0> message = parse_package0(octets);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->session_id_text(), "1234");
    EXPECT_EQ(message->ui_mode, 1);
    EXPECT_TRUE(digest_matches(*message, server, kPassword, kNonce));
  }
}

TEST(Package0, NOT_021_TheDigestIsSixteenRawOctets) {
  const Octets good = message_a1();
  const Result<Package0> message = parse_package0(good);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->digest, Bytes(good).substr(0, 16));
  EXPECT_EQ(message->trigger, Bytes(good).substr(16));
  const Octets as_text = base64_encode(message->digest) + Octets(message->trigger);
  const Result<Package0> text = parse_package0(as_text);
  EXPECT_FALSE(text && digest_matches(*text, message->server_id, kPassword, kNonce));
}

TEST(Package0, NOT_005_PRO_031_SessionIdIsUpperCaseHexadecimalWithoutLeadingZeros) {
  Package0 message;
  const std::pair<std::uint16_t, std::string_view> cases[] = {{0x1, "1"},     {0xA, "A"},       {0x10, "10"},
                                                              {0xABC, "ABC"}, {0x1000, "1000"}, {0xFFFF, "FFFF"}};
  for (const auto& [id, text] : cases) {
    message.session_id = id;
    EXPECT_EQ(message.session_id_text(), text);
  }
}

TEST(PushBody, NOT_080_NOT_081_NOT_083_NOT_084_BearersDeliverTheSameTrigger) {
  const Octets trigger = message_a1();
  for (const Vector& v : read_vectors("notification/push.vec")) {
    SCOPED_TRACE(v.name);
    const Octets octets = v["octets"];
    const Result<Bytes> body = notification_body(octets, v.has("content_type") ? v["content_type"] : "");
    ASSERT_TRUE(body) << body.error().detail;
    EXPECT_EQ(hex_encode(*body), hex_encode(trigger));
  }
}

TEST(PushBody, NOT_002_TheTypeOfTheBearerDecides) {
  const Octets trigger = message_a1();
  const Result<Bytes> typed = notification_body(trigger, "Application/vnd.syncml.notification; x=1");
  ASSERT_TRUE(typed);
  EXPECT_EQ(*typed, trigger);
  for (const std::string_view type :
       {"application/vnd.syncml.dm.notification", "application/vnd.syncml.ds.notification", "text/plain"}) {
    const Result<Bytes> other = notification_body(trigger, type);
    ASSERT_FALSE(other) << type;
    EXPECT_EQ(other.error().code, Errc::unsupported);
  }
}

TEST(PushBody, NOT_030_NOT_085_OtherContentOrApplicationIsUnsupported) {
  const Octets trigger = message_a1();
  for (const std::string_view head : {
           "010603c2af87",        // content type 42: a bootstrap message
           "010603d8af87",        // content type 58: a notification of DM 1.3
           "010603c4af82",        // application id of somebody else
           "010601c4",            // no application id
           "010606c461623a6300",  // a text header that ends too early is malformed inside its PDU
       }) {
    SCOPED_TRACE(head);
    const Octets pdu = *hex_decode(head) + trigger;
    EXPECT_FALSE(notification_body(pdu, "application/vnd.wap.wsp"));
    const Result<Bytes> guessed = notification_body(pdu, "");
    EXPECT_FALSE(guessed && parse_package0(*guessed));
  }
}

TEST(PushBody, NOT_083_EveryCutOfAPduIsRefusedOrTooShort) {
  for (const Vector& v : read_vectors("notification/push.vec")) {
    if (v.has("content_type")) continue;
    const Octets octets = v["octets"];
    for (std::size_t size = 0; size < octets.size(); ++size) {
      const Result<Bytes> body = notification_body(Bytes(octets).substr(0, size), "");
      const Result<Package0> message = body ? parse_package0(*body) : Result<Package0>(body.error());
      EXPECT_FALSE(message && digest_matches(*message, message->server_id, kPassword, kNonce)) << v.name << " " << size;
    }
  }
}

TEST(PushBody, NOT_084_ADigestThatLooksLikeAPushPduIsStillATrigger) {
  Octets message = message_a1();
  message[1] = '\x06';
  message[2] = '\x03';
  const Result<Bytes> body = notification_body(message, "");
  ASSERT_TRUE(body);
  EXPECT_EQ(*body, message);
}

TEST(PushBody, NOT_100_SipEntityNeedsItsEmptyLineAndItsType) {
  const Octets trigger = message_a1();
  const std::string_view type = "application/vnd.oma.push";
  EXPECT_TRUE(notification_body("Content-Type: application/vnd.syncml.notification\n\n" + trigger, type));
  EXPECT_FALSE(notification_body("Content-Type: application/vnd.syncml.notification\n", type));
  EXPECT_FALSE(notification_body("Content-Type: text/plain\n\n" + trigger, type));
  EXPECT_FALSE(notification_body("X-Other: 1\n\n" + trigger, type));
  EXPECT_FALSE(notification_body("no colon\n\n" + trigger, type));
}

TEST(PushBody, SIP_003_SIP_004_InnerHeadersAreWhatTheTableSays) {
  const Octets trigger = message_a1();
  const std::string type = "Content-Type: application/vnd.syncml.notification\r\n";
  const std::string size = std::to_string(trigger.size());
  std::string entity;  // what is opened is a view of it
  const auto opened = [&](const std::string& head) {
    entity = head + "\r\n" + trigger;
    return notification_body(entity, "application/vnd.oma.push");
  };
  for (const std::string& head :
       {type, std::string("CONTENT-TYPE:application/vnd.syncml.notification;charset=x\n"),
        type + "X-Wap-Application-Id: syncml.dm\r\n",
        type + "X-Wap-Application-Id: 7\r\nContent-Length: " + size + "\r\nPush-Flag: 1\r\n",
        type + "X-Wap-Application-Id: x-wap-application:syncml.dm;login=1\r\n", type + "Content-Encoding: identity\r\n",
        type + "Content-Transfer-Encoding: binary\r\n", type + "X-Wap-Initiator-URI: sip:a@b\r\n folded\r\n"}) {
    const auto body = opened(head);
    ASSERT_TRUE(body) << head << body.error().detail;
    EXPECT_EQ(*body, trigger) << head;
  }
  for (const std::string& head :
       {type + "X-Wap-Application-Id: x-wap-application:wml.ua\r\n", std::string("Content-Type: text/vnd.wap.si\r\n"),
        type + "Content-Encoding: gzip\r\n", type + "Content-Transfer-Encoding: base64\r\n"}) {
    const auto body = opened(head);
    ASSERT_FALSE(body) << head;
    EXPECT_EQ(body.error().code, Errc::unsupported) << head;
  }
  const auto long_one = opened(type + "Content-Length: " + std::to_string(trigger.size() + 1) + "\r\n");
  ASSERT_FALSE(long_one);
  EXPECT_EQ(long_one.error().code, Errc::malformed);
  EXPECT_EQ(opened(type + "X-Long: " + std::string(5000, 'x') + "\r\n").error().code, Errc::too_large);
}

TEST(PushBody, BOOT_022_BOOT_023_TheTypeOfABootstrapPushComesAsText) {
  const Octets mac(40, 'A');
  const Octets pdu = *hex_decode("01062f1f2db6918092") + mac + Octets(1, '\0') + "body";
  const auto message = open_push(pdu, "");
  ASSERT_TRUE(message) << message.error().detail;
  EXPECT_EQ(message->content_type, "application/vnd.wap.connectivity-wbxml; SEC=0; MAC=" + mac);
  EXPECT_EQ(message->body, "body");
  EXPECT_FALSE(message->for_dm);
  EXPECT_FALSE(notification_body(pdu, "application/vnd.wap.wsp"));
  const auto profile = open_push(*hex_decode("010603c2af87") + "body", "application/vnd.wap.wsp");
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->content_type, "application/vnd.syncml.dm+wbxml");
  EXPECT_EQ(profile->for_dm, true);
}

}  // namespace
}  // namespace omadm
