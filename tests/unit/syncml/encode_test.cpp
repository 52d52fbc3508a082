#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/unit/syncml/codec_fixture.h"

namespace omadm {
namespace {

using test::decoded;
using test::message_vector;

// The message of the MAC vectors of [DMSEC] as we keep them.
Message vector_message() {
  Message message;
  message.header.ver_dtd = "1.2";
  message.header.ver_proto = "DM/1.2";
  message.header.session_id = "1A2B";
  message.header.msg_id = "1";
  message.header.target = "https://dm.example.com/omadm";
  message.header.source = "IMEI:493005100592800";
  message.header.source_name = "Bruce2";
  Command alert;
  alert.name = CommandName::alert;
  alert.cmd_id = "1";
  alert.data = "1201";
  message.commands.push_back(alert);
  message.final_message = true;
  return message;
}

TEST(Encode, PRO_380_BodyXOfTheMacVectors) {
  const std::string body = encode(vector_message(), Encoding::xml);
  EXPECT_EQ(
      body,
      "<SyncML "
      "xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1A2B</SessionID>"
      "<MsgID>1</MsgID><Target><LocURI>https://dm.example.com/omadm</LocURI></"
      "Target><Source><LocURI>IMEI:493005100592800</LocURI>"
      "<LocName>Bruce2</LocName></Source></SyncHdr><SyncBody><Alert><CmdID>1</CmdID><Data>1201</Data></Alert><Final/></"
      "SyncBody></SyncML>");
  EXPECT_EQ(body.size(), 369U);
}

TEST(Encode, PRO_403_BodyWOfTheMacVectorsIsTheWorkedWbxmlMessage) {
  Message message = vector_message();
  message.header.meta.max_msg_size = "5000";
  const Octets body = encode(message, Encoding::wbxml);
  EXPECT_EQ(body.size(), 141U);
  EXPECT_EQ(
      hex_encode(body),
      "02a4016a006d6c7103312e3200017203444d2f312e32000165033141324200015b033100016e570368747470733a2f2f646d2e6578616d"
      "706c652e636f6d2f6f6d61646d000101675703494d45493a343933303035313030353932383030000156034272756365320001015a0001"
      "4c03353030300001010100006b464b033100014f0331323031000101120101");
}

TEST(Encode, PRO_380_MembersStandInTheOrderOfTheDtd) {
  Message message;
  Command status;
  status.name = CommandName::status;
  status.cmd_id = "1";
  status.msg_ref = "2";
  status.cmd_ref = "3";
  status.cmd = "Get";
  status.target_refs = {"./A", "./B"};
  status.source_refs = {"./C"};
  status.chal.emplace().type = "syncml:auth-md5";
  status.chal->format = "b64";
  status.chal->next_nonce = "AA==";
  status.data = "407";
  status.items.emplace_back().data = Data{"x", false};
  message.commands.push_back(status);
  Command alert;
  alert.name = CommandName::alert;
  alert.correlator = "c";
  alert.data = "1226";
  Item& item = alert.items.emplace_back();
  item.more_data = true;
  item.data = Data{"", false};
  item.meta.mark = "warning";
  item.source = "./S";
  item.source_name = "s";
  item.target = "./T";
  message.commands.push_back(alert);
  EXPECT_EQ(encode(message, Encoding::xml),
            "<SyncML "
            "xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr></SyncHdr><SyncBody><Status><CmdID>1</CmdID><MsgRef>2</"
            "MsgRef><CmdRef>3</CmdRef>"
            "<Cmd>Get</Cmd><TargetRef>./A</TargetRef><TargetRef>./B</TargetRef><SourceRef>./C</SourceRef><Chal><Meta>"
            "<Format xmlns=\"syncml:metinf\">b64</Format><Type xmlns=\"syncml:metinf\">syncml:auth-md5</Type>"
            "<NextNonce "
            "xmlns=\"syncml:metinf\">AA==</NextNonce></Meta></Chal><Data>407</Data><Item><Data>x</Data></Item></Status>"
            "<Alert><Data>1226</Data><Correlator>c</Correlator><Item><Target><LocURI>./T</LocURI></"
            "Target><Source><LocURI>./S</LocURI>"
            "<LocName>s</LocName></Source><Meta><Mark "
            "xmlns=\"syncml:metinf\">warning</Mark></Meta><Data/><MoreData/></Item></Alert>"
            "</SyncBody></SyncML>");
}

// Every kind of command, with everything it can carry.
std::string rich_message() {
  const std::string item =
      "<Item><Target><LocURI>./T?list=Struct&amp;x</LocURI><LocName>t</LocName></Target><Source><LocURI>./S</LocURI></"
      "Source><Meta>"
      "<Format xmlns=\"syncml:metinf\">chr</Format><Type xmlns=\"syncml:metinf\">text/plain</Type><Mark "
      "xmlns=\"syncml:metinf\">m</Mark>"
      "<Size xmlns=\"syncml:metinf\">5</Size></Meta><Data> a&lt;b&#13;\xC3\xA9 "
      "</Data><MoreData/></Item><Item><Data/></Item>";
  const std::string meta = "<Meta><Format xmlns=\"syncml:metinf\">chr</Format></Meta>";
  std::string body =
      "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><TargetRef>a</"
      "TargetRef><TargetRef>b</TargetRef>"
      "<SourceRef>c</SourceRef><Chal><Meta><NextNonce "
      "xmlns=\"syncml:metinf\">AQID</NextNonce></Meta></Chal><Data>212</Data>" +
      item +
      "</Status>"
      "<Results><CmdID>2</CmdID><MsgRef>1</MsgRef><CmdRef>2</CmdRef>" +
      meta + "<TargetRef>a</TargetRef><SourceRef>b</SourceRef>" + item +
      "</Results>"
      "<Alert><CmdID>3</CmdID><Data>1226</Data><Correlator>c</Correlator>" +
      item + "</Alert>";
  std::string simple;
  for (const char* name : {"Add", "Copy", "Delete", "Exec", "Get", "Replace", "Put", "Search", "Sync", "Map", "Move"}) {
    const std::string correlator = std::string(name) == "Exec" ? "<Correlator>c</Correlator>" : "";
    simple += "<" + std::string(name) + "><CmdID>4</CmdID>" + meta + correlator + item + "</" + name + ">";
  }
  body += simple + "<Atomic><CmdID>5</CmdID>" + meta + simple + "<Sequence><CmdID>6</CmdID>" + simple +
          "</Sequence></Atomic><Final/>";
  return "<SyncML "
         "xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</"
         "SessionID><MsgID>2</MsgID>"
         "<Target><LocURI>t</LocURI><LocName>u</LocName></Target><Source><LocURI>s</LocURI><LocName>v</LocName></"
         "Source><RespURI>r</RespURI>"
         "<Cred><Meta><Type xmlns=\"syncml:metinf\">syncml:auth-basic</Type></Meta><Data>QTpC</Data></Cred><Meta>"
         "<MaxMsgSize xmlns=\"syncml:metinf\">1</MaxMsgSize><MaxObjSize "
         "xmlns=\"syncml:metinf\">2</MaxObjSize></Meta></SyncHdr><SyncBody>" +
         body + "</SyncBody></SyncML>";
}

TEST(Encode, PRO_380_EveryCommandComesOutOfXmlAsItWentIn) {
  const std::string document = rich_message();
  EXPECT_EQ(encode(decoded(Encoding::xml, document), Encoding::xml), document);
}

TEST(Encode, PRO_402_EveryCommandSurvivesTheWayThroughWbxml) {
  const std::string document = rich_message();
  const Octets wbxml = encode(decoded(Encoding::xml, document), Encoding::wbxml);
  EXPECT_LT(wbxml.size(), document.size() / 3);
  EXPECT_EQ(encode(decoded(Encoding::wbxml, wbxml), Encoding::xml), document);
  EXPECT_EQ(encode(decoded(Encoding::wbxml, wbxml), Encoding::wbxml), wbxml);
}

TEST(Encode, PRO_404_BinaryDataSurvivesAsOpaque) {
  Message message = vector_message();
  Octets all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  message.commands[0].items.emplace_back().data = Data{all, true};
  const Octets document = encode(message, Encoding::wbxml);
  const Message again = decoded(Encoding::wbxml, document);
  EXPECT_EQ(again.commands.at(0).items.at(0).data->octets, all);
  EXPECT_TRUE(again.commands.at(0).items.at(0).data->opaque);
}

TEST(Encode, TNDS_043_OpaqueDataIsCdataInXml) {
  Message message = vector_message();
  message.commands[0].items.emplace_back().data = Data{"<MgmtTree>]]></MgmtTree>", true};
  const Octets document = encode(message, Encoding::xml);
  EXPECT_NE(document.find("<Data><![CDATA[<MgmtTree>]]]]><![CDATA[></MgmtTree>]]></Data>"), std::string::npos)
      << document;
  EXPECT_EQ(decoded(Encoding::xml, document).commands.at(0).items.at(0).data->octets, "<MgmtTree>]]></MgmtTree>");
}

TEST(Encode, TheVectorMessagesKeepTheirMeaningInBothEncodings) {
  for (int number = 1; number <= 6; ++number) {
    const Message message = decoded(Encoding::xml, message_vector("challenge-" + std::to_string(number) + ".xml"));
    const std::string xml = encode(message, Encoding::xml);
    EXPECT_EQ(encode(decoded(Encoding::xml, xml), Encoding::xml), xml) << number;
    EXPECT_EQ(encode(decoded(Encoding::wbxml, encode(message, Encoding::wbxml)), Encoding::xml), xml) << number;
  }
}

TEST(Encode, NamesOfCommandsAreTheirElements) {
  EXPECT_EQ(to_string(CommandName::add), "Add");
  EXPECT_EQ(to_string(CommandName::delete_), "Delete");
  EXPECT_EQ(to_string(CommandName::move), "Move");
  EXPECT_EQ(to_string(CommandName::unknown), "Unknown");
}

}  // namespace
}  // namespace omadm
