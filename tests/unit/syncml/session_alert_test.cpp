// Alerts of the client and what becomes of them, sessions of a trigger. protocol rules PRO-031, PRO-300 … PRO-320.
#include "syncml/notification/package0.h"
#include "tests/unit/syncml/session_command_fixture.h"

namespace omadm {
namespace {

class SessionAlertTest : public SessionCommandTest, public ::testing::WithParamInterface<Encoding> {
 protected:
  SessionAlertTest() { options.encoding = GetParam(); }
  void owe(std::uint64_t id, const std::string& data) {
    GenericAlert alert;
    alert.server_id = account.server_id;
    alert.type = "Content-Type: text/plain";
    alert.format = "chr";
    alert.data = data;
    host.owed.emplace_back(id, alert);
  }
  std::string cmd_id_of(const std::string& data) const {
    for (const Command& command : message.commands) {
      if (command.data == "1226" && command.items.at(0).data->octets == data) return std::string(command.cmd_id);
    }
    return "none";
  }
  std::string status(const std::string& cmd_ref, int code, const std::string& source_ref = {}) const {
    return "<Status><CmdID>91</CmdID><MsgRef>" + sent_msg_id + "</MsgRef><CmdRef>" + cmd_ref +
           "</CmdRef><Cmd>Alert</Cmd>" + (source_ref.empty() ? "" : "<SourceRef>" + source_ref + "</SourceRef>") +
           "<Data>" + std::to_string(code) + "</Data></Status>";
  }
  using Answers = std::vector<std::pair<std::uint64_t, int>>;
};

INSTANTIATE_TEST_SUITE_P(Encodings, SessionAlertTest, ::testing::Values(Encoding::xml, Encoding::wbxml),
                         [](const auto& test) { return test.param == Encoding::xml ? "Xml" : "Wbxml"; });

TEST_P(SessionAlertTest, PRO_300_PRO_301_PRO_112_AlertsFollowInPackage1AndInPackage3) {
  owe(1, "first");
  start();
  EXPECT_EQ(sent, (Lines{"Alert 1201", "Replace", "Alert 1226", "Final"}));
  owe(2, "second");
  owe(3, "third");
  receive(header_status(200) + get("4", "./V/a") + "<Final/>");
  EXPECT_EQ(sent,
            (Lines{"Status 0 SyncHdr 200", "Status 4 Get 200", "Results 4", "Alert 1226", "Alert 1226", "Final"}));
  EXPECT_NE(cmd_id_of("second"), "none");
  EXPECT_NE(cmd_id_of("third"), "none");
  for (const Command& command : message.commands) {
    if (command.name != CommandName::alert) continue;
    EXPECT_EQ(command.items.at(0).meta.type, "Content-Type: text/plain");
    EXPECT_EQ(command.items.at(0).meta.format, "chr");
  }
}

TEST_P(SessionAlertTest, PRO_301_BinaryDataTravelsAsTheEncodingAllows) {
  owe(1, std::string("\0\xff<", 3));
  host.owed.front().second.format = "bin";
  start();
  const Item& item = message.commands.at(2).items.at(0);
  EXPECT_EQ(item.meta.format, GetParam() == Encoding::xml ? "b64" : "bin");
  EXPECT_EQ(item.data->octets, GetParam() == Encoding::xml ? std::string("AP88") : std::string("\0\xff<", 3));
}

TEST_P(SessionAlertTest, PRO_304_PRO_305_TheStatusOfAnAlertIsThatOfItsItem) {
  const int codes[] = {200, 202, 406, 412, 415, 500};
  for (std::uint64_t id = 0; id < std::size(codes); ++id) owe(id + 1, "event " + std::to_string(id));
  start();
  std::string statuses;
  Answers expected;
  for (std::uint64_t id = 0; id < std::size(codes); ++id) {
    // Some servers answer the Item, and say which.
    statuses += status(cmd_id_of("event " + std::to_string(id)), codes[id], id % 2 == 0 ? "" : "./V");
    expected.emplace_back(id + 1, codes[id]);
  }
  receive(header_status(200) + statuses + "<Final/>");
  EXPECT_EQ(host.answered, expected);
  EXPECT_EQ(result->end, SessionEnd::completed);
}

TEST_P(SessionAlertTest, PRO_106_PRO_304_OnlyTheRefusedAlertGoesOutAgain) {
  owe(1, "refused");
  owe(2, "unanswered");
  start();
  receive(header_status(200) + status(cmd_id_of("refused"), 401) + get("4", "./V/a") + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 4 Get 200", "Results 4", "Alert 1226", "Final"}));
  EXPECT_NE(cmd_id_of("refused"), "none");
  EXPECT_EQ(host.answered, (Answers{{1, 401}}));
}

TEST_P(SessionAlertTest, PRO_031_NOT_042_TheTriggersSessionIdIsThatOfTheSession) {
  Package0 trigger;
  trigger.session_id = 0x0ABC;
  options.session_id = trigger.session_id_text();
  options.answers_trigger = true;
  start();
  EXPECT_EQ(message.header.session_id, "ABC");
  EXPECT_EQ(sent.front(), "Alert 1200");
  for (const char* msg_id : {"1", "2", "3"}) {
    std::string document = header(msg_id) + "<SyncBody>" + get("4", "./V/a") + "<Final/></SyncBody></SyncML>";
    document.replace(document.find("1A2B"), 4, "ABC");
    receive_raw(document);
    EXPECT_EQ(message.header.session_id, "ABC");
    EXPECT_EQ(answer_to("4"), "200");
  }
}

// Without a user nothing is shown, and nothing else is held up by it.
TEST_P(SessionAlertTest, PRO_320_UserInteractionIs406Everywhere) {
  const auto ask = [](const std::string& cmd_id, const std::string& code) {
    return "<Alert><CmdID>" + cmd_id + "</CmdID><Data>" + code +
           "</Data><Item/><Item><Data>Really?</Data></Item></Alert>";
  };
  run(ask("3", "1100") + ask("4", "1101") + ask("5", "1102") + ask("6", "1103") + ask("7", "1104") +
      "<Sequence><CmdID>8</CmdID>" + ask("9", "1101") + get("10", "./V/a") + "</Sequence><Atomic><CmdID>11</CmdID>" +
      replace("12", "./V/a", "9") + ask("13", "1101") + replace("14", "./V/b", "9") + "</Atomic>");
  for (const char* cmd : {"3", "4", "5", "6", "7", "9", "13"}) EXPECT_EQ(answer_to(cmd), "406") << cmd;
  for (const char* cmd : {"3", "4", "9", "13"}) EXPECT_TRUE(sent_status(cmd)->target_refs.empty()) << cmd;
  EXPECT_EQ(answer_to("8"), "200");
  EXPECT_EQ(answer_to("10"), "200");
  EXPECT_EQ(answer_to("11"), "507");
  EXPECT_EQ(answer_to("12"), "216");
  EXPECT_EQ(answer_to("14"), "215");
  EXPECT_EQ(value("./V/a"), "1");
}

}  // namespace
}  // namespace omadm
