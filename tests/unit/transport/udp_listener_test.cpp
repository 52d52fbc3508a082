#include "transport/push/udp_listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "base/io/clock.h"
#include "base/text.h"

namespace omadm::test {
namespace {

class Sender {
 public:
  explicit Sender(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    const auto port = static_cast<std::uint16_t>(parse_unsigned(address.substr(colon + 1)).value_or(0));
    sockaddr_storage to{};
    socklen_t size = 0;
    if (address.front() == '[') {
      sockaddr_in6 v6{};
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(port);
      ::inet_pton(AF_INET6, address.substr(1, colon - 2).c_str(), &v6.sin6_addr);
      std::memcpy(&to, &v6, size = sizeof v6);
    } else {
      sockaddr_in v4{};
      v4.sin_family = AF_INET;
      v4.sin_port = htons(port);
      ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &v4.sin_addr);
      std::memcpy(&to, &v4, size = sizeof v4);
    }
    socket_ = ::socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&to), size), 0);
  }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  ~Sender() { ::close(socket_); }

  void send(Bytes octets) const {
    EXPECT_EQ(::send(socket_, octets.data(), octets.size(), 0), static_cast<ssize_t>(octets.size()));
  }
  bool answered() const {
    pollfd ready{socket_, POLLIN, 0};
    return ::poll(&ready, 1, 50) == 1;
  }

 private:
  int socket_;
};

class UdpListenerTest : public testing::Test {
 protected:
  UdpListenerTest() : loop_(*EventLoop::create(clock_)) {}
  bool run_until(const std::function<bool()>& ready) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!ready()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop_->run_once(std::chrono::milliseconds(20));
    }
    return true;
  }
  PushHandler keep() {
    return [this](Bytes octets, std::string_view type) {
      received_.emplace_back(octets);
      EXPECT_EQ(type, "");
    };
  }

  SystemClock clock_;
  std::unique_ptr<EventLoop> loop_;
  std::vector<std::string> received_;
};

TEST_F(UdpListenerTest, NOT_040_EachDatagramIsOneNotificationAndNoneIsAnswered) {
  for (const char* address : {"127.0.0.1:0", "[::1]:0"}) {
    received_.clear();
    const auto listener = UdpListener::listen(*loop_, address, keep());
    if (!listener && address[0] == '[') continue;  // a machine without IPv6
    ASSERT_TRUE(listener) << listener.error().detail;
    const std::string bound = (*listener)->address();
    EXPECT_EQ(bound.substr(0, bound.rfind(':') + 1), std::string(address).substr(0, std::string(address).size() - 1));
    EXPECT_NE(bound.substr(bound.rfind(':')), ":0");
    const Sender sender(bound);
    const std::string large(60000, 'x');
    sender.send(std::string_view("\0one", 4));
    sender.send("");
    sender.send(large);
    ASSERT_TRUE(run_until([this] { return received_.size() == 3; }));
    EXPECT_EQ(received_, (std::vector<std::string>{std::string("\0one", 4), "", large}));
    EXPECT_FALSE(sender.answered());
  }
}

TEST_F(UdpListenerTest, NOT_040_AFloodArrivesWholly) {
  const auto listener = UdpListener::listen(*loop_, "127.0.0.1:0", keep());
  ASSERT_TRUE(listener);
  const Sender sender((*listener)->address());
  for (int i = 0; i < 50; ++i) sender.send(std::to_string(i));
  ASSERT_TRUE(run_until([this] { return received_.size() == 50; }));
  EXPECT_EQ(received_[49], "49");
}

TEST_F(UdpListenerTest, NOT_040_TheHandlerMayCloseTheDoor) {
  std::unique_ptr<PushListener> listener;
  auto opened = UdpListener::listen(*loop_, "127.0.0.1:0", [&](Bytes octets, std::string_view) {
    received_.emplace_back(octets);
    listener.reset();
  });
  ASSERT_TRUE(opened);
  listener = std::move(*opened);
  const Sender sender(listener->address());
  sender.send("one");
  sender.send("two");
  ASSERT_TRUE(run_until([&listener] { return listener == nullptr; }));
  loop_->run_once(std::chrono::milliseconds(50));
  EXPECT_EQ(received_, std::vector<std::string>{"one"});
}

TEST_F(UdpListenerTest, UI_011_BadAndTakenAddressesAreTold) {
  for (const char* address : {"", "2948", "localhost:2948", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:5",
                              "[::1]", "[::1", "[zz]:5", "127.0.0.1:-1"}) {
    const auto listener = UdpListener::listen(*loop_, address, keep());
    ASSERT_FALSE(listener) << address;
    EXPECT_EQ(listener.error().code, Errc::malformed) << address;
  }
  const auto first = UdpListener::listen(*loop_, "127.0.0.1:0", keep());
  ASSERT_TRUE(first);
  const auto second = UdpListener::listen(*loop_, (*first)->address(), keep());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::unavailable);
  EXPECT_NE(second.error().detail.find((*first)->address()), std::string::npos);
}

}  // namespace
}  // namespace omadm::test
