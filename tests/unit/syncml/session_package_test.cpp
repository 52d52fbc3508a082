// Packages, messages and the end of a session. protocol rules PRO-001 … PRO-106.
#include "tests/unit/syncml/session_fixture.h"

namespace omadm {
namespace {

TEST_F(SessionTest, PRO_001_PRO_020_PRO_100_PRO_101_PRO_104_FirstMessageIdentifiesTheDevice) {
  trust_transport();
  start();
  EXPECT_EQ(message.header.ver_dtd, "1.2");
  EXPECT_EQ(message.header.ver_proto, "DM/1.2");
  EXPECT_EQ(message.header.session_id, "1A2B");
  EXPECT_EQ(message.header.msg_id, "1");
  EXPECT_EQ(message.header.target, kServer);
  EXPECT_EQ(message.header.source, kDevice);
  EXPECT_EQ(message.header.meta.max_msg_size, "65536");
  EXPECT_EQ(out->url, kServer);
  EXPECT_EQ(out->content_type, kDmXmlType);
  ASSERT_EQ(sent, (Lines{"Alert 1201", "Replace", "Final"}));
  std::map<std::string, std::string> info;
  for (const Item& item : message.commands[1].items) info[std::string(*item.source)] = std::string(item.data->octets);
  EXPECT_EQ(info, (std::map<std::string, std::string>{{"./DevInfo/DevId", kDevice},
                                                      {"./DevInfo/Man", "Example Works"},
                                                      {"./DevInfo/Mod", "GW-1"},
                                                      {"./DevInfo/DmV", "1.0"},
                                                      {"./DevInfo/Lang", "en-US"}}));
}

TEST_F(SessionTest, PRO_100_NOT_056_TriggeredSessionSendsAlert1200) {
  trust_transport();
  options.answers_trigger = true;
  start();
  EXPECT_EQ(sent.front(), "Alert 1200");
}

TEST_F(SessionTest, PRO_022_PRO_023_ServerWithNothingToAskEndsTheSession) {
  trust_transport();
  start();
  receive(header_status(200) + "<Final/>");
  EXPECT_FALSE(out);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->end, SessionEnd::completed);
  EXPECT_EQ(result->messages_sent, 1u);
  EXPECT_EQ(result->messages_received, 1u);
}

TEST_F(SessionTest, PRO_110_PRO_121_PRO_122_PRO_126_StatusForHeaderComesFirstThenCommandsInOrder) {
  trust_transport();
  interior("./V", "Get=*&Replace=*&Add=*");
  set("./V/a", "1");
  start();
  receive(header_status(200) + get("4", "./V/a") + replace("5", "./Nowhere/X", "1") + replace("6", "V/a", "2") +
          "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 4 Get 200", "Results 4", "Status 5 Replace 404",
                         "Status 6 Replace 200", "Final"}));
  EXPECT_EQ(results(), (Lines{"./V/a = 1"}));
  EXPECT_EQ(sent_status("6")->target_refs.at(0), "V/a");  // as written by the server
  EXPECT_EQ(sent_status("0")->target_refs.at(0), kDevice);
  EXPECT_EQ(sent_status("0")->source_refs.at(0), kServer);
  EXPECT_EQ(value("./V/a"), "2");
  receive(header_status(200) + "<Final/>");
  EXPECT_EQ(result->end, SessionEnd::completed);
}

TEST_F(SessionTest, PRO_034_MsgIdsCountFromOne) {
  trust_transport();
  start();
  receive(header_status(200) + get("1", ".") + "<Final/>");
  EXPECT_EQ(message.header.msg_id, "2");
  receive(header_status(200) + get("1", ".") + "<Final/>");
  EXPECT_EQ(message.header.msg_id, "3");
}

TEST_F(SessionTest, PRO_037_RepeatedMessageIsAnsweredAgainButNotExecutedAgain) {
  trust_transport();
  interior("./V", "Get=*&Add=*");
  start();
  const std::string body =
      header("1") + "<SyncBody>" + header_status(200) + add("2", "./V/n", "x") + "<Final/></SyncBody></SyncML>";
  receive_raw(body);
  const std::string first_answer = out->body;
  const auto commits = store.appended();
  receive_raw(body);
  ASSERT_TRUE(out);
  EXPECT_EQ(out->body, first_answer);
  EXPECT_EQ(store.appended(), commits);
}

TEST_F(SessionTest, PRO_033_AnswerOfAnotherSessionEndsIt) {
  trust_transport();
  interior("./V", "Add=*");
  start();
  std::string other = header("1") + "<SyncBody>" + add("2", "./V/n", "x") + "<Final/></SyncBody></SyncML>";
  other.replace(other.find("1A2B"), 4, "9999");
  receive_raw(other);
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::server_error);
  EXPECT_EQ(value("./V/n"), "(absent)");
}

