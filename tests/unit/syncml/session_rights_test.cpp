// Who the server is, and what it may do: two questions with answers of their own. TND-093, TND-115, TND-116.
#include "tests/unit/syncml/session_auth_fixture.h"

namespace omadm {
namespace {

class SessionRightsTest : public SessionAuthTest, public ::testing::WithParamInterface<Encoding> {
 protected:
  SessionRightsTest() {
    options.encoding = GetParam();
    interior("./Closed", "Get=other&Replace=other&Add=other&Delete=other&Exec=other");
    set("./Closed/x", "1");
    set("./V/a", "1");
  }
  static std::string on(const std::string& command, const std::string& cmd_id, const std::string& inside) {
    return "<" + command + "><CmdID>" + cmd_id + "</CmdID>" + inside + "</" + command + ">";
  }
  static std::string item(const std::string& target, const std::string& rest = {}) {
    return "<Item><Target><LocURI>" + target + "</LocURI></Target>" + rest + "</Item>";
  }
  static std::string format(const std::string& name) {
    return "<Meta><Format xmlns=\"syncml:metinf\">" + name + "</Format></Meta>";
  }
};

INSTANTIATE_TEST_SUITE_P(Encodings, SessionRightsTest, ::testing::Values(Encoding::xml, Encoding::wbxml),
                         [](const auto& test) { return test.param == Encoding::xml ? "Xml" : "Wbxml"; });

TEST_P(SessionRightsTest, TND_115_ARefusalByAclIsNoChallenge) {
  use_mac();
  start();
  receive_signed(header_status(200) + get("4", "./Closed/x") + replace("5", "./Closed/x", "2") +
                     add("6", "./Closed/y", "2") + on("Delete", "7", item("./Closed")) +
                     on("Exec", "8", item("./Closed")) + get("9", "./Closed/x?prop=ACL") +
                     get("10", "./Closed?list=Struct") + get("11", "./V/a") + "<Final/>",
                 "server-nonce-0");
  EXPECT_EQ(answer_to("0"), "200");
  for (const char* cmd : {"4", "5", "6", "7", "8", "9", "10"}) {
    EXPECT_EQ(answer_to(cmd), "425") << cmd;
    EXPECT_FALSE(sent_status(cmd)->chal) << cmd;
  }
  EXPECT_EQ(answer_to("11"), "200");
  EXPECT_FALSE(result);
  EXPECT_EQ(value("./Closed/x"), "1");
}

// What is wrong with the content is of no interest where the command may not be: 3, 4 and 5 come before 6.
TEST_P(SessionRightsTest, TND_117_WhatTheTreeRefusesComesBeforeTheContent) {
  trust_transport();
  start();
  const std::string data = "<Data>?</Data>", broken = "<Data><![CDATA[<MgmtTree/>]]></Data>";
  const std::string tnds =
      "<Meta><Format xmlns=\"syncml:metinf\">xml</Format><Type xmlns=\"syncml:metinf\">"
      "application/vnd.syncml.dmtnds+xml</Type></Meta>";
  receive(
      header_status(200) + on("Replace", "4", format("blob") + item("./none", data)) +
      on("Replace", "5", format("b64") + item("./none", data)) +
      on("Replace", "6", format("blob") + item("./Closed/x", data)) +
      on("Replace", "7", format("b64") + item("./DevInfo/Man", data)) +
      on("Add", "8", format("b64") + item("./V/a", data)) + on("Add", "9", format("blob") + item("./Closed/y", data)) +
      on("Add", "10", format("blob") + item("./V/a/b", data)) +
      on("Exec", "11", format("blob") + item("./none", data)) + on("Replace", "12", tnds + item("./none", broken)) +
      on("Replace", "13", tnds + item("./Closed", broken)) + on("Replace", "14", item("./none?list=Struct", data)) +
      on("Replace", "15", item("./V?list=Struct", data)) + on("Replace", "16", format("blob") + item("./V/a", data)) +
      on("Add", "17", format("b64") + item("./V/n", data)) + on("Replace", "18", tnds + item("./V", broken)) +
      "<Final/>");
  const std::vector<const char*> expected{"404", "404", "425", "405", "418", "425", "405", "404",
                                          "404", "425", "404", "405", "415", "400", "415"};
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(answer_to(std::to_string(i + 4)), expected[i]) << i + 4;
  EXPECT_EQ(value("./V/a"), "1");
}

TEST_P(SessionRightsTest, TND_116_NothingIsSaidOfTheTreeToAStranger) {
  const std::string commands = get("4", "./V/a") + get("5", "./none") + add("6", "./V/a", "2") +
                               replace("7", "./DevInfo/Man", "x") + get("8", "./V/a?prop=Owner") +
                               get("9", "./Closed/x") + on("Delete", "10", item("./V/a")) + get("11", "./V/");
  use_mac();
  for (const bool wrong : {false, true}) {
    server_msg_id = 0;
    start();
    const auto commits = store.appended();
    if (wrong) {
      receive_signed(header_status(200) + commands + "<Final/>", "server-nonce-0", "a guess");
    } else {
      receive(header_status(200) + commands + "<Final/>");
    }
    const std::string status = answer_to("0");
    EXPECT_EQ(status, wrong ? "401" : "407");
    for (int cmd = 4; cmd <= 11; ++cmd) EXPECT_EQ(answer_to(std::to_string(cmd)), status) << cmd;
    EXPECT_TRUE(results().empty());
    EXPECT_EQ(store.appended(), commits);
  }
}

TEST_P(SessionRightsTest, TND_093_InteriorNodesSaySoAndLeavesBringData) {
  trust_transport();
  start();
  receive(header_status(200) + on("Add", "4", item("./V/n")) + on("Add", "5", format("chr") + item("./V/n")) +
          on("Add", "6", format("node") + item("./V/dir")) + on("Add", "7", format("null") + item("./V/none")) +
          add("8", "./V/empty", "") + add("9", "./V/text", "1") +
          on("Add", "10", format("node") + item("./V/bad", "<Data>1</Data>")) + get("11", "./V?list=Struct") +
          "<Final/>");
  EXPECT_EQ(answer_to("4"), "412");
  EXPECT_EQ(answer_to("5"), "412");
  for (const char* cmd : {"6", "7", "8", "9"}) EXPECT_EQ(answer_to(cmd), "200") << cmd;
  EXPECT_EQ(answer_to("10"), "415");
  EXPECT_EQ(results(), (Lines{"./V [node]", "./V/a", "./V/dir [node]", "./V/empty", "./V/none [null]", "./V/text"}));
}

}  // namespace
}  // namespace omadm
