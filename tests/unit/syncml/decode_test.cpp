#include <gtest/gtest.h>

#include <string>

#include "tests/unit/syncml/codec_fixture.h"

namespace omadm {
namespace {

using test::decoded;
using test::message_vector;
using test::opaque;
using test::refused;
using test::str;
using test::wbxml_message;
using test::xml_message;

TEST(Decode, PRO_100_PRO_101_ThePackageOneOfTheChallengedSession) {
  const Message message = decoded(Encoding::xml, message_vector("challenge-1.xml"));
  EXPECT_EQ(message.header.ver_dtd, "1.2");
  EXPECT_EQ(message.header.ver_proto, "DM/1.2");
  EXPECT_EQ(message.header.session_id, "1A2B");
  EXPECT_EQ(message.header.msg_id, "1");
  EXPECT_EQ(message.header.target, "https://dm.example.com/omadm");
  EXPECT_EQ(message.header.source, "IMEI:493005100592800");
  EXPECT_EQ(message.header.source_name, "");
  EXPECT_FALSE(message.header.cred);
  EXPECT_EQ(message.header.meta.max_msg_size, "16384");
  EXPECT_EQ(message.header.meta.max_obj_size, "1048576");
  ASSERT_EQ(message.commands.size(), 2U);
  EXPECT_EQ(message.commands[0].name, CommandName::alert);
  EXPECT_EQ(message.commands[0].data, "1201");
  EXPECT_TRUE(message.commands[0].has_data);
  ASSERT_EQ(message.commands[1].items.size(), 5U);
  EXPECT_EQ(message.commands[1].items[1].source, "./DevInfo/Man");
  EXPECT_EQ(message.commands[1].items[1].data->octets, "Example Works");
  EXPECT_FALSE(message.commands[1].items[1].target);
  EXPECT_TRUE(message.final_message);
  EXPECT_EQ(message.encoding, Encoding::xml);
}

TEST(Decode, PRO_111_TheOtherMessagesOfTheChallengedSession) {
  const Message challenge = decoded(Encoding::xml, message_vector("challenge-2.xml"));
  EXPECT_EQ(challenge.header.resp_uri, "https://dm.example.com/omadm?s=1A2B");
  ASSERT_EQ(challenge.commands.size(), 3U);
  const Command& status = challenge.commands[0];
  EXPECT_EQ(status.name, CommandName::status);
  EXPECT_EQ(status.msg_ref, "1");
  EXPECT_EQ(status.cmd_ref, "0");
  EXPECT_EQ(status.cmd, "SyncHdr");
  EXPECT_EQ(status.data, "407");
  EXPECT_EQ(status.target_refs, std::vector<std::string_view>{"https://dm.example.com/omadm"});
  EXPECT_EQ(status.source_refs, std::vector<std::string_view>{"IMEI:493005100592800"});
  ASSERT_TRUE(status.chal);
  EXPECT_EQ(status.chal->type, "syncml:auth-md5");
  EXPECT_EQ(status.chal->format, "b64");
  EXPECT_EQ(status.chal->next_nonce, "ZG9iZWhhdmUNCg==");

  const Message again = decoded(Encoding::xml, message_vector("challenge-3.xml"));
  EXPECT_EQ(again.header.source_name, "Bruce2");
  ASSERT_TRUE(again.header.cred);
  EXPECT_EQ(again.header.cred->data, "kHLLLSPq49co1xndU6F2HQ==");
  EXPECT_EQ(again.header.cred->meta.type, "syncml:auth-md5");

  const Message commands = decoded(Encoding::xml, message_vector("challenge-4.xml"));
  ASSERT_EQ(commands.commands.size(), 5U);
  EXPECT_EQ(commands.commands[3].name, CommandName::get);
  EXPECT_EQ(commands.commands[3].items.at(0).target, "./DevDetail/SwV");
  EXPECT_FALSE(commands.commands[3].items.at(0).data);

  const Message results = decoded(Encoding::xml, message_vector("challenge-5.xml"));
  ASSERT_EQ(results.commands.size(), 4U);
  EXPECT_EQ(results.commands[2].name, CommandName::results);
  EXPECT_EQ(results.commands[2].cmd_ref, "4");
  EXPECT_EQ(results.commands[2].items.at(0).data->octets, "7.3.1");

  EXPECT_EQ(decoded(Encoding::xml, message_vector("challenge-6.xml")).commands.size(), 1U);
}

TEST(Decode, PRO_402_TheWorkedWbxmlMessage) {
  const Octets document = test::hex(
      "02a4016a006d6c7103312e3200017203444d2f312e32000165033141324200015b033100016e570368747470733a2f2f646d2e6578616d"
      "706c652e636f6d2f6f6d61646d000101675703494d45493a343933303035313030353932383030000156034272756365320001015a0001"
      "4c03353030300001010100006b464b033100014f0331323031000101120101");
  const Message message = decoded(Encoding::wbxml, document);
  EXPECT_EQ(message.encoding, Encoding::wbxml);
  EXPECT_EQ(message.header.source_name, "Bruce2");
  EXPECT_EQ(message.header.meta.max_msg_size, "5000");
  ASSERT_EQ(message.commands.size(), 1U);
  EXPECT_EQ(message.commands[0].data, "1201");
  EXPECT_TRUE(message.final_message);
}

TEST(Decode, PRO_380_ChildrenComeInAnyOrder) {
  const Message message = decoded(
      Encoding::xml,
      xml_message(
          "<Final/><Status><Data>200</Data><Cmd>Get</Cmd><CmdRef>4</CmdRef><MsgRef>2</MsgRef><CmdID>1</CmdID></Status>"
          "<Exec><Item><Data>x</Data><Target><LocURI>./A</LocURI></Target></Item><Correlator>c</Correlator><CmdID>2</"
          "CmdID></Exec>"));
  ASSERT_EQ(message.commands.size(), 2U);
  EXPECT_EQ(message.commands[0].cmd_id, "1");
  EXPECT_EQ(message.commands[0].cmd_ref, "4");
  EXPECT_EQ(message.commands[1].correlator, "c");
  EXPECT_EQ(message.commands[1].items.at(0).target, "./A");
  EXPECT_TRUE(message.final_message);
}

TEST(Decode, PRO_381_MetInfIsOptional) {
  for (const char* meta :
       {"<Meta><Format xmlns='syncml:metinf'>bin</Format><Size xmlns='syncml:metinf'>3</Size></Meta>",
        "<Meta><MetInf xmlns='syncml:metinf'><Format>bin</Format><Size>3</Size></MetInf></Meta>",
        "<Meta xmlns='syncml:metinf'><Format>bin</Format><Size>3</Size></Meta>",
        "<Meta><Format>bin</Format><Other/><Size>3</Size></Meta>"}) {
    const Message message =
        decoded(Encoding::xml, xml_message("<Replace><Item>" + std::string(meta) + "</Item></Replace>"));
    EXPECT_EQ(message.commands.at(0).items.at(0).meta.format, "bin") << meta;
    EXPECT_EQ(message.commands.at(0).items.at(0).meta.size, "3") << meta;
  }
}

TEST(Decode, PRO_083_WhiteSpaceAroundTypeAndFormatIsTrimmed) {
  const Message message =
      decoded(Encoding::xml,
              xml_message("<Add><CmdID> 7\n</CmdID><Meta><Type>\n  text/plain </Type><Format> chr</Format></Meta>"
                          "<Item><Target><LocURI> ./A </LocURI></Target><Data> x </Data></Item></Add>"));
  const Command& add = message.commands.at(0);
  EXPECT_EQ(add.meta.type, "text/plain");
  EXPECT_EQ(add.meta.format, "chr");
  EXPECT_EQ(add.cmd_id, "7");
  EXPECT_EQ(add.items.at(0).target, " ./A ");
  EXPECT_EQ(add.items.at(0).data->octets, " x ");
}

TEST(Decode, PRO_080_PRO_081_CredAndFlagsInsideACommandAreIgnored) {
  const Message message =
      decoded(Encoding::xml,
              xml_message("<Delete><CmdID>1</CmdID><NoResp/><Archive/><SftDel/><Cred><Data>x</Data></Cred>"
                          "<Item><Target><LocURI>./A</LocURI></Target></Item></Delete>"
                          "<Search><CmdID>2</CmdID></Search><Sync><CmdID>3</CmdID><Add><CmdID>4</CmdID></Add></Sync>"
                          "<Put><CmdID>5</CmdID></Put><Map><CmdID>6</CmdID></Map><Move><CmdID>7</CmdID></Move>"));
  ASSERT_EQ(message.commands.size(), 6U);
  EXPECT_EQ(message.commands[0].items.size(), 1U);
  EXPECT_EQ(message.commands[1].name, CommandName::search);
  EXPECT_EQ(message.commands[2].name, CommandName::sync);
  EXPECT_TRUE(message.commands[2].children.empty());
  EXPECT_EQ(message.commands[3].name, CommandName::put);
  EXPECT_EQ(message.commands[4].name, CommandName::map);
  EXPECT_EQ(message.commands[5].name, CommandName::move);
  EXPECT_EQ(message.commands[5].cmd_id, "7");
}

TEST(Decode, PRO_088_UnknownCommandsAreKeptByName) {
  const Message message = decoded(
      Encoding::xml,
      xml_message(
          "<Frobnicate><Item/><CmdID>9</CmdID></Frobnicate><Atomic><CmdID>1</CmdID>"
          "<x:Add "
          "xmlns:x='urn:x'/><Item/></Atomic><Replace><Strange><CmdID>0</CmdID></Strange><CmdID>2</CmdID></Replace>"));
  ASSERT_EQ(message.commands.size(), 3U);
  EXPECT_EQ(message.commands[0].name, CommandName::unknown);
  EXPECT_EQ(message.commands[0].element, "Frobnicate");
  EXPECT_EQ(message.commands[0].cmd_id, "9");
  ASSERT_EQ(message.commands[1].children.size(), 1U);
  EXPECT_EQ(message.commands[1].children[0].name, CommandName::unknown);
  EXPECT_EQ(message.commands[1].children[0].element, "Add");
  EXPECT_EQ(message.commands[1].children[0].cmd_id, "");
  EXPECT_EQ(message.commands[2].cmd_id, "2");

  const Message wbxml = decoded(Encoding::wbxml, wbxml_message("7E 4B " + str("5") + " 01 01"));
  EXPECT_EQ(wbxml.commands.at(0).name, CommandName::unknown);
  EXPECT_EQ(wbxml.commands.at(0).element, "00:3e");
  EXPECT_EQ(wbxml.commands.at(0).cmd_id, "5");
}

TEST(Decode, AtomicAndSequenceNestEightDeep) {
  const auto nested = [](int depth) {
    std::string body = "<Get><CmdID>0</CmdID></Get>";
    for (int i = depth; i > 0; --i) {
      const std::string name = i % 2 == 0 ? "Atomic" : "Sequence";
      body = "<" + name + "><CmdID>" + std::to_string(i) + "</CmdID>" + body + "</" + name + ">";
    }
    return xml_message(body);
  };
  const Message message = decoded(Encoding::xml, nested(8));
  const Command* command = &message.commands.at(0);
  for (int i = 1; i < 8; ++i) command = &command->children.at(0);
  EXPECT_EQ(command->cmd_id, "8");
  EXPECT_EQ(command->children.at(0).name, CommandName::get);
  EXPECT_EQ(refused(Encoding::xml, nested(9)), Errc::malformed);
}

TEST(Decode, PRO_404_PiecesOfTextAreJoined) {
  const Message message = decoded(
      Encoding::wbxml, wbxml_message("60 4B" + str("1") + "01 54 6E 57" + str("./A/") + opaque("B") + "02 43 01 01 4F" +
                                     str("one ") + str("two") + opaque(" three") + "01 01 01"));
  const Item& item = message.commands.at(0).items.at(0);
  EXPECT_EQ(item.target, "./A/BC");
  EXPECT_EQ(item.data->octets, "one two three");
  EXPECT_TRUE(item.data->opaque);
}

TEST(Decode, W3_W5_OpaqueDataIsNeitherMarkupNorText) {
  Octets all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  all += "x]]></Data></Item></Replace><Exec></Exec>";
  const Message message =
      decoded(Encoding::wbxml, wbxml_message("60 4B" + str("1") + "01 54 4F" + opaque(all) + "01 01 01"));
  ASSERT_EQ(message.commands.size(), 1U);
  EXPECT_EQ(message.commands[0].items.at(0).data->octets, all);
}

TEST(Decode, W6_NoncesAndCredentialsAreBase64HoweverTheyCame) {
  const auto nonce = [](const std::string& item) {
    const Message message = decoded(Encoding::wbxml, wbxml_message("69 49 5A 00 01 50" + item + "01 01 01 00 00 01"));
    return std::string(message.commands.at(0).chal.value().next_nonce.value());
  };
  EXPECT_EQ(nonce(str("AQIDBP8A")), "AQIDBP8A");
  EXPECT_EQ(nonce(opaque("AQIDBP8A")), "AQIDBP8A");
  EXPECT_EQ(nonce(opaque(std::string_view("\x01\x02\x03\x04\xFF\x00", 6))), "AQIDBP8A");

  const Message message =
      decoded(Encoding::wbxml, test::hex("02A4016A00 6D 6C 4E 4F" + opaque("\xFF\xFE\xFD") + "01 01 01 2B 01"));
  EXPECT_EQ(message.header.cred.value().data, "//79");
}

TEST(Decode, TextThatCameAsOpaqueMustBeUtf8) {
  EXPECT_EQ(refused(Encoding::wbxml, wbxml_message("60 4B" + opaque("\xFF") + "01 01")), Errc::malformed);
}

TEST(Decode, DecodingRefusesWhatIsNoMessage) {
  for (const Encoding encoding : {Encoding::xml, Encoding::wbxml}) EXPECT_EQ(refused(encoding, ""), Errc::malformed);
  EXPECT_EQ(refused(Encoding::xml, "<SyncHdr/>"), Errc::malformed);
  EXPECT_EQ(refused(Encoding::xml, "<SyncML><SyncBody/></SyncML>"), Errc::malformed);
  EXPECT_EQ(refused(Encoding::xml, "<SyncML><SyncHdr/></SyncML>"), Errc::malformed);
  EXPECT_EQ(refused(Encoding::xml, "<SyncML><SyncHdr/><SyncHdr/><SyncBody/></SyncML>"), Errc::malformed);
  EXPECT_EQ(refused(Encoding::xml, "<SyncML><SyncHdr/><SyncBody/><SyncBody/></SyncML>"), Errc::malformed);
  EXPECT_EQ(refused(Encoding::xml, "<SyncML><SyncHdr/><SyncBody/></SyncML>x"), Errc::malformed);
  EXPECT_EQ(refused(Encoding::wbxml, test::hex("02A4016A00 6D 2C 2B 01 00")), Errc::malformed);
  EXPECT_EQ(refused(Encoding::wbxml, test::hex("029F516A00 6D 2C 2B 01")), Errc::unsupported);
  EXPECT_EQ(decoded(Encoding::xml, "<SyncML><SyncBody/><Other/><SyncHdr/></SyncML>").commands.size(), 0U);
}

TEST(Decode, EveryBeginningOfAMessageIsRefusedWithoutHarm) {
  const std::string document = message_vector("challenge-4.xml");
  for (std::size_t length = 0; length + 2 < document.size(); ++length) {
    EXPECT_EQ(refused(Encoding::xml, document.substr(0, length)), Errc::malformed) << length;
  }
  const Octets wbxml = encode(decoded(Encoding::xml, document), Encoding::wbxml);
  for (std::size_t length = 0; length < wbxml.size(); ++length) {
    EXPECT_EQ(refused(Encoding::wbxml, wbxml.substr(0, length)), Errc::malformed) << length;
  }
}

TEST(Decode, CommandsAndItemsAreLimited) {
  Limits limits;
  limits.max_commands = 2;
  EXPECT_TRUE(decode(Encoding::xml, xml_message("<Get/><Get/>"), limits));
  EXPECT_EQ(refused(Encoding::xml, xml_message("<Get/><Get/><Get/>"), limits), Errc::too_large);
  EXPECT_EQ(refused(Encoding::xml, xml_message("<Atomic><Get/><Get/></Atomic>"), limits), Errc::too_large);
  EXPECT_EQ(refused(Encoding::xml, xml_message("<Get><Item/><Item/></Get><Get><Item/></Get>"), limits),
            Errc::too_large);
  const Octets empty = wbxml_message("");
  const Octets opened = empty.substr(0, empty.size() - 2);
  // One octet a command: refused long before memory suffers.
  EXPECT_EQ(refused(Encoding::wbxml, opened + Octets(1000000, '\x13') + "\x01\x01"), Errc::too_large);
}

TEST(DecodeHeader, PRO_088_TheHeaderOfABrokenMessageIsStillKnown) {
  const std::string document = message_vector("challenge-4.xml");
  const std::string broken = document.substr(0, document.find("<Get>")) + "<Get></Replace>";
  EXPECT_EQ(refused(Encoding::xml, broken), Errc::malformed);
  const Result<Message> header = decode_header(Encoding::xml, broken, Limits{});
  ASSERT_TRUE(header);
  EXPECT_EQ(header->header.session_id, "1A2B");
  EXPECT_EQ(header->header.cred.value().data, "rwC6WTXP41Wh40aWDR8I1A==");
  EXPECT_TRUE(header->commands.empty());
  EXPECT_FALSE(header->final_message);

  const Result<Message> wbxml = decode_header(Encoding::wbxml, wbxml_message("60 02 90808080"), Limits{});
  ASSERT_TRUE(wbxml);
  EXPECT_EQ(wbxml->header.msg_id, "1");
}

TEST(DecodeHeader, WithoutAWholeHeaderThereIsNone) {
  const std::string document = message_vector("challenge-4.xml");
  EXPECT_EQ(decode_header(Encoding::xml, document.substr(0, document.find("</SyncHdr>")), Limits{}).error().code,
            Errc::malformed);
  EXPECT_EQ(decode_header(Encoding::xml, "<SyncML><SyncBody/></SyncML>", Limits{}).error().code, Errc::malformed);
  EXPECT_EQ(decode_header(Encoding::xml, "<x/>", Limits{}).error().code, Errc::malformed);
}

TEST(MediaType, PRO_004_ParametersAndCaseAreTolerated) {
  EXPECT_EQ(encoding_of("application/vnd.syncml.dm+xml"), Encoding::xml);
  EXPECT_EQ(encoding_of("Application/VND.SyncML.DM+WBXML ; charset=utf-8; verproto=1.2"), Encoding::wbxml);
  EXPECT_EQ(encoding_of(" application/vnd.syncml.dm+xml; charset=UTF-8"), Encoding::xml);
  for (const char* type : {"", "text/xml", "application/vnd.syncml+xml", "application/vnd.syncml.dm+xmlx"}) {
    EXPECT_EQ(encoding_of(type), std::nullopt) << type;
  }
  for (const Encoding encoding : {Encoding::xml, Encoding::wbxml})
    EXPECT_EQ(encoding_of(media_type(encoding)), encoding);
}

}  // namespace
}  // namespace omadm