TEST_F(SessionTest, PRO_033_SessionIdIsComparedAsHexadecimalNumber) {
  trust_transport();
  start();
  std::string same = header("1") + "<SyncBody>" + header_status(200) + "<Final/></SyncBody></SyncML>";
  same.replace(same.find("1A2B"), 4, "1a2b");
  receive_raw(same);
  EXPECT_EQ(result->end, SessionEnd::completed);
}

TEST_F(SessionTest, PRO_039_RespUriTakesTheNextMessage) {
  trust_transport();
  start();
  receive(header_status(200) + get("1", ".") + "<Final/>", "<RespURI>https://dm.example.com/omadm?s=1A2B</RespURI>");
  EXPECT_EQ(out->url, "https://dm.example.com/omadm?s=1A2B");
  EXPECT_EQ(message.header.target, kServer);
  receive(header_status(200) + get("1", ".") + "<Final/>");
  EXPECT_EQ(out->url, "https://dm.example.com/omadm?s=1A2B");
}

TEST_F(SessionTest, PRO_040_RespUriWithoutTlsEndsTheSession) {
  trust_transport();
  start();
  receive(header_status(200) + get("1", ".") + "<Final/>", "<RespURI>http://dm.example.com/omadm</RespURI>");
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::server_error);
}

TEST_F(SessionTest, PRO_072_ServerAbortEndsAtOnceAndExecutesNothing) {
  trust_transport();
  interior("./V", "Add=*");
  start();
  receive(header_status(200) + add("2", "./V/n", "x") + "<Alert><CmdID>3</CmdID><Data>1223</Data></Alert><Final/>");
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::aborted);
  EXPECT_EQ(value("./V/n"), "(absent)");
}

TEST_F(SessionTest, PRO_070_ClientAbortSendsAlert1223WithFinal) {
  trust_transport();
  start();
  take(session->abort());
  EXPECT_EQ(sent, (Lines{"Alert 1223", "Final"}));
  EXPECT_EQ(result->end, SessionEnd::aborted);
}

TEST_F(SessionTest, PRO_002_PRO_003_UnknownVersionsGet513And505AndEndTheSession) {
  trust_transport();
  start();
  std::string future = header("1") + "<SyncBody>" + add("2", "./n", "x") + "<Final/></SyncBody></SyncML>";
  future.replace(future.find("DM/1.2"), 6, "DM/7.0");
  receive_raw(future);
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 513", "Final"}));
  EXPECT_EQ(sent_status("0")->items.at(0).data->octets, "DM/1.2");
  EXPECT_EQ(result->end, SessionEnd::unsupported);
  EXPECT_EQ(value("./n"), "(absent)");

  server_msg_id = 0;
  start();
  std::string old = header("1") + "<SyncBody>" + add("2", "./n", "x") + "<Final/></SyncBody></SyncML>";
  old.replace(old.find("<VerDTD>1.2"), 11, "<VerDTD>1.0");
  receive_raw(old);
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 505", "Final"}));
}

TEST_F(SessionTest, D13_004_ServerThatRefusesTheVersionListsItsOwn) {
  trust_transport();
  options.version = DmVersion::dm13;
  start();
  EXPECT_EQ(message.header.ver_proto, "DM/1.3");
  receive(
      "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>513</Data>"
      "<Item><Data>DM/1.2</Data></Item></Status><Final/>");
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::unsupported);
  EXPECT_EQ(result->versions, (Lines{"DM/1.2"}));
}

// PRO-V-MULTI: what does not fit goes into further messages, asked for by Alert 1222.
TEST_F(SessionTest, PRO_052_PRO_053_PRO_054_PRO_059_PRO_060_BigAnswerIsSplitWithinMaxMsgSize) {
  trust_transport();
  interior("./V", "Get=*");
  Lines expected;
  for (int i = 10; i < 30; ++i) {
    const std::string uri = "./V/n" + std::to_string(i);
    set(uri, std::string(40, 'x') + std::to_string(i));
    expected.push_back(uri + " = " + std::string(40, 'x') + std::to_string(i));
  }
  start();
  std::string gets;
  for (int i = 10; i < 30; ++i) gets += get(std::to_string(i), "./V/n" + std::to_string(i));
  receive(header_status(200) + gets + "<Final/>", "<Meta><MaxMsgSize xmlns=\"syncml:metinf\">1500</MaxMsgSize></Meta>");
  Lines all;
  int messages = 0;
  while (true) {
    ASSERT_TRUE(out);
    ++messages;
    EXPECT_LE(out->body.size(), 1500u);
    EXPECT_GT(out->body.size(), 900u * (message.final_message ? 0u : 1u));
    for (const std::string& line : results()) all.push_back(line);
    if (message.final_message) break;
    ASSERT_LT(messages, 40);
    receive(header_status(200) + "<Alert><CmdID>1</CmdID><Data>1222</Data></Alert>");
    EXPECT_EQ(sent.at(0), "Status 0 SyncHdr 200");
    EXPECT_EQ(sent.at(1), "Status 1 Alert 200");
  }
  EXPECT_EQ(all, expected);
  EXPECT_GT(messages, 3);
  receive(header_status(200) + "<Final/>");
  EXPECT_EQ(result->end, SessionEnd::completed);
}

