// One message through a session, to be counted by callgrind: `session_cost ENCODING COMMANDS`. What counts is inside
// Session::receive, octets in to octets out with the tree in memory; and, to compare, inside bare_sax_parse, libxml2's
// parse of the same message with handlers that do nothing.
#include <libxml/parser.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dmtree/store/memory_store.h"
#include "syncml/codec/codec.h"
#include "syncml/session/session.h"
#include "tests/bench/bench_tree.h"

extern "C" __attribute__((noinline)) void bare_sax_parse(const char* document, int size) {
  xmlSAXHandler nothing{};
  nothing.initialized = XML_SAX2_MAGIC;
  nothing.startElementNs = [](void*, const xmlChar*, const xmlChar*, const xmlChar*, int, const xmlChar**, int, int,
                              const xmlChar**) {};
  nothing.endElementNs = [](void*, const xmlChar*, const xmlChar*, const xmlChar*) {};
  nothing.characters = [](void*, const xmlChar*, int) {};
  xmlSAXUserParseMemory(&nothing, nullptr, document, size);
}

namespace omadm::bench {
namespace {

class NoHost final : public SessionHost {
 public:
  void store_client_nonce(Bytes) override {}
  void store_server_nonce(Bytes) override {}
  void store_issued_nonce(Bytes) override {}
  std::vector<std::pair<std::uint64_t, GenericAlert>> owed_alerts() override { return {}; }
  void alert_answered(std::uint64_t, int) override {}
  void command_done(const CommandReport&) override {}
};

constexpr int kLeaves = 120;

// Leaves at depths 4 to 6, ten to a parent.
std::string address(int leaf) {
  constexpr std::array<std::string_view, 3> below = {"/", "/Settings/", "/Settings/Radio/"};
  return "./Vendor/Network/Profile" + std::to_string(leaf / 30) +
         std::string(below[static_cast<std::size_t>(leaf % 3)]) + "Value" + std::to_string(leaf / 3 % 10);
}

// What servers send: a Replace names Format and Type with their namespace and carries a value of some dozens of octets,
// a Get has an address alone. By turns, of leaves that are there.
std::string message(int commands) {
  std::string text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD>"
      "<VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>1</MsgID><Target><LocURI>IMEI:493005100592800</LocURI>"
      "</Target><Source><LocURI>https://srv.example.com/dm</LocURI></Source><Meta><MaxMsgSize xmlns=\"syncml:metinf\">"
      "16000000</MaxMsgSize></Meta></SyncHdr><SyncBody><Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef>"
      "<Cmd>SyncHdr</Cmd><Data>200</Data></Status>";
  for (int i = 0; i < commands; ++i) {
    const std::string target = "<Target><LocURI>" + address(i % kLeaves) + "</LocURI></Target>";
    const std::string id = std::to_string(i + 2);
    text += i % 2 == 0 ? "<Replace><CmdID>" + id +
                             "</CmdID><Meta><Format xmlns=\"syncml:metinf\">chr</Format><Type xmlns=\"syncml:metinf\">"
                             "text/plain</Type></Meta><Item>" +
                             target + "<Data>the value that command number " + id + " brings</Data></Item></Replace>"
                       : "<Get><CmdID>" + id + "</CmdID><Item>" + target + "</Item></Get>";
  }
  return text + "<Final/></SyncBody></SyncML>";
}

void add(Tree& tree, const std::string& uri, Format format, const std::string& value) {
  Transaction transaction = tree.begin(Principal::device());
  demand(transaction.put(demand(Uri::parse(uri)), {format, format == Format::node ? "" : "text/plain", value}));
  demand(std::move(transaction).commit());
}

int run(Encoding encoding, int commands) {
  MemoryStore store;
  const Device device(store);
  for (const char* name : {"DevId", "Man", "Mod", "DmV", "Lang"})
    add(*device.tree, std::string("./DevInfo/") + name, Format::chr, "x");
  for (int i = 0; i < kLeaves; ++i) add(*device.tree, address(i), Format::chr, "the value that was there at first");
  Transaction transaction = device.tree->begin(Principal::device());
  demand(transaction.set_property(demand(Uri::parse("./Vendor")), Property::acl, "Get=*&Replace=srv.example.com"));
  demand(std::move(transaction).commit());
  demand(device.tree->flush());

  SessionAccount account;
  account.server_id = "srv.example.com";
  account.address = "https://srv.example.com/dm";
  SessionOptions options;
  options.session_id = "1";
  options.encoding = encoding;
  options.max_msg_size = 64U << 20U;
  options.transport_authenticates_server = true;
  NoHost host;
  Session session(*device.tree, account, options, host);
  demand(session.start());

  InMessage in;
  in.content_type = media_type(encoding);
  in.body = message(commands);
  bare_sax_parse(in.body.data(), static_cast<int>(in.body.size()));
  if (encoding == Encoding::wbxml) in.body = encode(demand(decode(Encoding::xml, in.body, {})), Encoding::wbxml);
  const Session::Step step = session.receive(in);
  const Message answer = demand(decode(encoding, step.send ? step.send->body : Octets(), {}));
  int good = 0;
  for (const Command& command : answer.commands) good += command.name == CommandName::status && command.data == "200";
  std::printf("%d commands in %zu octets, %d answered 200 in %zu octets\n", commands, in.body.size(), good - 1,
              step.send->body.size());
  return good == commands + 1 ? 0 : 1;
}

}  // namespace
}  // namespace omadm::bench

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  return omadm::bench::run(std::string(argv[1]) == "xml" ? omadm::Encoding::xml : omadm::Encoding::wbxml,
                           std::atoi(argv[2]));
}
