// The doors of SIP and HTTP over real sockets.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/io/clock.h"
#include "base/text.h"
#include "transport/push/http_push_listener.h"
#include "transport/push/sip_listener.h"

namespace omadm::test {
namespace {

class Peer {
 public:
  Peer(const std::string& address, int type) : to_(*InetAddress::parse(address)) {
    socket_ = ::socket(to_.storage.ss_family, type | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(socket_, to_.generic(), to_.size), 0) << address;
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() { ::close(socket_); }
  void send(Bytes octets) const {
    EXPECT_EQ(::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL), static_cast<ssize_t>(octets.size()));
  }
  // What can be read now; `closed` tells the end of a stream.
  std::string read(bool* closed = nullptr) const {
    std::string all;
    char buffer[4096];
    while (true) {
      const ssize_t size = ::recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT);
      if (size <= 0) {
        if (closed != nullptr && size == 0) *closed = true;
        return all;
      }
      all.append(buffer, static_cast<std::size_t>(size));
    }
  }

 private:
  InetAddress to_;
  int socket_;
};

class PushDoorTest : public testing::Test {
 protected:
  PushDoorTest() : loop_(*EventLoop::create(clock_)) {}
  PushHandler keep() {
    return
        [this](Bytes octets, std::string_view type) { received_.emplace_back(std::string(octets), std::string(type)); };
  }
  static SipSenderCheck senders_of(std::vector<AddressRange> senders) {
    if (senders.empty()) return [](const InetAddress& source) { return source.is_loopback(); };
    return [senders](const InetAddress& source) { return senders[0].contains(source); };
  }
  std::unique_ptr<PushListener> sip(std::vector<AddressRange> senders = {}, const char* address = "127.0.0.1:0") {
    auto listener = SipListener::listen(*loop_, log_, address, senders_of(std::move(senders)), keep());
    EXPECT_TRUE(listener) << listener.error().detail;
    return listener ? std::move(*listener) : nullptr;
  }
  std::unique_ptr<PushListener> http() {
    auto listener = HttpPushListener::listen(*loop_, "127.0.0.1:0", false, keep());
    EXPECT_TRUE(listener) << listener.error().detail;
    return listener ? std::move(*listener) : nullptr;
  }
  // Runs the loop until the peer has something to say.
  std::string answer(const Peer& peer, bool* closed = nullptr) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    std::string text;
    bool over = false;
    while (text.empty() && !over && std::chrono::steady_clock::now() < end) {
      loop_->run_once(std::chrono::milliseconds(5));
      text = peer.read(&over);
    }
    if (closed != nullptr) *closed = over;
    return text;
  }
  void settle() {
    for (int i = 0; i < 6; ++i) loop_->run_once(std::chrono::milliseconds(10));
  }

  SystemClock clock_;
  NullLog log_;
  std::unique_ptr<EventLoop> loop_;
  std::vector<std::pair<std::string, std::string>> received_;
};

const std::string kBody("\0binary\r\n\r\nbody", 15);

std::string message(const std::string& branch, const std::string& more = {}, const std::string& body = kBody) {
  return "MESSAGE sip:device@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;rport;branch=" + branch +
         ", SIP/2.0/TCP proxy.example;branch=z9hG4bKother\r\nMax-Forwards: 70\r\n"
         "From: <sip:dm@operator.example>;tag=1\r\nTo: \"A; tag=no\" <sip:device@operator.example>\r\n"
         "Call-ID: a84b4c76e66710\r\nCSeq: 1 MESSAGE\r\n" +
         more + "Content-Type: application/vnd.syncml.notification\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string document_message(std::size_t octets, const std::string& branch = "z9hG4bKd") {
  std::string text = message(branch, {}, std::string(octets, 'x'));
  const std::string type = "application/vnd.syncml.notification";
  return text.replace(text.find(type), type.size(), "application/vnd.wap.connectivity-wbxml; SEC=1");
}