TEST_F(SessionTest, PRO_057_CommandsWhileTheClientOwesAreRefused) {
  trust_transport();
  interior("./V", "Get=*&Add=*");
  set("./V/big", std::string(1200, 'b'));
  start();
  receive(header_status(200) + get("1", "./V/big") + get("2", "./V/big") + "<Final/>",
          "<Meta><MaxMsgSize xmlns=\"syncml:metinf\">1800</MaxMsgSize></Meta>");
  ASSERT_FALSE(message.final_message);
  receive(header_status(200) + "<Alert><CmdID>1</CmdID><Data>1222</Data></Alert>" + add("2", "./V/n", "x"));
  EXPECT_EQ(sent.at(1), "Status 1 Alert 200");
  EXPECT_EQ(sent.at(2), "Status 2 Add 405");
  EXPECT_EQ(value("./V/n"), "(absent)");
}

TEST_F(SessionTest, PRO_061_PRO_260_ResultOverMaxObjSizeIs413) {
  trust_transport();
  interior("./V", "Get=*");
  set("./V/big", std::string(100, 'b'));
  start();
  receive(header_status(200) + get("1", "./V/big") + "<Final/>",
          "<Meta><MaxObjSize xmlns=\"syncml:metinf\">99</MaxObjSize></Meta>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 1 Get 413", "Final"}));
}

TEST_F(SessionTest, PRO_106_PRO_301_PRO_302_OwedAlertGoesOutUntilAStatusCameForIt) {
  trust_transport();
  GenericAlert alert;
  alert.server_id = account.server_id;
  alert.type = "org.openmobilealliance.dm.firmwareupdate.downloadandupdate";
  alert.format = "int";
  alert.source = "./FUMO/pkg1";
  alert.correlator = "c-77";
  alert.data = "200";
  host.owed.emplace_back(7, alert);
  start();
  ASSERT_EQ(sent, (Lines{"Alert 1201", "Replace", "Alert 1226", "Final"}));
  const Command& sent_alert = message.commands[2];
  EXPECT_EQ(sent_alert.correlator, "c-77");
  EXPECT_EQ(sent_alert.items.at(0).source, "./FUMO/pkg1");
  EXPECT_EQ(sent_alert.items.at(0).meta.format, "int");
  EXPECT_EQ(sent_alert.items.at(0).data->octets, "200");
  receive(header_status(200) + "<Status><CmdID>2</CmdID><MsgRef>1</MsgRef><CmdRef>" + std::string(sent_alert.cmd_id) +
          "</CmdRef><Cmd>Alert</Cmd><Data>200</Data></Status><Final/>");
  EXPECT_EQ(host.answered, (std::vector<std::pair<std::uint64_t, int>>{{7, 200}}));
}

TEST_F(SessionTest, PRO_062_MessageOverTheAnnouncedSizeIsRefused) {
  trust_transport();
  options.max_msg_size = 2000;
  interior("./V", "Add=*");
  start();
  receive(header_status(200) + add("1", "./V/n", std::string(3000, 'x')) + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 413", "Final"}));
  EXPECT_EQ(result->end, SessionEnd::server_error);
  EXPECT_EQ(value("./V/n"), "(absent)");
}

TEST_F(SessionTest, PRO_088_MessageThatIsNotWellFormedEndsTheSession) {
  trust_transport();
  start();
  receive_raw(header("1") + "<SyncBody><Add><CmdID>1</CmdID></SyncBody>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 400", "Final"}));
  EXPECT_EQ(result->end, SessionEnd::server_error);
}

TEST_F(SessionTest, PRO_435_OtherContentTypeIsNoAnswer) {
  trust_transport();
  start();
  InMessage in;
  in.content_type = "text/html";
  in.body = "<html/>";
  take(session->receive(in));
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::server_error);
}

}  // namespace
}  // namespace omadm
