// A session on a real tree, with the server's side written out as XML.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "base/io/clock.h"
#include "base/text.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/tree.h"
#include "syncml/codec/codec.h"
#include "syncml/session/session.h"
#include "tests/support/crash_store.h"
#include "tests/support/source_folder.h"

namespace omadm {

inline std::string read_source_file(const std::string& path) {
  std::ifstream file(test::source_folder() + "/" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class RecordingHost final : public SessionHost {
 public:
  void store_client_nonce(Bytes nonce) override { client_nonces.emplace_back(nonce); }
  void store_server_nonce(Bytes nonce) override { server_nonces.emplace_back(nonce); }
  void store_issued_nonce(Bytes nonce) override { issued_nonces.emplace_back(nonce); }
  std::vector<std::pair<std::uint64_t, GenericAlert>> owed_alerts() override { return owed; }
  void alert_answered(std::uint64_t id, int status) override { answered.emplace_back(id, status); }
  void command_done(const CommandReport& report) override { reports.push_back(report); }

  std::vector<Octets> client_nonces, server_nonces, issued_nonces;
  std::vector<std::pair<std::uint64_t, GenericAlert>> owed;
  std::vector<std::pair<std::uint64_t, int>> answered;
  std::vector<CommandReport> reports;
};

class SessionTest : public ::testing::Test {
 protected:
  static constexpr const char* kServer = "https://dm.example.com/omadm";
  static constexpr const char* kDevice = "IMEI:493005100592800";

  SessionTest() {
    EXPECT_TRUE(ddf.add(read_source_file("mo/devinfo/devinfo.ddf.xml"), "devinfo"));
    auto opened = Tree::open(store, ddf, clock);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().detail);
    tree = *std::move(opened);
    set("./DevInfo/DevId", kDevice);
    set("./DevInfo/Man", "Example Works");
    set("./DevInfo/Mod", "GW-1");
    set("./DevInfo/DmV", "1.0");
    set("./DevInfo/Lang", "en-US");
    account.server_id = "srv.example.com";
    account.address = kServer;
    account.client.push_back({AuthType::md5, "Bruce2", Secret("OhBehave"), std::nullopt});
    account.server = Credential{AuthType::md5, "srv.example.com", Secret("S3rv3r-Secret-0001"), std::nullopt};
    options.session_id = "1A2B";
    options.encoding = Encoding::xml;
    options.transport_authenticates_server = true;
  }

  void set(const std::string& uri, const std::string& value, Format format = Format::chr) {
    Transaction transaction = tree->begin(Principal::device());
    const auto put = transaction.put(*Uri::parse(uri), NewNode{format, std::string(kTextPlain), value});
    ASSERT_TRUE(put) << uri << ": " << put.error().detail;
    ASSERT_TRUE(std::move(transaction).commit());
    ASSERT_TRUE(tree->flush());
  }
  void interior(const std::string& uri, const std::string& acl = {}) {
    Transaction transaction = tree->begin(Principal::device());
    ASSERT_TRUE(transaction.put(*Uri::parse(uri), NewNode{Format::node, std::nullopt, {}}));
    if (!acl.empty()) {
      ASSERT_TRUE(transaction.set_property(*Uri::parse(uri), Property::acl, acl));
    }
    ASSERT_TRUE(std::move(transaction).commit());
    ASSERT_TRUE(tree->flush());
  }
  // The value of a leaf, or "(absent)".
  std::string value(const std::string& uri) {
    const auto node = tree->begin(Principal::device()).get(*Uri::parse(uri));
    return node ? node->data : "(absent)";
  }

  // The session is authenticated by the transport alone: for tests of commands.
  void trust_transport() {
    account.client.clear();
    account.server.reset();
  }

  void start() {
    session = std::make_unique<Session>(*tree, account, options, host);
    auto step = session->start();
    ASSERT_TRUE(step) << step.error().detail;
    take(*step);
  }
  // Hands the session a message of the server. `extra` goes into the header (Cred, Meta, RespURI).
  void receive(const std::string& body, const std::string& extra = {}, const std::string& loc_name = {}) {
    receive_raw(header(std::to_string(++server_msg_id), extra, loc_name) + "<SyncBody>" + body +
                "</SyncBody></SyncML>");
  }
  void receive_raw(std::string document, std::optional<std::string> hmac = std::nullopt) {
    InMessage in;
    const Encoding encoding = server_encoding.value_or(options.encoding);
    in.content_type = std::string(media_type(encoding)) + "; charset=UTF-8";
    in.body = encoding == Encoding::xml ? std::move(document) : in_wbxml(document);
    in.hmac_header = std::move(hmac);
    take(session->receive(in));
  }
  // The same message in WBXML. Data whose Format is bin is Base64 in `document` and becomes OPAQUE.
  static Octets in_wbxml(const std::string& document) {
    auto decoded = decode(Encoding::xml, document, Limits{});
    if (!decoded) {
      ADD_FAILURE() << decoded.error().detail << "\n" << document;
      return {};
    }
    for (Command& command : decoded->commands) {
      for (Item& item : command.items) {
        const auto format = item.meta.format ? item.meta.format : command.meta.format;
        if (!item.data || format != "bin") continue;
        item.data = Data{decoded->arena.copy(*base64_decode(item.data->octets)), true};
      }
    }
    return encode(*decoded, Encoding::wbxml);
  }
  static std::string header(const std::string& msg_id, const std::string& extra = {},
                            const std::string& loc_name = {}) {
    return "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>"
           "<SessionID>1A2B</SessionID><MsgID>" +
           msg_id + "</MsgID><Target><LocURI>" + kDevice + "</LocURI></Target><Source><LocURI>" + kServer +
           "</LocURI>" + (loc_name.empty() ? "" : "<LocName>" + loc_name + "</LocName>") + "</Source>" + extra +
           "</SyncHdr>";
  }
  // The server's Status for the client's header.
  std::string header_status(int code, const std::string& chal = {}) const {
    return "<Status><CmdID>90</CmdID><MsgRef>" + sent_msg_id + "</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd>" + chal +
           "<Data>" + std::to_string(code) + "</Data></Status>";
  }
  static std::string chal(const std::string& type, const std::string& nonce) {
    return "<Chal><Meta><Format xmlns=\"syncml:metinf\">b64</Format><Type xmlns=\"syncml:metinf\">" + type +
           "</Type><NextNonce xmlns=\"syncml:metinf\">" + nonce + "</NextNonce></Meta></Chal>";
  }
  static std::string cred(const std::string& type, const std::string& data) {
    return "<Cred><Meta><Format xmlns=\"syncml:metinf\">b64</Format><Type xmlns=\"syncml:metinf\">" + type +
           "</Type></Meta><Data>" + data + "</Data></Cred>";
  }
  static std::string replace(const std::string& cmd_id, const std::string& uri, const std::string& data) {
    return "<Replace><CmdID>" + cmd_id + "</CmdID><Item><Target><LocURI>" + uri + "</LocURI></Target><Data>" + data +
           "</Data></Item></Replace>";
  }
  static std::string add(const std::string& cmd_id, const std::string& uri, const std::string& data) {
    return "<Add><CmdID>" + cmd_id + "</CmdID><Item><Target><LocURI>" + uri + "</LocURI></Target><Data>" + data +
           "</Data></Item></Add>";
  }
  static std::string get(const std::string& cmd_id, const std::string& uri) {
    return "<Get><CmdID>" + cmd_id + "</CmdID><Item><Target><LocURI>" + uri + "</LocURI></Target></Item></Get>";
  }

  void take(const Session::Step& step) {
    sent.clear();
    out.reset();
    result = step.result;
    asked = step.ask;
    if (step.again) out = last_out;
    if (step.send) out = last_out = step.send;
    if (!out) return;
    auto decoded = decode(options.encoding, out->body, Limits{});
    ASSERT_TRUE(decoded) << decoded.error().detail << "\n" << out->body;
    message = *std::move(decoded);
    sent_msg_id = std::string(message.header.msg_id);
    for (const Command& command : message.commands) {
      std::string line(to_string(command.name));
      if (command.name == CommandName::status) {
        line += " " + std::string(command.cmd_ref) + " " + std::string(command.cmd) + " " + std::string(command.data);
      } else if (command.name == CommandName::alert) {
        line += " " + std::string(command.data);
      } else if (command.name == CommandName::results) {
        line += " " + std::string(command.cmd_ref);
      }
      sent.push_back(line);
    }
    if (message.final_message) sent.emplace_back("Final");
  }
  const Command* sent_status(const std::string& cmd_ref) const {
    for (const Command& command : message.commands) {
      if (command.name == CommandName::status && command.cmd_ref == cmd_ref) return &command;
    }
    return nullptr;
  }
  std::string answer_to(const std::string& cmd_ref) const {
    const Command* status = sent_status(cmd_ref);
    return status != nullptr ? std::string(status->data) : "(no Status)";
  }
  // NextNonce of the Chal in the client's Status for the server's header.
  std::string issued_nonce() const {
    const Command* status = sent_status("0");
    if (status == nullptr || !status->chal || !status->chal->next_nonce) return {};
    return *base64_decode(*status->chal->next_nonce);
  }
  std::vector<std::string> results() const {
    std::vector<std::string> lines;
    for (const Command& command : message.commands) {
      if (command.name != CommandName::results) continue;
      for (const Item& item : command.items) {
        std::string line(item.source.value_or("?"));
        if (item.meta.format) line += " [" + std::string(*item.meta.format) + "]";
        if (item.data) line += " = " + std::string(item.data->octets);
        lines.push_back(line);
      }
    }
    return lines;
  }
  using Lines = std::vector<std::string>;

  test::CrashStore store;
  Ddf ddf;
  SystemClock clock;
  std::unique_ptr<Tree> tree;
  SessionAccount account;
  SessionOptions options;
  std::optional<Encoding> server_encoding;  // of the server's messages; nullopt: that of the client
  RecordingHost host;
  std::unique_ptr<Session> session;
  std::optional<OutMessage> out;
  std::optional<OutMessage> last_out;  // as whoever sends it keeps it
  std::optional<SessionResult> result;
  std::optional<UserPrompt> asked;
  Message message;
  Lines sent;
  std::string sent_msg_id;
  unsigned server_msg_id = 0;
};

}  // namespace omadm
