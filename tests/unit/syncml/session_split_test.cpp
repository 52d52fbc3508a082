// Packages of several messages, and sizes, in XML and in WBXML. protocol rules PRO-050 … PRO-060, 226, 303.
#include <algorithm>

#include "tests/unit/syncml/session_fixture.h"

namespace omadm {
namespace {

class SessionSplitTest : public SessionTest, public ::testing::WithParamInterface<Encoding> {
 protected:
  SessionSplitTest() {
    options.encoding = GetParam();
    trust_transport();
    interior("./V", "Add=*&Get=*&Replace=*");
  }
  static std::string max_msg_size(std::size_t octets) {
    return "<Meta><MaxMsgSize xmlns=\"syncml:metinf\">" + std::to_string(octets) + "</MaxMsgSize></Meta>";
  }
  static std::string next_message() { return "<Alert><CmdID>1</CmdID><Data>1222</Data></Alert>"; }
  // Asks for the rest of the package. All commands of it in order, without the Statuses of SyncHdr and 1222.
  Lines rest_of_package(std::size_t limit) {
    Lines all;
    for (int guard = 0; guard < 200; ++guard) {
      EXPECT_TRUE(out) << "message " << guard;
      if (!out) break;
      EXPECT_LE(out->body.size(), limit);
      EXPECT_EQ(sent.at(0), "Status 0 SyncHdr 200");
      if (guard > 0) {
        EXPECT_EQ(sent.at(1), "Status 1 Alert 200");
      }
      all.insert(all.end(), sent.begin() + (guard > 0 ? 2 : 1), sent.end());
      for (const std::string& line : results()) values.push_back(line);
      bodies.push_back(out->body);
      if (message.final_message) return all;
      receive(header_status(200) + next_message());
    }
    return all;
  }
  Lines values;
  std::vector<Octets> bodies;
};

INSTANTIATE_TEST_SUITE_P(Encodings, SessionSplitTest, ::testing::Values(Encoding::xml, Encoding::wbxml),
                         [](const auto& test) { return test.param == Encoding::xml ? "Xml" : "Wbxml"; });

TEST_P(SessionSplitTest, PRO_050_PRO_051_PRO_056_PRO_059_PRO_104_PRO_113_FinalIsInTheLastMessageAlone) {
  std::string gets;
  Lines expected;
  Lines expected_values;
  for (int i = 10; i < 40; ++i) {
    const std::string name = "./V/n" + std::to_string(i);
    set(name, std::string(20, 'v') + std::to_string(i));
    gets += get(std::to_string(i), name);
    expected.push_back("Status " + std::to_string(i) + " Get 200");
    expected.push_back("Results " + std::to_string(i));
    expected_values.push_back(name + " = " + std::string(20, 'v') + std::to_string(i));
  }
  expected.emplace_back("Final");
  start();
  EXPECT_EQ(sent.back(), "Final");
  const std::size_t limit = GetParam() == Encoding::xml ? 1200 : 500;
  receive(header_status(200) + gets + "<Final/>", max_msg_size(limit));
  EXPECT_EQ(rest_of_package(limit), expected);  // each command once, whole, in order
  EXPECT_EQ(values, expected_values);
  EXPECT_GT(bodies.size(), 3u);
}

TEST_P(SessionSplitTest, PRO_059_TheLimitHoldsForLaterMessagesAndCanBeChanged) {
  for (int i = 10; i < 20; ++i) set("./V/n" + std::to_string(i), std::string(60, 'v'));
  std::string gets;
  for (int i = 10; i < 20; ++i) gets += get(std::to_string(i), "./V/n" + std::to_string(i));
  start();
  receive(header_status(200) + get("2", "./V/n10") + "<Final/>", max_msg_size(900));
  ASSERT_TRUE(message.final_message);
  receive(header_status(200) + gets + "<Final/>");  // says nothing of sizes
  rest_of_package(900);
  EXPECT_GT(bodies.size(), 1u);
  bodies.clear();
  receive(header_status(200) + gets + "<Final/>", max_msg_size(20000));
  rest_of_package(20000);
  EXPECT_EQ(bodies.size(), 1u);
}

TEST_P(SessionSplitTest, PRO_024_PRO_053_AnUnfinishedPackageOfTheServerIsAskedOn) {
  set("./V/a", "1");
  start();
  receive(header_status(200) + get("2", "./V/a"));
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 2 Get 200", "Results 2", "Alert 1222"}));
  receive(header_status(200));  // nothing, but not yet the end
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Alert 1222"}));
  receive(header_status(200) + replace("2", "./V/a", "2") + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 2 Replace 200", "Final"}));
}

// A server that forgets to ask gets the rest all the same.
TEST_P(SessionSplitTest, PRO_022_PRO_054_TheSessionDoesNotEndWhileTheClientOwes) {
  set("./V/a", std::string(900, 'a'));
  start();
  receive(header_status(200) + get("2", "./V/a") + get("3", "./V/a") + "<Final/>", max_msg_size(1700));
  Lines all(sent.begin() + 1, sent.end());
  for (int guard = 0; guard < 10 && out && !message.final_message; ++guard) {
    receive(header_status(200) + "<Final/>");
    ASSERT_TRUE(out);
    all.insert(all.end(), sent.begin() + 1, sent.end());
  }
  EXPECT_EQ(all.back(), "Final");
  EXPECT_EQ(std::count(all.begin(), all.end(), "Results 3"), 1);
}

TEST_P(SessionSplitTest, PRO_051_PRO_226_TheStatusesOfAnAtomicMayFillSeveralMessages) {
  std::string children;
  Lines expected{"Status 100 Atomic 200"};
  for (int i = 10; i < 60; ++i) {
    children += add(std::to_string(i), "./V/n" + std::to_string(i), "x");
    expected.push_back("Status " + std::to_string(i) + " Add 200");
  }
  expected.emplace_back("Final");
  start();
  const auto commits = store.appended();
  receive(header_status(200) + "<Atomic><CmdID>100</CmdID>" + children + "</Atomic><Final/>", max_msg_size(1000));
  EXPECT_EQ(store.appended(), commits + 1);  // all done before the first Status leaves
  EXPECT_EQ(value("./V/n59"), "x");
  EXPECT_EQ(rest_of_package(1000), expected);
  EXPECT_GT(bodies.size(), 1u);
}

TEST_P(SessionSplitTest, PRO_303_AnAlertThatDoesNotFitGoesWholeIntoTheNextMessage) {
  set("./V/a", std::string(300, 'a'));
  start();
  GenericAlert alert;
  alert.server_id = account.server_id;
  alert.type = "org.example.alert";
  alert.format = "chr";
  alert.data = std::string(700, 'd');
  host.owed.emplace_back(1, alert);
  receive(header_status(200) + get("2", "./V/a") + "<Final/>", max_msg_size(1600));
  if (GetParam() == Encoding::xml) {
    EXPECT_FALSE(message.final_message);
  }
  const Lines all = rest_of_package(1600);
  EXPECT_EQ(all, (Lines{"Status 2 Get 200", "Results 2", "Alert 1226", "Final"}));
  const Item& item = message.commands.back().items.at(0);
  EXPECT_EQ(item.data->octets, alert.data);
  EXPECT_FALSE(item.more_data);
}

TEST_P(SessionSplitTest, PRO_303_PRO_106_AnAlertThatNeverFitsIsSentInChunks) {
  set("./V/a", "1");
  GenericAlert alert;
  alert.server_id = account.server_id;
  alert.type = "org.example.alert";
  alert.format = "chr";
  for (int i = 0; i < 500; ++i) alert.data += std::to_string(i) + ",";
  start();
  host.owed.emplace_back(9, alert);
  receive(header_status(200) + get("2", "./V/a") + "<Final/>", max_msg_size(1200));
  std::string joined;
  std::string cmd_id;
  for (int guard = 0; guard < 100; ++guard) {
    ASSERT_TRUE(out);
    EXPECT_LE(out->body.size(), 1200u);
    for (const Command& command : message.commands) {
      if (command.name != CommandName::alert) continue;
      const Item& part = command.items.at(0);
      EXPECT_EQ(part.meta.size.has_value(), joined.empty());
      EXPECT_EQ(part.meta.type, "org.example.alert");
      EXPECT_EQ(part.more_data, !message.final_message);
      joined += part.data->octets;
      cmd_id = std::string(command.cmd_id);
    }
    if (message.final_message) break;
    receive(header_status(200) + "<Status><CmdID>2</CmdID><MsgRef>" + sent_msg_id + "</MsgRef><CmdRef>" + cmd_id +
            "</CmdRef><Cmd>Alert</Cmd><Data>213</Data></Status>" + next_message());
    EXPECT_TRUE(host.answered.empty());
  }
  EXPECT_EQ(joined, alert.data);
  receive(header_status(200) + "<Status><CmdID>2</CmdID><MsgRef>" + sent_msg_id + "</MsgRef><CmdRef>" + cmd_id +
          "</CmdRef><Cmd>Alert</Cmd><Data>200</Data></Status><Final/>");
  EXPECT_EQ(host.answered, (std::vector<std::pair<std::uint64_t, int>>{{9, 200}}));
}

// A subtree in TNDS is one text: no chunk of it may end within a character.
TEST_P(SessionSplitTest, PRO_060_PRO_261_ALargeSubtreeIsCutBetweenCharacters) {
  for (int i = 10; i < 40; ++i) {
    std::string text;
    for (int k = 0; k < 40; ++k) text += "\xE2\x82\xAC]]>";
    set("./V/n" + std::to_string(i), text);
  }
  start();
  receive(header_status(200) + get("2", "./V?list=TNDS+Value") + "<Final/>", max_msg_size(1497));
  std::string joined;
  std::optional<std::string> size;
  for (int guard = 0; guard < 100; ++guard) {
    ASSERT_TRUE(out);
    EXPECT_LE(out->body.size(), 1497u);
    for (const Command& command : message.commands) {
      if (command.name != CommandName::results) continue;
      const Item& part = command.items.at(0);
      if (joined.empty()) size = std::string(part.meta.size.value_or(""));
      if (GetParam() == Encoding::xml) {
        EXPECT_TRUE(is_utf8(part.data->octets));
      }
      joined += part.data->octets;
    }
    if (message.final_message) break;
    receive(header_status(200) + next_message());
  }
  ASSERT_TRUE(message.final_message) << joined.size() << " octets of " << size.value_or("") << " so far";
  EXPECT_EQ(size, std::to_string(joined.size()));
  server_msg_id = 0;
  session.reset();
  start();
  receive(header_status(200) + get("2", "./V?list=TNDS+Value") + "<Final/>");
  EXPECT_EQ(message.commands.at(2).items.at(0).data->octets, joined);
}

TEST_P(SessionSplitTest, PRO_059_NoRoomForAnAnswerEndsTheSession) {
  set("./V/a", "1");
  start();
  receive(header_status(200) + get("2", "./V/a") + "<Final/>", max_msg_size(100));
  EXPECT_FALSE(out);
  EXPECT_EQ(result->end, SessionEnd::server_error);
}

// A chunk of it was refused: the rest is not sent, and the alert is settled.
TEST_P(SessionSplitTest, PRO_303_PRO_304_TheRestOfARefusedAlertIsNotSent) {
  set("./V/a", "1");
  GenericAlert alert;
  alert.server_id = account.server_id;
  alert.type = "org.example.alert";
  alert.format = "chr";
  alert.data = std::string(5000, 'd');
  start();
  host.owed.emplace_back(9, alert);
  receive(header_status(200) + get("2", "./V/a") + "<Final/>", max_msg_size(1200));
  if (message.commands.back().data != "1226") receive(header_status(200) + next_message());
  ASSERT_EQ(message.commands.back().data, "1226");
  const std::string cmd_id(message.commands.back().cmd_id);
  host.owed.clear();
  receive(header_status(200) + "<Status><CmdID>2</CmdID><MsgRef>" + sent_msg_id + "</MsgRef><CmdRef>" + cmd_id +
          "</CmdRef><Cmd>Alert</Cmd><Data>413</Data></Status>" + next_message());
  EXPECT_EQ(host.answered, (std::vector<std::pair<std::uint64_t, int>>{{9, 413}}));
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 1 Alert 200", "Final"}));
}

TEST_P(SessionSplitTest, PRO_061_AnAlertOverMaxObjSizeIsNotSent) {
  set("./V/a", "1");
  GenericAlert alert;
  alert.server_id = account.server_id;
  alert.type = "org.example.alert";
  alert.format = "chr";
  alert.data = std::string(101, 'd');
  start();
  host.owed.emplace_back(9, alert);
  receive(header_status(200) + get("2", "./V/a") + "<Final/>",
          "<Meta><MaxObjSize xmlns=\"syncml:metinf\">100</MaxObjSize></Meta>");
  EXPECT_EQ(host.answered, (std::vector<std::pair<std::uint64_t, int>>{{9, 413}}));
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 2 Get 200", "Results 2", "Final"}));
}

// The server lost our object: once more from its beginning, and then no more.
TEST_P(SessionSplitTest, PRO_280_PRO_057_Alert1225WhileTheClientOwesSendsTheObjectAgain) {
  const std::string whole(3000, 'b');
  set("./V/big", whole);
  start();
  receive(header_status(200) + get("2", "./V/big") + "<Final/>", max_msg_size(1200));
  const std::string lost =
      "<Alert><CmdID>1</CmdID><Data>1225</Data><Item><Source><LocURI>./V/big</LocURI></Source>"
      "</Item></Alert>";
  const auto piece = [this]() -> const Item* {
    for (const Command& command : message.commands) {
      if (command.name == CommandName::results) return &command.items.front();
    }
    return nullptr;
  };
  if (piece() == nullptr) receive(header_status(200) + next_message());
  ASSERT_TRUE(piece());
  ASSERT_TRUE(piece()->more_data);
  receive(header_status(200) + lost);
  EXPECT_EQ(answer_to("1"), "200");
  ASSERT_TRUE(piece());
  EXPECT_EQ(piece()->meta.size, "3000");
  std::string joined;
  for (int guard = 0; guard < 20; ++guard) {
    ASSERT_TRUE(piece());
    joined += piece()->data->octets;
    if (!piece()->more_data) break;
    receive(header_status(200) + next_message());
  }
  EXPECT_EQ(joined, whole);
}

TEST_P(SessionSplitTest, PRO_280_AnObjectLostTwiceIsGivenUp) {
  set("./V/big", std::string(3000, 'b'));
  start();
  receive(header_status(200) + get("2", "./V/big") + "<Final/>", max_msg_size(1200));
  const std::string lost = "<Alert><CmdID>1</CmdID><Data>1225</Data></Alert>";
  if (sent.back() != "Results 2") receive(header_status(200) + next_message());
  receive(header_status(200) + lost);
  ASSERT_EQ(sent.back(), "Results 2");
  receive(header_status(200) + lost);
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 1 Alert 200", "Final"}));
}

TEST_P(SessionSplitTest, PRO_071_AnAbortCarriesTheStatusesThatAreOwed) {
  std::string commands;
  for (int i = 10; i < 40; ++i) {
    commands += add(std::to_string(i), "./V/n" + std::to_string(i), "x");
  }
  const std::size_t limit = GetParam() == Encoding::xml ? 1800 : 600;
  start();
  receive(header_status(200) + commands + "<Final/>", max_msg_size(limit));
  ASSERT_FALSE(message.final_message);
  Lines seen;
  const auto note = [&] {
    for (const std::string& line : sent) {
      if (line.find(" Add ") != std::string::npos) seen.push_back(line);
    }
  };
  note();
  const std::size_t first = seen.size();
  EXPECT_LT(first, 30u);
  take(session->abort());
  note();
  EXPECT_GT(seen.size(), first);
  EXPECT_LE(out->body.size(), limit);
  EXPECT_NE(std::find(sent.begin(), sent.end(), "Alert 1223"), sent.end());
  EXPECT_EQ(sent.back(), "Final");
}

}  // namespace
}  // namespace omadm
