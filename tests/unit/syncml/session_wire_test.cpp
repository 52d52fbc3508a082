// What stands on the wire, element by element, in XML and in WBXML. protocol rules PRO-005 … PRO-130.
#include <algorithm>

#include "base/markup/xml_reader.h"
#include "tests/support/markup_trace.h"
#include "tests/unit/syncml/session_fixture.h"
#include "wbxml/wbxml_reader.h"

namespace omadm {
namespace {

class SessionWireTest : public SessionTest, public ::testing::WithParamInterface<Encoding> {
 protected:
  SessionWireTest() {
    options.encoding = GetParam();
    interior("./V", "Add=*&Get=*&Replace=*&Delete=*");
    set("./V/a", "1");
    set("./V/b", "2");
  }
  // The last message as its elements, the second opinion on what `message` was decoded from.
  std::string elements() const {
    const auto reader = options.encoding == Encoding::xml ? make_xml_reader(out->body, Limits{})
                                                          : make_wbxml_reader(out->body, Limits{});
    return test::trace(*reader);
  }
  // What must hold of every message a client sends.
  void expect_sound(const std::string& msg_id) {
    ASSERT_TRUE(out);
    EXPECT_EQ(message.header.ver_dtd, "1.2");
    EXPECT_EQ(message.header.ver_proto, "DM/1.2");
    EXPECT_EQ(message.header.session_id, "1A2B");
    EXPECT_EQ(message.header.msg_id, msg_id);
    EXPECT_EQ(message.header.target, kServer);
    EXPECT_EQ(message.header.source, kDevice);
    EXPECT_EQ(out->content_type, media_type(options.encoding));
    EXPECT_NE(out->accept.find(kDmWbxmlType), std::string::npos);
    EXPECT_NE(out->accept.find(kDmXmlType), std::string::npos);
    std::vector<std::string_view> ids;
    for (const Command& command : message.commands) {
      EXPECT_FALSE(command.cmd_id.empty());
      EXPECT_NE(command.cmd_id, "0");
      EXPECT_EQ(std::count(ids.begin(), ids.end(), command.cmd_id), 0) << command.cmd_id << " twice";
      ids.push_back(command.cmd_id);
      const bool info =
          command.name == CommandName::replace && command.items.at(0).source.value_or("").substr(0, 10) == "./DevInfo/";
      EXPECT_TRUE(command.name == CommandName::status || command.name == CommandName::results ||
                  command.name == CommandName::alert || info)
          << to_string(command.name);
    }
  }
};

INSTANTIATE_TEST_SUITE_P(Encodings, SessionWireTest, ::testing::Values(Encoding::xml, Encoding::wbxml),
                         [](const auto& test) { return test.param == Encoding::xml ? "Xml" : "Wbxml"; });

TEST_P(SessionWireTest, PRO_005_PRO_021_PRO_030_PRO_035_PRO_036_PRO_038_PRO_431_EveryMessageOfASession) {
  account.server.reset();
  account.client.front().nonce = Octets("n");
  start();
  expect_sound("1");
  EXPECT_EQ(sent, (Lines{"Alert 1201", "Replace", "Final"}));
  EXPECT_EQ(message.header.source_name, "Bruce2");
  ASSERT_TRUE(message.header.cred);

  receive(header_status(401, chal("syncml:auth-md5", "Tm9uY2U=")) + "<Final/>");
  expect_sound("2");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Alert 1201", "Replace", "Final"}));
  EXPECT_EQ(message.header.source_name, "Bruce2");

  receive(header_status(212) + get("4", "./V/a") + "<Atomic><CmdID>5</CmdID>" + add("6", "./V/n", "x") + "</Atomic>" +
          "<Sequence><CmdID>7</CmdID>" + get("8", "./V/b") + "</Sequence><Final/>");
  expect_sound("3");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 4 Get 200", "Results 4", "Status 5 Atomic 200",
                         "Status 6 Add 200", "Status 7 Sequence 200", "Status 8 Get 200", "Results 8", "Final"}));
  EXPECT_FALSE(message.header.cred);
  for (const Command& command : message.commands) EXPECT_EQ(command.msg_ref, "2");
  EXPECT_EQ(results(), (Lines{"./V/a = 1", "./V/b = 2"}));
}

TEST_P(SessionWireTest, PRO_038_SEC_062_TheRepeatGoesToRespUriUnderTheSameAddresses) {
  account.server.reset();
  start();
  receive(header_status(407, chal("syncml:auth-md5", "Tm9uY2U=")) + "<Final/>",
          "<RespURI>https://dm.example.com/omadm?s=1A2B</RespURI>");
  expect_sound("2");
  EXPECT_EQ(out->url, "https://dm.example.com/omadm?s=1A2B");
  EXPECT_EQ(sent.front(), "Status 0 SyncHdr 200");
  EXPECT_EQ(message.header.cred->meta.type, "syncml:auth-md5");
  EXPECT_EQ(message.header.cred->data, "Zz6EivR3yeaaENcRN6lpAQ==");  // SEC-V-M1
}

