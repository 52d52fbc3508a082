// What our writer writes, libwbxml reads; what libwbxml writes, our reader reads.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/markup/xml_reader.h"
#include "syncml/codec/codec.h"
#include "tests/interop/libwbxml.h"
#include "tests/support/markup_trace.h"
#include "tests/support/source_folder.h"
#include "wbxml/wbxml_reader.h"
#include "wbxml/wbxml_writer.h"

namespace omadm {
namespace {

std::string challenge(int number) {
  std::ifstream file(test::source_folder() + "/tests/vectors/messages/challenge-" + std::to_string(number) + ".xml",
                     std::ios::binary);
  EXPECT_TRUE(file) << number;
  return {std::istreambuf_iterator<char>(file), {}};
}

// libwbxml sends Data of Add and Replace as OPAQUE, whatever it holds.
void forget_opaque(std::vector<Command>& commands) {
  for (Command& command : commands) {
    for (Item& item : command.items) {
      if (item.data) item.data->opaque = false;
    }
    forget_opaque(command.children);
  }
}

// Messages without white space between elements, and without line ends in Data, which libwbxml rewrites.
std::vector<std::string> messages() {
  std::vector<std::string> all;
  for (int number = 1; number <= 6; ++number) {
    const Result<Message> message = decode(Encoding::xml, challenge(number), Limits{});
    EXPECT_TRUE(message) << number;
    if (message) all.push_back(encode(*message, Encoding::xml));
  }
  all.push_back(
      "<SyncML "
      "xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID>"
      "<MsgID>1</MsgID><Target><LocURI>t</LocURI></Target><Source><LocURI>s</LocURI></Source></SyncHdr><SyncBody>"
      "<Alert><CmdID>1</CmdID><Data>1226</Data><Correlator>c</Correlator><Item><Source><LocURI>./A</LocURI></"
      "Source><Meta>"
      "<Format xmlns=\"syncml:metinf\">chr</Format><Type xmlns=\"syncml:metinf\">org.example.alert</Type>"
      "<Mark xmlns=\"syncml:metinf\">critical</Mark></Meta><Data>a &lt;b&gt; &amp; "
      "\xC3\xA9</Data><MoreData/></Item></Alert>"
      "<Atomic><CmdID>2</CmdID><Delete><CmdID>3</CmdID><Item><Target><LocURI>./B</LocURI></Target></Item></Delete>"
      "<Sequence><CmdID>4</CmdID><Copy><CmdID>5</CmdID><Item><Target><LocURI>./C</LocURI></Target><Source><LocURI>./D</"
      "LocURI>"
      "</Source></Item></Copy><Exec><CmdID>6</CmdID><Correlator>d</Correlator><Item><Target><LocURI>./E</LocURI></"
      "Target></Item></Exec>"
      "</Sequence></Atomic><Final/></SyncBody></SyncML>");
  return all;
}

TEST(Interop, PRO_402_LibwbxmlReadsTheMessagesWeWrite) {
  for (const std::string& xml : messages()) {
    const Octets wbxml = encode(decode(Encoding::xml, xml, Limits{}).value(), Encoding::wbxml);
    const test::Conversion conversion = test::libwbxml_to_xml(wbxml);
    ASSERT_EQ(conversion.error, WBXML_OK) << xml;
    EXPECT_EQ(test::trace(*make_xml_reader(conversion.document, {})), test::trace(*make_wbxml_reader(wbxml, {})))
        << xml;
  }
}

TEST(Interop, PRO_402_WeReadTheMessagesLibwbxmlWrites) {
  for (const std::string& xml : messages()) {
    for (const bool string_table : {false, true}) {
      const test::Conversion conversion = test::libwbxml_to_wbxml(xml, string_table);
      ASSERT_EQ(conversion.error, WBXML_OK) << xml;
      Result<Message> message = decode(Encoding::wbxml, conversion.document, Limits{});
      ASSERT_TRUE(message) << message.error().detail << xml;
      forget_opaque(message->commands);
      EXPECT_EQ(encode(*message, Encoding::xml), xml);
    }
  }
}

TEST(Interop, PRO_403_LibwbxmlMakesTheSameOctetsOfTheWorkedMessage) {
  const std::string xml =
      "<SyncML "
      "xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1A2B</SessionID>"
      "<MsgID>1</MsgID><Target><LocURI>https://dm.example.com/omadm</LocURI></"
      "Target><Source><LocURI>IMEI:493005100592800</LocURI>"
      "<LocName>Bruce2</LocName></Source><Meta><MaxMsgSize "
      "xmlns=\"syncml:metinf\">5000</MaxMsgSize></Meta></SyncHdr><SyncBody>"
      "<Alert><CmdID>1</CmdID><Data>1201</Data></Alert><Final/></SyncBody></SyncML>";
  const Octets ours = encode(decode(Encoding::xml, xml, Limits{}).value(), Encoding::wbxml);
  const test::Conversion conversion = test::libwbxml_to_wbxml(xml, false);
  ASSERT_EQ(conversion.error, WBXML_OK);
  ASSERT_EQ(conversion.document.size(), ours.size());
  EXPECT_EQ(hex_encode(conversion.document.substr(1)), hex_encode(ours.substr(1)));  // but for the minor version
}

// The worked TNDS document.
const Octets kTnds = test::hex(
    "02 00 00 6A 1B 2D2F2F4F4D412F2F4454442D444D2D44444620312E322F2F454E00"
    "00 02 60 77 03 312E3200 01 64 66 03 43666700 01 6F 5C 25 01 75 11 01 01"
    "64 66 03 486F737400 01 6F 5C 0B 01 75 61 03 746578742F706C61696E00 01 01 01 76 03 683100 01 01 01 01");

TEST(Interop, TNDS_070_BothReadTheOthersTndsDocuments) {
  const std::string expected = test::trace(*make_wbxml_reader(kTnds, {}));
  const test::Conversion xml = test::libwbxml_to_xml(kTnds);
  ASSERT_EQ(xml.error, WBXML_OK);
  EXPECT_EQ(test::trace(*make_xml_reader(xml.document, {})), expected);
  for (const bool string_table : {false, true}) {
    const test::Conversion again = test::libwbxml_to_wbxml(xml.document, string_table);
    ASSERT_EQ(again.error, WBXML_OK);
    EXPECT_EQ(test::trace(*make_wbxml_reader(again.document, {})), expected) << string_table;
  }
}

// The reason for a codec of our own: the same octets, read by libwbxml, hold a command nobody sent.
TEST(Interop, W3_LibwbxmlTurnsDataIntoCommandsAndWeDoNot) {
  const std::string value =
      "x]]></Data></Item></Replace><Exec><Item><Target><LocURI>./F</LocURI></Target></Item></"
      "Exec><Replace><Item><Data><![CDATA[y";
  Message message;
  Command& replace = message.commands.emplace_back();
  replace.name = CommandName::replace;
  replace.items.emplace_back().data = Data{value, true};
  const Octets wbxml = encode(message, Encoding::wbxml);
  const test::Conversion conversion = test::libwbxml_to_xml(wbxml);
  ASSERT_EQ(conversion.error, WBXML_OK);
  EXPECT_EQ(decode(Encoding::xml, conversion.document, Limits{}).value().commands.size(), 3U);
  const Message ours = decode(Encoding::wbxml, wbxml, Limits{}).value();
  ASSERT_EQ(ours.commands.size(), 1U);
  EXPECT_EQ(ours.commands[0].items.at(0).data.value().octets, value);
}

}  // namespace
}  // namespace omadm
