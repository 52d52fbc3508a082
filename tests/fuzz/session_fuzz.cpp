// A hostile server: the messages of one session, as the client's library takes them. The first octet chooses how the
// session is set up (the bits below); then come messages, each after its length in two octets, most significant first.
#include <algorithm>
#include <memory>

#include "base/io/clock.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/store/memory_store.h"
#include "syncml/codec/codec.h"
#include "syncml/session/session.h"
#include "tests/fuzz/fuzz_input.h"
#include "wbxml/wbxml_reader.h"

namespace {

using namespace omadm;  // NOLINT(google-build-using-namespace)

constexpr unsigned kSendWbxml = 1;      // the client's own encoding
constexpr unsigned kStranger = 2;       // the server does not know its secret: nothing may change
constexpr unsigned kSigned = 4;         // every message carries a good HMAC
constexpr unsigned kAlertsOwed = 8;     // generic alerts wait to be sent
constexpr unsigned kSmallObjects = 16;  // objects of the server are limited to 1000 octets
constexpr std::size_t kMostMessages = 32;
const char* const kServer = "srv.example.com";

class Host final : public SessionHost {
 public:
  explicit Host(bool owes) : owes_(owes) {}
  void store_client_nonce(Bytes) override { ++nonces_stored; }
  void store_server_nonce(Bytes nonce) override {
    server_nonce = nonce;
    ++nonces_stored;
  }
  void store_issued_nonce(Bytes) override {}
  std::vector<std::pair<std::uint64_t, GenericAlert>> owed_alerts() override {
    if (!owes_) return {};
    return {{7, {kServer, "Reversed-Domain-Name: com.example.a", "chr", "minor", "./Vendor", "c", "data"}}};
  }
  void alert_answered(std::uint64_t, int) override { owes_ = false; }
  void command_done(const CommandReport&) override {}

  Octets server_nonce{"first"};
  unsigned nonces_stored = 0;

 private:
  bool owes_;
};

struct Device {
  MemoryStore store;
  Ddf ddf;
  SystemClock clock;
  std::unique_ptr<Tree> tree;

  Device() {
    reopen();
    for (const char* name : {"DevId", "Man", "Mod", "DmV", "Lang"}) put(std::string("./DevInfo/") + name, "x");
    put("./Vendor/A", "old");
    put("./Vendor/Group/B", "old");
    Transaction transaction = tree->begin(Principal::device());
    fuzz::require(
        transaction.set_property(*Uri::parse("./Vendor"), Property::acl, "Add=*&Delete=*&Exec=*&Get=*&Replace=*")
            .has_value(),
        "the device may do as it likes");
    fuzz::require(std::move(transaction).commit() && tree->flush(), "and keep it");
  }
  void reopen() {
    tree.reset();
    auto opened = Tree::open(store, ddf, clock);
    fuzz::require(opened.has_value(), "what was stored can be loaded");
    tree = *std::move(opened);
  }
  void put(const std::string& uri, const std::string& value) {
    Transaction transaction = tree->begin(Principal::device());
    const bool put = transaction.put(*Uri::parse(uri), {Format::chr, std::string(kTextPlain), value}).has_value();
    fuzz::require(put && std::move(transaction).commit(), "the device has its nodes");
  }
};

// The next message of the input, taken off its front.
std::string_view next_message(std::string_view& input) {
  const std::size_t size = static_cast<std::uint8_t>(input[0]) * 256U + static_cast<std::uint8_t>(input[1]);
  const std::string_view message = input.substr(2, size);
  input.remove_prefix(std::min(input.size(), 2 + size));
  return message;
}

// The session has the name the server's first message gives it, so that recorded ones fit.
std::string session_name(std::string_view input) {
  if (input.size() < 2) return "1";
  const std::string_view first = next_message(input);
  const auto message = decode_header(looks_like_wbxml(first) ? Encoding::wbxml : Encoding::xml, first, Limits{});
  if (!message) return "1";
  const std::string_view name = message->header.session_id;
  const bool good = !name.empty() && name.size() <= 4 && name.find_first_not_of("0123456789ABCDEF") == name.npos;
  return good ? std::string(name) : "1";
}

SessionOptions options_of(unsigned setup, std::string_view input) {
  SessionOptions options;
  options.session_id = session_name(input);
  options.encoding = (setup & kSendWbxml) != 0 ? Encoding::wbxml : Encoding::xml;
  options.transport_authenticates_server = (setup & (kStranger | kSigned)) == 0;
  if ((setup & kSmallObjects) != 0) options.max_obj_size = 1000;
  return options;
}

SessionAccount account_of(unsigned setup) {
  SessionAccount account;
  account.server_id = kServer;
  account.address = "https://srv.example.com/dm";
  account.client.push_back({AuthType::md5, "device", Secret(Octets("of the device")), Octets("client")});
  if ((setup & (kStranger | kSigned)) != 0) {
    const AuthType type = (setup & kSigned) != 0 ? AuthType::mac : AuthType::md5;
    account.server = Credential{type, kServer, Secret(Octets("of the server")), Octets("first")};
  }
  return account;
}

// What the client sends is a message of its own kind that anyone can read.
void check_sent(const OutMessage& out, const SessionOptions& options) {
  const auto message = decode(options.encoding, out.body, Limits{});
  fuzz::require(message.has_value(), "what is sent can be read");
  fuzz::require(message->header.session_id == options.session_id, "the session keeps its name");
  for (const Command& command : message->commands) {
    const bool may = command.name == CommandName::status || command.name == CommandName::results ||
                     command.name == CommandName::alert || command.name == CommandName::replace;
    fuzz::require(may, "a client sends no other command");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view input = fuzz::octets(data, size);
  const unsigned setup = data[0];
  input.remove_prefix(1);
  Device device;
  const SessionOptions options = options_of(setup, input);
  const SessionAccount account = account_of(setup);
  Host host((setup & kAlertsOwed) != 0);
  const std::size_t commits = device.store.appended();
  Session session(*device.tree, account, options, host);
  auto begun = session.start();
  fuzz::require(begun && begun->send, "a session begins");
  check_sent(*begun->send, options);
  for (std::size_t i = 0; i < kMostMessages && input.size() > 2; ++i) {
    InMessage in;
    in.body = next_message(input);
    in.content_type = media_type(looks_like_wbxml(in.body) ? Encoding::wbxml : Encoding::xml);
    if ((setup & kSigned) != 0) {
      in.hmac_header =
          format_hmac_header({kServer, mac_credential(kServer, account.server->secret, host.server_nonce, in.body)});
    }
    const Session::Step step = session.receive(in);
    fuzz::require(step.send || step.again || step.result, "a session goes on or ends");
    if (step.send) check_sent(*step.send, options);
    if (step.result) break;
  }
  if ((setup & (kStranger | kSigned)) == kStranger) {
    fuzz::require(device.store.appended() == commits && host.nonces_stored == 0, "a stranger changes nothing");
  }
  device.reopen();
  return 0;
}