TEST_F(PushDoorTest, SIP_005_NOT_100_AMessageByUdpIsDeliveredAndAnswered200) {
  for (const char* address : {"127.0.0.1:0", "[::1]:0"}) {
    received_.clear();
    if (address[0] == '[' && !SipListener::listen(*loop_, log_, address, senders_of({}), keep()))
      continue;  // no IPv6 here
    const auto door = sip({}, address);
    const Peer peer(door->address(), SOCK_DGRAM);
    peer.send(message("z9hG4bK1"));
    const std::string text = answer(peer);
    EXPECT_TRUE(text.starts_with("SIP/2.0 200 OK\r\n")) << text;
    EXPECT_NE(text.find("branch=z9hG4bK1;received="), std::string::npos) << text;
    EXPECT_NE(text.find(", SIP/2.0/TCP proxy.example;branch=z9hG4bKother"), std::string::npos) << text;
    EXPECT_NE(text.find("To: \"A; tag=no\" <sip:device@operator.example>;tag="), std::string::npos) << text;
    EXPECT_NE(text.find("CSeq: 1 MESSAGE\r\n"), std::string::npos) << text;
    ASSERT_EQ(received_.size(), 1U);
    EXPECT_EQ(received_[0].first, kBody);
    EXPECT_EQ(received_[0].second, "application/vnd.syncml.notification");
  }
}

TEST_F(PushDoorTest, SIP_008_ARetransmissionGetsTheSameAnswerAndIsNotDeliveredAgain) {
  const auto door = sip();
  const Peer peer(door->address(), SOCK_DGRAM);
  peer.send(message("z9hG4bK1"));
  const std::string first = answer(peer);
  peer.send(message("z9hG4bK1"));
  EXPECT_EQ(answer(peer), first);
  EXPECT_EQ(received_.size(), 1U);
  peer.send(message("z9hG4bK2"));
  EXPECT_NE(answer(peer), first);
  EXPECT_EQ(received_.size(), 2U) << "another transaction";
}

TEST_F(PushDoorTest, SIP_005_ByTcpABodyMayComeInSegmentsAndMessagesInOne) {
  const auto door = sip();
  const Peer peer(door->address(), SOCK_STREAM);
  const std::string one = message("z9hG4bK1");
  for (const char octet : one) {
    peer.send({&octet, 1});
    loop_->run_once(std::chrono::milliseconds(0));
  }
  EXPECT_TRUE(answer(peer).starts_with("SIP/2.0 200 OK\r\n"));
  EXPECT_EQ(received_.size(), 1U);
  peer.send("\r\n\r\n");
  EXPECT_EQ(answer(peer), "\r\n") << "a keep-alive";
  peer.send("\r\n" + message("z9hG4bK2") + message("z9hG4bK3"));
  settle();
  EXPECT_EQ(received_.size(), 3U);
}

TEST_F(PushDoorTest, SIP_001_OtherMethodsAndContentsAreRefusedAsRfc3261Says) {
  const auto door = sip();
  const std::string good = message("z9hG4bK1");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const std::size_t place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    return text.replace(place, from.size(), to);
  };
  const std::string type = "Content-Type: application/vnd.syncml.notification";
  std::string invite = with("MESSAGE sip", "INVITE sip");
  invite.replace(invite.find("1 MESSAGE"), 9, "1 INVITE");
  std::string options = with("MESSAGE sip", "OPTIONS sip");
  options.replace(options.find("1 MESSAGE"), 9, "1 OPTIONS");
  const std::pair<std::string, std::string> cases[] = {
      {invite, "405 "},
      {options, "200 "},
      {with("SIP/2.0\r\nVia", "SIP/3.0\r\nVia"), "505 "},
      {with(type, "Content-Type: text/plain"), "415 "},
      {with(type + "\r\n", ""), "415 "},
      {message("z9hG4bK1", "Content-Encoding: gzip\r\n"), "415 "},
      {message("z9hG4bK1", "Require: 100rel\r\n"), "420 "},
      {message("z9hG4bK1", "Accept-Contact: *;+g.oma.pusheventapp=\"mms.ua\"\r\n"), "480 "},
      {message("z9hG4bK1", {}, std::string(1025, 'x')), "413 "},
      {document_message(kMaxPush + 1), "413 "},
      {with("1 MESSAGE", "1 OPTIONS"), "400 "},
      {with("Content-Length: 15", "Content-Length: 16"), "400 "},
  };
  for (const auto& [text, status] : cases) {
    const auto fresh = sip();
    const Peer peer(fresh->address(), SOCK_DGRAM);
    peer.send(text);
    EXPECT_TRUE(answer(peer).starts_with("SIP/2.0 " + status)) << text;
  }
  EXPECT_TRUE(received_.empty());
}

