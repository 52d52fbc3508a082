// Bootstrap messages that arrive by themselves, on a whole client: questions to the user, forgeries, repetitions,
// cards.
#include <gtest/gtest.h>

#include "base/crypto/digest.h"
#include "base/text.h"
#include "bootstrap/cp/provisioning_document.h"
#include "client/client.h"
#include "tests/support/card_image.h"
#include "tests/support/device_client.h"

namespace omadm {
namespace {

using test::CardImage;

constexpr const char* kPin = "1234";

// Says what it is told to, and remembers what it was asked.
class SpokenUser final : public UserInterface {
 public:
  bool present() const override { return !answers.empty() || there; }
  std::unique_ptr<Question> ask(const UserPrompt& prompt, Answered answered) override {
    asked.push_back(prompt);
    UserAnswer answer{UserAnswer::Kind::cancelled, {}, {}};
    if (!answers.empty()) {
      answer = answers.front();
      answers.erase(answers.begin());
    }
    answered(answer);
    return nullptr;
  }
  void types(const std::string& text) { answers.push_back({UserAnswer::Kind::accepted, text, {}}); }
  void says(bool yes) { answers.push_back({yes ? UserAnswer::Kind::accepted : UserAnswer::Kind::rejected, {}, {}}); }

  bool there = true;
  std::vector<UserAnswer> answers;
  std::vector<UserPrompt> asked;
};

class BootstrapDeskTest : public ::testing::Test {
 protected:
  static Octets document(const std::string& address, const std::string& server = "s.example") {
    Characteristic content;
    content.children.push_back(
        {"APPLICATION", {{"APPID", "w7"}, {"PROVIDER-ID", server}}, {{"APPADDR", {{"ADDR", address}}, {}}}});
    return write_provisioning(content, Encoding::wbxml);
  }
  static BootstrapMessage pushed(const Octets& octets, const std::string& sec, const std::string& key) {
    BootstrapMessage message;
    message.octets = octets;
    message.content_type =
        std::string(kProvisioningWbxmlType) + "; SEC=" + sec + "; MAC=" + hex_encode(hmac_sha1(key, octets));
    message.source = BootstrapSource::push;
    return message;
  }

  Client& client() {
    if (!client_) {
      Platform platform;
      platform.store = &store;
      platform.clock = &clock;
      platform.log = &log;
      platform.user = &user;
      platform.network_secret = [this] { return imsi; };
      auto opened = Client::open(config, platform);
      EXPECT_TRUE(opened) << opened.error().detail;
      if (!opened) std::abort();
      client_ = std::move(*opened);
    }
    return *client_;
  }
  Errc take(BootstrapMessage message) {
    std::optional<Result<std::vector<std::string>>> result;
    client().bootstrap(std::move(message), [&](Result<std::vector<std::string>> said) { result = std::move(said); });
    for (int i = 0; i < 200 && !result; ++i) client().run_once(std::chrono::milliseconds(10));
    EXPECT_TRUE(result);
    last_error = result && !*result ? result->error().detail : "";
    return result && !*result ? result->error().code : Errc::failed;  // failed: it was installed
  }
  bool installed(BootstrapMessage message) { return take(std::move(message)) == Errc::failed && last_error.empty(); }
  Result<std::vector<std::string>> look_at_card(const std::string& card) {
    std::optional<Result<std::vector<std::string>>> result;
    client().bootstrap_smartcard(card, [&](Result<std::vector<std::string>> said) { result = std::move(said); });
    for (int i = 0; i < 200 && !result; ++i) client().run_once(std::chrono::milliseconds(10));
    return result.value_or(Error{});
  }
  std::string address(const std::string& account = "1") {
    const auto node =
        client().tree().begin(Principal::device()).peek(Uri::parse("./DMAcc/" + account + "/AppAddr/1/Addr").value());
    return node ? node->data : "(none)";
  }