TEST_P(SessionWireTest, PRO_120_PRO_121_PRO_126_StatusWithAllItsMembersInTheOrderOfTheDtd) {
  account.client.clear();
  start();
  receive(header_status(200) +
          "<Copy><CmdID>4</CmdID><Item><Target><LocURI>V/b</LocURI></Target><Source><LocURI>./V/a" +
          "</LocURI></Source></Item></Copy><Final/>");
  const std::string nonce = base64_encode(issued_nonce());
  const std::string text = elements();
  EXPECT_NE(text.find("SyncBody(Status(CmdID('1')MsgRef('1')CmdRef('0')Cmd('SyncHdr')TargetRef('" +
                      std::string(kDevice) + "')SourceRef('" + kServer +
                      "')Chal(Meta(m:Format('b64')m:Type('syncml:auth-md5')m:NextNonce('" + nonce +
                      "')))Data('407'))Status(CmdID('2')MsgRef('1')CmdRef('4')Cmd('Copy')TargetRef('V/b')"
                      "SourceRef('./V/a')Data('407'))"),
            std::string::npos)
      << text;
}

TEST_P(SessionWireTest, PRO_120_PRO_163_TheItemsOfAStatusComeLast) {
  trust_transport();
  ASSERT_TRUE(ddf.add(read_source_file("mo/dmacc/dmacc.ddf.xml"), "dmacc"));
  tree = *Tree::open(store, ddf, clock);
  interior("./DMAcc/acme", "Add=*&Replace=*");
  start();
  receive(header_status(200) + add("4", "./DMAcc/acme/Nope/x", "1") + "<Final/>");
  EXPECT_NE(elements().find("Cmd('Add')TargetRef('./DMAcc/acme/Nope/x')Data('405')"
                            "Item(Target(LocURI('./DMAcc/acme/Nope'))))Final()"),
            std::string::npos)
      << elements();
}

TEST_P(SessionWireTest, PRO_120_PRO_122_ACommandWithoutCmdIdGetsACompleteStatusToo) {
  trust_transport();
  start();
  receive(header_status(200) + "<Delete><Item><Target><LocURI>./V/a</LocURI></Target></Item></Delete><Final/>");
  EXPECT_NE(elements().find("Status(CmdID('2')MsgRef('1')CmdRef()Cmd('Delete')TargetRef('./V/a')Data('400'))"),
            std::string::npos)
      << elements();
  EXPECT_EQ(value("./V/a"), "1");
}

TEST_P(SessionWireTest, PRO_111_PRO_128_ResultsNameTheMessageTheCommandAndTheNode) {
  trust_transport();
  set("./V/n", "7", Format::int_);
  start();
  receive(header_status(200) + get("4", "V/n") + "<Final/>");
  EXPECT_NE(elements().find("Results(CmdID('3')MsgRef('1')CmdRef('4')Item(Source(LocURI('V/n'))Meta(m:Format('int'))"
                            "Data('7')))Final()"),
            std::string::npos)
      << elements();
}

TEST_P(SessionWireTest, PRO_281_PRO_301_PRO_302_AlertsInTheOrderOfTheDtd) {
  trust_transport();
  GenericAlert alert;
  alert.server_id = account.server_id;
  alert.type = "Reversed-Domain-Name: org.openmobilealliance.dm.samplealert";
  alert.format = "chr";
  alert.mark = "warning";
  alert.source = "./V";
  alert.correlator = "c-1";
  alert.data = "disk full";
  host.owed.emplace_back(1, alert);
  start();
  const std::string text = elements();
  EXPECT_NE(text.find("SyncBody(Alert(CmdID('1')Data('1201'))Replace("), std::string::npos) << text;
  EXPECT_NE(text.find("Alert(CmdID('3')Data('1226')Correlator('c-1')Item(Source(LocURI('./V'))Meta(m:Format('chr')"
                      "m:Type('Reversed-Domain-Name: org.openmobilealliance.dm.samplealert')m:Mark('warning'))"
                      "Data('disk full')))Final()"),
            std::string::npos)
      << text;
}