TEST_F(PushDoorTest, BOOT_024_DocumentsComeWithTheirTypeAndMayBeLong) {
  const auto sip_door = sip();
  const Peer datagram(sip_door->address(), SOCK_DGRAM);
  datagram.send(document_message(kMaxPush));
  EXPECT_TRUE(answer(datagram).starts_with("SIP/2.0 200 "));
  const Peer stream(sip_door->address(), SOCK_STREAM);
  stream.send(document_message(kMaxPush, "z9hG4bKs"));
  EXPECT_TRUE(answer(stream).starts_with("SIP/2.0 200 "));
  const auto http_door = http();
  for (const char* type :
       {"application/vnd.wap.connectivity-wbxml", "text/vnd.wap.connectivity-xml", "application/vnd.syncml.dm+wbxml",
        "application/vnd.syncml.dm+xml", "application/vnd.syncml.dmtnds+wbxml", "application/vnd.syncml.dmtnds+xml"}) {
    const Peer peer(http_door->address(), SOCK_STREAM);
    peer.send("POST / HTTP/1.1\r\nContent-Type: " + std::string(type) +
              "; SEC=1\r\nContent-Length: " + std::to_string(kMaxPush) + "\r\n\r\n" + std::string(kMaxPush, 'x'));
    EXPECT_TRUE(answer(peer).starts_with("HTTP/1.1 204 ")) << type;
    ASSERT_FALSE(received_.empty());
    EXPECT_EQ(received_.back(), std::pair(std::string(kMaxPush, 'x'), type + std::string("; SEC=1")));
  }
  EXPECT_EQ(received_.size(), 8U);
  EXPECT_EQ(received_[0], received_[1]);
  EXPECT_EQ(received_[0].second, "application/vnd.wap.connectivity-wbxml; SEC=1");
}

TEST_F(PushDoorTest, SIP_002_TheFeatureTagIsTakenInItsLongAndShortForm) {
  const auto door = sip();
  const Peer peer(door->address(), SOCK_DGRAM);
  int number = 0;
  for (const char* tag : {"x-wap-application:syncml.dm", "syncml.dm", "mms.ua,SyncML.DM"}) {
    peer.send(message("z9hG4bK" + std::to_string(++number),
                      "Accept-Contact: *;+g.oma.pusheventapp=\"" + std::string(tag) + "\"\r\n"));
    EXPECT_TRUE(answer(peer).starts_with("SIP/2.0 200 ")) << tag;
  }
  EXPECT_EQ(received_.size(), 3U);
}

TEST_F(PushDoorTest, SIP_009_OtherSendersAndWhatIsNoRequestGetNoAnswer) {
  const auto closed_door = sip({*AddressRange::parse("192.0.2.0/24")});
  const Peer stranger(closed_door->address(), SOCK_DGRAM);
  stranger.send(message("z9hG4bK1"));
  const Peer caller(closed_door->address(), SOCK_STREAM);
  caller.send(message("z9hG4bK1"));
  bool closed = false;
  EXPECT_EQ(answer(caller, &closed), "");
  EXPECT_TRUE(closed);
  EXPECT_EQ(stranger.read(), "");

  const auto door = sip({*AddressRange::parse("127.0.0.0/8")});
  const Peer peer(door->address(), SOCK_DGRAM);
  for (const char* text : {"", "\r\n\r\n", "garbage", "SIP/2.0 200 OK\r\n\r\n", "MESSAGE sip:a@b SIP/2.0\r\n\r\n",
                           "MESSAGE sip:a@b SIP/2.0\r\nVia: x\r\nFrom: a\r\nTo: b\r\nCall-ID: 1\r\n\r\n"}) {
    peer.send(text);
  }
  std::string ack = message("z9hG4bK1");
  ack.replace(0, 7, "ACK");
  ack.replace(ack.find("1 MESSAGE"), 9, "1 ACK");
  peer.send(ack);
  settle();
  EXPECT_EQ(peer.read(), "");
  EXPECT_TRUE(received_.empty());
}

TEST_F(PushDoorTest, SIP_005_AStreamThatIsNoSipOrTooLongIsClosed) {
  const auto door = sip();
  std::string without = message("z9hG4bK1");
  without.replace(without.find("Content-Length"), 14, "Content-Longth");
  for (const std::string& text : {without, std::string(9000, 'x'), document_message(kMaxPush + 1),
                                  std::string("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")}) {
    const Peer peer(door->address(), SOCK_STREAM);
    peer.send(text);
    bool closed = false;
    EXPECT_EQ(answer(peer, &closed), "");
    EXPECT_TRUE(closed);
  }
  EXPECT_TRUE(received_.empty());
}