  MemoryStore store;
  test::JumpingClock clock;
  test::RecordingLog log;
  SpokenUser user;
  std::optional<Secret> imsi;
  ClientConfig config;
  std::unique_ptr<Client> client_;
  std::string last_error;
};

TEST_F(BootstrapDeskTest, BOOT_004_BOOT_033_ThePinIsAskedForAndNothingElse) {
  user.types("1111");
  user.types(kPin);
  EXPECT_TRUE(installed(pushed(document("https://a/"), "USERPIN", kPin))) << last_error;
  ASSERT_EQ(user.asked.size(), 2U);
  EXPECT_TRUE(user.asked[0].hidden);
  EXPECT_TRUE(user.asked[0].complaint.empty());
  EXPECT_FALSE(user.asked[1].complaint.empty());
  EXPECT_EQ(address(), "https://a/");
  for (const std::string& line : log.lines) EXPECT_EQ(line.find(kPin), std::string::npos) << line;
}

TEST_F(BootstrapDeskTest, BOOT_033_ThreeTriesAndTheMessageIsGone) {
  for (int i = 0; i < 5; ++i) user.types("9999");
  EXPECT_EQ(take(pushed(document("https://a/"), "USERPIN", kPin)), Errc::authentication);
  EXPECT_EQ(user.asked.size(), 3U);
  EXPECT_EQ(address(), "(none)");
  EXPECT_TRUE(log.contains("bootstrap message refused"));
}

TEST_F(BootstrapDeskTest, BOOT_034_BOOT_035_NobodyIsAskedWhereNoPinHelps) {
  EXPECT_EQ(take(pushed(document("https://a/"), "NETWPIN", "x")), Errc::authentication);
  EXPECT_EQ(take(pushed(document("https://a/"), "USERNETWPIN", "x")), Errc::authentication);  // no IMSI
  BootstrapMessage bare = pushed(document("https://a/"), "USERPIN", kPin);
  bare.content_type = kProvisioningWbxmlType;
  EXPECT_EQ(take(bare), Errc::authentication);
  user.there = false;
  EXPECT_EQ(take(pushed(document("https://a/"), "USERPIN", kPin)), Errc::authentication);
  EXPECT_TRUE(user.asked.empty());
}

TEST_F(BootstrapDeskTest, SEC_165_AfterManyForgeriesNoneIsTakenForAWhile) {
  config.bootstrap.max_forged = 3;
  config.bootstrap.lockout = std::chrono::seconds(60);
  BootstrapMessage forged = pushed(document("https://a/"), "NETWPIN", "wrong");
  forged.secrets.network = Secret("001010123456789");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(take(forged), Errc::authentication) << i;
  user.types(kPin);
  EXPECT_EQ(take(pushed(document("https://a/"), "USERPIN", kPin)), Errc::unavailable);
  EXPECT_TRUE(user.asked.empty());
  clock.advance(std::chrono::seconds(61));
  EXPECT_TRUE(installed(pushed(document("https://a/"), "USERPIN", kPin))) << last_error;
}

TEST_F(BootstrapDeskTest, BOOT_062_TheSameMessageTwice) {
  BootstrapMessage message = pushed(document("https://a/"), "USERPIN", kPin);
  message.secrets.pin = Secret(kPin);
  EXPECT_TRUE(installed(message));
  const auto before = store.appended();
  EXPECT_EQ(take(message), Errc::already_exists);
  EXPECT_EQ(store.appended(), before);
}

TEST_F(BootstrapDeskTest, BOOT_034_ThePlatformKnowsTheNetworksSecret) {
  BootstrapMessage message = pushed(document("https://a/"), "NETWPIN", "\x09\x10\x10\x10\x32\x54\x76\x98");
  EXPECT_EQ(take(message), Errc::authentication);  // no SIM
  imsi = Secret("001010123456789");
  EXPECT_TRUE(installed(message)) << last_error;
  EXPECT_TRUE(user.asked.empty());
}

TEST_F(BootstrapDeskTest, BOOT_021_BOOT_025_ADocumentIsKnownByItsTypeHoweverItIsWrapped) {
  const Octets body = document("https://a/");
  const std::string mac = hex_encode(hmac_sha1(kPin, body));
  const Octets type_and_mac = std::string("\xB6\x91\x81\x92") + mac + std::string(1, '\0');
  const Octets pdu = std::string("\x01\x06\x2F\x1F\x2D") + type_and_mac + body;
  const Octets other_application = std::string("\x01\x06\x31\x1F\x2D") + type_and_mac + "\xAF\x84" + body;
  const std::string type = std::string(kProvisioningWbxmlType) + "; SEC=USERPIN; MAC=" + mac;
  const std::pair<Octets, std::string> ways[] = {
      {pdu, ""},
      {other_application, ""},
      {std::string("\x06\x05\x04\x0B\x84\xC0\x02") + pdu, ""},
      {"Content-Type: " + type + "\r\n\r\n" + body, "application/vnd.oma.push"},
      {body, type},
  };
  for (const auto& [octets, told] : ways) {
    client_.reset();
    store = MemoryStore();
    user.types(kPin);
    const NotifyVerdict tried = client().notify(octets, told, true, nullptr);
    EXPECT_TRUE(tried.accepted && tried.bootstrap) << tried.reason;
    std::optional<Result<std::vector<std::string>>> result;
    const NotifyVerdict verdict = client().notify(octets, told, false, nullptr, [&](auto said) { result = said; });
    EXPECT_TRUE(verdict.accepted && verdict.bootstrap) << verdict.reason;
    for (int i = 0; i < 200 && !result; ++i) client().run_once(std::chrono::milliseconds(10));
    ASSERT_TRUE(result && *result);
    EXPECT_EQ(address(), "https://a/");
  }
}

TEST_F(BootstrapDeskTest, BOOT_062_OfWhatIsPushedOneIsAskedForAfterTheOther) {
  int done = 0;
  int refused = 0;
  const auto count = [&](const Result<std::vector<std::string>>& result) {
    ++done;
    if (!result && result.error().code == Errc::unavailable) ++refused;
  };
  for (int i = 0; i < 12; ++i) {
    client().bootstrap(pushed(document("https://a/" + std::to_string(i)), "USERPIN", kPin), count);
  }
  for (int i = 0; i < 300 && done < 12; ++i) {
    client().run_once(std::chrono::milliseconds(5));
    EXPECT_LE(user.asked.size(), static_cast<std::size_t>(done - refused) + 1);
  }
  EXPECT_EQ(done, 12);
  EXPECT_EQ(refused, 4);  // eight at once
  EXPECT_EQ(user.asked.size(), 8U);
}

TEST_F(BootstrapDeskTest, BOOT_061_AWeakerProofTakesTheUsersWord) {
  ASSERT_TRUE(client().bootstrap(document("https://a/"), ""));
  BootstrapMessage weaker = pushed(document("https://b/"), "USERPIN", kPin);
  weaker.secrets.pin = Secret(kPin);
  user.says(false);
  EXPECT_EQ(take(weaker), Errc::cancelled);
  EXPECT_EQ(address(), "https://a/");
  user.says(true);
  EXPECT_TRUE(installed(weaker)) << last_error;
  EXPECT_EQ(address(), "https://b/");
  ASSERT_EQ(user.asked.size(), 2U);
  EXPECT_EQ(user.asked[0].kind, PromptKind::confirm);
  user.there = false;
  ASSERT_TRUE(client().bootstrap(document("https://c/"), ""));
  BootstrapMessage again = pushed(document("https://d/"), "USERPIN", kPin);
  again.secrets.pin = Secret(kPin);
  EXPECT_EQ(take(again), Errc::permission_denied);
  EXPECT_EQ(address(), "https://c/");
}

TEST_F(BootstrapDeskTest, RD_030_BOOT_070_ACardAsksOnlyWhenItSaysSo) {
  const CardImage image;
  image.dodf(CardImage::opaque_entry("6431"));
  image.document("6431", document("https://a/"));
  ASSERT_TRUE(look_at_card(image.path()));
  EXPECT_TRUE(user.asked.empty());
  image.dodf(CardImage::opaque_entry("6431", "020101"));
  image.document("6431", document("https://b/"));
  user.says(false);
  EXPECT_FALSE(look_at_card(image.path()));
  EXPECT_EQ(address(), "https://a/");
  user.says(true);
  EXPECT_TRUE(look_at_card(image.path()));
  EXPECT_EQ(address(), "https://b/");
  EXPECT_EQ(user.asked.size(), 2U);
}

TEST_F(BootstrapDeskTest, BOOT_070_BOOT_071_BOOT_064_AtPowerOn) {
  const CardImage image;
  image.dodf(CardImage::opaque_entry("6431"));
  image.document("6431", document("https://card/", "card.example"));
  config.bootstrap.smartcard = image.path();
  config.bootstrap.factory = document("https://factory/", "factory.example");
  const auto settle = [this] {
    for (int i = 0; i < 20; ++i) client().run_once(std::chrono::milliseconds(5));
  };
  settle();
  EXPECT_EQ(address(), "https://card/");  // the factory's is the last resort
  // Another card, then none: the account goes, and the factory's comes.
  client_.reset();
  image.iccid("98101430121181157012");
  image.remove("7F50/5031");
  settle();
  EXPECT_EQ(address(), "https://factory/");
  client_.reset();
  config.bootstrap.smartcard = image.path() + "/none";
  settle();
  EXPECT_EQ(address(), "https://factory/");  // it survives cards that go
  ASSERT_TRUE(client().bootstrap(document("https://other/", "factory.example"), ""));
  EXPECT_EQ(address(), "https://other/");
  ASSERT_TRUE(client().bootstrap_factory());
  EXPECT_EQ(address(), "https://factory/");
}

}  // namespace
}  // namespace omadm