TEST_P(SessionWireTest, PRO_083_PRO_101_LeavesBelowExtOfDevInfoCarryTheirMeta) {
  trust_transport();
  set("./DevInfo/Ext/Slots", "2", Format::int_);
  set("./DevInfo/Ext/Key", std::string("\0\xff", 2), Format::bin);
  start();
  const Command& info = message.commands.at(1);
  std::map<std::string, std::string> lines;
  for (const Item& item : info.items) {
    lines[std::string(*item.source)] =
        std::string(item.meta.format.value_or("")) + " " + std::string(item.data->octets);
  }
  const bool xml = GetParam() == Encoding::xml;
  EXPECT_EQ(lines["./DevInfo/Ext/Slots"], "int 2");
  EXPECT_EQ(lines["./DevInfo/Ext/Key"], xml ? "b64 AP8=" : std::string("bin \0\xff", 6));
  EXPECT_EQ(lines["./DevInfo/Man"], " Example Works");
  EXPECT_EQ(lines.size(), 7u);
}

TEST_P(SessionWireTest, PRO_005_PRO_172_AServerThatChangesTheEncodingIsAnsweredInOurs) {
  trust_transport();
  set("./V/bin", std::string("\0\x01\xff", 3), Format::bin);
  server_encoding = GetParam() == Encoding::xml ? Encoding::wbxml : Encoding::xml;
  start();
  receive(header_status(200) + get("4", "./V/bin") + get("5", "./V?list=TNDS+Value") +
          "<Add><CmdID>6</CmdID><Meta><Format xmlns=\"syncml:metinf\">bin</Format></Meta><Item><Target><LocURI>./V/new"
          "</LocURI></Target><Data>/wA=</Data></Item></Add><Final/>");
  ASSERT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 4 Get 200", "Results 4", "Status 5 Get 200", "Results 5",
                         "Status 6 Add 200", "Final"}));
  EXPECT_EQ(out->content_type, media_type(GetParam()));
  const Item& leaf = message.commands.at(2).items.at(0);
  const Item& object = message.commands.at(4).items.at(0);
  if (GetParam() == Encoding::xml) {
    EXPECT_EQ(leaf.meta.format, "b64");
    EXPECT_EQ(leaf.data->octets, "AAH/");
    EXPECT_EQ(object.meta.type, "application/vnd.syncml.dmtnds+xml");
  } else {
    EXPECT_EQ(leaf.meta.format, "bin");
    EXPECT_EQ(leaf.data->octets, std::string_view("\0\x01\xff", 3));
    EXPECT_EQ(object.meta.type, "application/vnd.syncml.dmtnds+wbxml");
  }
  EXPECT_EQ(value("./V/new"), std::string("\xff\0", 2));
}

TEST_P(SessionWireTest, PRO_027_PRO_110_PRO_113_PRO_125_StatusesInTheOrderOfTheCommands) {
  trust_transport();
  start();
  receive(header_status(200) + get("9", "./V/a") + "<Atomic><CmdID>8</CmdID>" + replace("3", "./V/a", "x") +
          replace("7", "./none", "x") + "</Atomic><Alert><CmdID>6</CmdID><Data>1201</Data></Alert><Sequence><CmdID>5" +
          "</CmdID>" + add("4", "./V/a", "x") + "</Sequence><Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 9 Get 200", "Results 9", "Status 8 Atomic 507",
                         "Status 3 Replace 216", "Status 7 Replace 404", "Status 6 Alert 200", "Status 5 Sequence 200",
                         "Status 4 Add 418", "Final"}));
}

TEST_P(SessionWireTest, PRO_127_PRO_130_StatusesAreNotAnsweredAndUnknownOnesMeanNothing) {
  trust_transport();
  GenericAlert alert;
  alert.server_id = account.server_id;
  alert.type = "org.example.alert";
  alert.format = "chr";
  host.owed.emplace_back(1, alert);
  start();
  const auto status = [](const std::string& msg_ref, const std::string& cmd_ref, const std::string& cmd) {
    return "<Status><CmdID>7</CmdID><MsgRef>" + msg_ref + "</MsgRef><CmdRef>" + cmd_ref + "</CmdRef><Cmd>" + cmd +
           "</Cmd><Data>401</Data></Status>";
  };
  receive(status("77", "0", "SyncHdr") + status("1", "99", "Alert") + status("77", "3", "Alert") + header_status(200) +
          get("4", "./V/a") + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 4 Get 200", "Results 4", "Final"}));
  EXPECT_TRUE(host.answered.empty());
}

TEST_P(SessionWireTest, PRO_081_PRO_129_NoRespChangesNothing) {
  trust_transport();
  start();
  receive(header_status(200) +
              "<Replace><CmdID>4</CmdID><NoResp/><Item><Target><LocURI>./V/a</LocURI></Target><Data>9" +
              "</Data></Item></Replace><Final/>",
          "<NoResp/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 4 Replace 200", "Final"}));
  EXPECT_EQ(value("./V/a"), "9");
}

}  // namespace
}  // namespace omadm