TEST_F(PushDoorTest, NOT_111_EveryWellFormedPostIsAnswered204) {
  const auto door = http();
  const Peer peer(door->address(), SOCK_STREAM);
  const std::string post =
      "POST /push HTTP/1.1\r\nHost: device\r\nContent-Type: application/vnd.syncml.notification\r\n"
      "X-Wap-Application-Id: x-wap-application:syncml.dm\r\nContent-Length: 15\r\n\r\n" +
      kBody;
  for (const char octet : post) {
    peer.send({&octet, 1});
    loop_->run_once(std::chrono::milliseconds(0));
  }
  EXPECT_EQ(answer(peer), "HTTP/1.1 204 No Content\r\n\r\n");
  peer.send(post + post);
  settle();
  ASSERT_EQ(received_.size(), 3U);
  EXPECT_EQ(received_[2].first, kBody);
}

TEST_F(PushDoorTest, NOT_111_OtherRequestsAreRefusedAndTheConnectionClosed) {
  const auto door = http();
  const std::string type = "Content-Type: application/vnd.syncml.notification\r\n";
  const std::pair<std::string, std::string> cases[] = {
      {"GET / HTTP/1.1\r\n\r\n", "405 "},
      {"POST / HTTP/1.1\r\n" + type + "\r\n", "411 "},
      {"POST / HTTP/1.1\r\n" + type + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", "411 "},
      {"POST / HTTP/1.1\r\n" + type + "Content-Length: 1025\r\n\r\n", "413 "},
      {"POST / HTTP/1.1\r\nContent-Type: application/vnd.oma.push\r\nContent-Length: 16385\r\n\r\n", "413 "},
      {"POST / HTTP/1.1\r\n" + type + "Content-Length: -1\r\n\r\n", "400 "},
      {"POST / HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx", "415 "},
      {"POST / HTTP/2.0\r\n\r\n", "400 "},
      {"nonsense\r\n\r\n", "400 "},
      {"POST / HTTP/1.1\r\nA: " + std::string(9000, 'x'), "431 "},
  };
  for (const auto& [text, status] : cases) {
    const Peer peer(door->address(), SOCK_STREAM);
    peer.send(text);
    EXPECT_TRUE(answer(peer).starts_with("HTTP/1.1 " + status)) << text;
    bool closed = false;
    answer(peer, &closed);
    EXPECT_TRUE(closed) << text;
  }
  EXPECT_TRUE(received_.empty());
  const Peer polite(door->address(), SOCK_STREAM);
  polite.send("POST / HTTP/1.1\r\n" + type + "Expect: 100-continue\r\nContent-Length: 1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(answer(polite), "HTTP/1.1 100 Continue\r\n\r\n");
  polite.send("x");
  EXPECT_EQ(answer(polite), "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

TEST_F(PushDoorTest, NOT_111_AnAddressForOthersNeedsAnExplicitSwitch) {
  const auto refused = HttpPushListener::listen(*loop_, "0.0.0.0:0", false, keep());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::not_allowed);
  EXPECT_TRUE(HttpPushListener::listen(*loop_, "0.0.0.0:0", true, keep()));
}

TEST_F(PushDoorTest, NOT_111_MoreConnectionsThanAllowedAreClosedAtOnce) {
  const auto door = http();
  std::vector<std::unique_ptr<Peer>> peers;
  for (int i = 0; i < 17; ++i) {
    peers.push_back(std::make_unique<Peer>(door->address(), SOCK_STREAM));
    settle();
  }
  bool closed = false;
  peers.back()->read(&closed);
  EXPECT_TRUE(closed);
  peers.erase(peers.begin());
  settle();
  const Peer next(door->address(), SOCK_STREAM);
  next.send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(answer(next).starts_with("HTTP/1.1 405 "));
}

TEST(AddressRange, SIP_009_AddressesAndPrefixes) {
  const auto contains = [](const char* range, const char* address) {
    return AddressRange::parse(range)->contains(*InetAddress::parse(address));
  };
  EXPECT_TRUE(contains("192.0.2.7", "192.0.2.7:1"));
  EXPECT_FALSE(contains("192.0.2.7", "192.0.2.6:1"));
  EXPECT_TRUE(contains("192.0.2.0/23", "192.0.3.255:1"));
  EXPECT_FALSE(contains("192.0.2.0/23", "192.0.4.0:1"));
  EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9:1"));
  EXPECT_FALSE(contains("0.0.0.0/0", "[::1]:1"));
  EXPECT_TRUE(contains("2001:db8::/33", "[2001:db8:7fff::1]:1"));
  EXPECT_FALSE(contains("2001:db8::/33", "[2001:db8:8000::1]:1"));
  EXPECT_TRUE(contains("192.0.2.0/24", "[::ffff:192.0.2.9]:1")) << "an IPv4 sender through an IPv6 socket";
  for (const char* bad : {"", "host", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "::1/129", "192.0.2.0:5"}) {
    EXPECT_FALSE(AddressRange::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace omadm::test
