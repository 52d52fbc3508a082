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
