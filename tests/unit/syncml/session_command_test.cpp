// Commands within a session: several Items, Sequence, Atomic, large objects, listings.
#include "tests/unit/syncml/session_command_fixture.h"

namespace omadm {
namespace {

TEST_F(SessionCommandTest, PRO_123_PRO_124_ItemsAreIndependentAndAnsweredOneByOneWhenTheyDiffer) {
  run("<Replace><CmdID>4</CmdID>" + item("./V/a", "<Data>10</Data>") + item("./V/none", "<Data>x</Data>") +
      item("./V/b", "<Data>20</Data>") + "</Replace>");
  EXPECT_EQ(sent, (Lines{"Status 4 Replace 200", "Status 4 Replace 404", "Status 4 Replace 200", "Final"}));
  EXPECT_EQ(message.commands.at(2).target_refs.at(0), "./V/none");
  EXPECT_EQ(value("./V/a"), "10");
  EXPECT_EQ(value("./V/b"), "20");
}

TEST_F(SessionCommandTest, PRO_123_ItemsThatFaredAlikeShareOneStatus) {
  run("<Replace><CmdID>4</CmdID>" + item("./V/a", "<Data>10</Data>") + item("./V/b", "<Data>20</Data>") + "</Replace>");
  EXPECT_EQ(sent, (Lines{"Status 4 Replace 200", "Final"}));
  EXPECT_TRUE(sent_status("4")->target_refs.empty());
}

TEST_F(SessionCommandTest, PRO_082_ItemMetaCountsBeforeCommandMeta) {
  run("<Add><CmdID>4</CmdID>" + meta("int") + item("./V/i", "<Data>5</Data>") +
      item("./V/t", meta("chr") + "<Data>five</Data>") + "</Add>" + get("5", "./V/i") + get("6", "./V/t"));
  EXPECT_EQ(sent.front(), "Status 4 Add 200");
  EXPECT_EQ(results(), (Lines{"./V/i [int] = 5", "./V/t = five"}));
}

TEST_F(SessionCommandTest, PRO_085_PRO_172_TND_059_BinaryTravelsAsBase64InXml) {
  run("<Add><CmdID>4</CmdID>" + meta("b64", "application/octet-stream") + item("./V/bin", "<Data>AAEC\n/w==</Data>") +
      "</Add>" + get("5", "./V/bin") + get("6", "./V/bin?prop=Format"));
  EXPECT_EQ(value("./V/bin"), std::string("\0\1\2\xff", 4));
  EXPECT_EQ(results(), (Lines{"./V/bin [b64] = AAEC/w==", "./V/bin?prop=Format = bin"}));
}

TEST_F(SessionCommandTest, PRO_087_BadBase64Is400) {
  run("<Add><CmdID>4</CmdID>" + meta("b64") + item("./V/bin", "<Data>!!</Data>") + "</Add>");
  EXPECT_EQ(sent.front(), "Status 4 Add 400");
}

TEST_F(SessionCommandTest, PRO_084_PRO_086_UnknownFormatIs415MissingDataIs412) {
  run("<Add><CmdID>4</CmdID>" + meta("blob") + item("./V/x", "<Data>1</Data>") + "</Add><Add><CmdID>5</CmdID>" +
      item("./V/y") + "</Add><Replace><CmdID>6</CmdID>" + item("./V/a") + "</Replace>");
  EXPECT_EQ(sent, (Lines{"Status 4 Add 415", "Status 5 Add 412", "Status 6 Replace 412", "Final"}));
}

TEST_F(SessionCommandTest, PRO_173_PRO_174_ChildListAndProperties) {
  run(get("4", "./V") + get("5", "./V?prop=ACL") + get("6", "./V/a?prop=ACL") + get("7", "./V?prop=Colour"));
  EXPECT_EQ(results(),
            (Lines{"./V [node] = a/b", "./V?prop=ACL = Add=*&Delete=*&Exec=*&Get=*&Replace=*", "./V/a?prop=ACL = "}));
  EXPECT_EQ(sent_status("7")->data, "406");
}

TEST_F(SessionCommandTest, PRO_155_PRO_156_SuffixesAreRefusedWhereTheyMakeNoSense) {
  run(add("4", "./V/a?prop=ACL", "x") + replace("5", "./V/a?list=Struct", "x") + "<Delete><CmdID>6</CmdID>" +
      item("./V/a?prop=Name") + "</Delete>" + get("7", "./V?list=Everything"));
  EXPECT_EQ(sent,
            (Lines{"Status 4 Add 405", "Status 5 Replace 405", "Status 6 Delete 405", "Status 7 Get 406", "Final"}));
}

TEST_F(SessionCommandTest, PRO_151_PRO_153_BrokenAndLongAddresses) {
  tree->set_uri_limits({4, 60, 20});
  run(get("4", "./V/") + get("5", "../V") + get("6", "./V/a/b/c/d/e") + get("7", "./V/" + std::string(21, 'x')) +
      "<Get><CmdID>8</CmdID><Item/></Get>");
  EXPECT_EQ(sent, (Lines{"Status 4 Get 404", "Status 5 Get 404", "Status 6 Get 414", "Status 7 Get 414",
                         "Status 8 Get 404", "Final"}));
}

TEST_F(SessionCommandTest, PRO_190_PRO_191_PRO_192_StructAndStructData) {
  set("./V/bin", std::string("\0\1", 2), Format::bin);
  run(get("4", "./V?list=Struct") + get("5", "./V?list=StructData"));
  EXPECT_EQ(results(), (Lines{"./V [node]", "./V/a", "./V/b", "./V/bin [b64]", "./V [node]", "./V/a = 1", "./V/b = 2",
                              "./V/bin [b64] = AAE="}));
}

TEST_F(SessionCommandTest, PRO_193_TNDS_048_SubtreeAsTnds) {
  run(get("4", "./V?list=TNDS+Value"));
  ASSERT_EQ(sent.at(1), "Results 4");
  const Item& object = message.commands.at(2).items.at(0);
  EXPECT_EQ(object.source, "./V");
  EXPECT_EQ(object.meta.format, "xml");
  EXPECT_EQ(object.meta.type, "application/vnd.syncml.dmtnds+xml");
  EXPECT_NE(object.data->octets.find("<NodeName>a</NodeName><RTProperties/><Value>1</Value>"), std::string_view::npos)
      << object.data->octets;
}

TEST_F(SessionCommandTest, PRO_165_TNDS_044_AddOfASubtree) {
  const std::string object =
      "<MgmtTree "
      "xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD><Node><NodeName>Mail</NodeName><RTProperties><Format><node/></"
      "Format>"
      "<Type><DDFName/></Type></RTProperties><Node><NodeName>Host</NodeName><RTProperties><Format><chr/></"
      "Format><Type><MIME>text/plain"
      "</MIME></Type></RTProperties><Value>mx.example.net</Value></Node></Node></MgmtTree>";
  run("<Add><CmdID>4</CmdID>" + meta("xml", "application/vnd.syncml.dmtnds+xml") +
      item("./V", "<Data><![CDATA[" + object + "]]></Data>") + "</Add>" + "<Add><CmdID>5</CmdID>" +
      meta("xml", "application/vnd.syncml.dmtnds+xml") + item("./V", "<Data>" + object + "</Data>") + "</Add>");
  EXPECT_EQ(sent, (Lines{"Status 4 Add 200", "Status 5 Add 418", "Final"}));
  EXPECT_EQ(value("./V/Mail/Host"), "mx.example.net");
}

TEST_F(SessionCommandTest, PRO_210_PRO_211_PRO_212_SequenceRunsInOrderAndGoesOnAfterAFailure) {
  run("<Sequence><CmdID>3</CmdID>" + add("4", "./V/n", "x") + add("5", "./V/n", "y") + replace("6", "./V/n", "z") +
      get("7", "./V/n") + "</Sequence>");
  EXPECT_EQ(sent, (Lines{"Status 3 Sequence 200", "Status 4 Add 200", "Status 5 Add 418", "Status 6 Replace 200",
                         "Status 7 Get 200", "Results 7", "Final"}));
  EXPECT_EQ(results(), (Lines{"./V/n = z"}));
}

// PRO-V-ATOMIC
TEST_F(SessionCommandTest, PRO_223_PRO_227_FailedAtomicIsRolledBack) {
  const auto commits = store.appended();
  run("<Atomic><CmdID>1</CmdID>" + add("2", "./V/n", "x") + replace("3", "./V/none", "y") + "<Delete><CmdID>4</CmdID>" +
      item("./V/a") + "</Delete></Atomic>" + get("5", "./V"));
  EXPECT_EQ(sent, (Lines{"Status 1 Atomic 507", "Status 2 Add 216", "Status 3 Replace 404", "Status 4 Delete 215",
                         "Status 5 Get 200", "Results 5", "Final"}));
  EXPECT_EQ(results(), (Lines{"./V [node] = a/b"}));
  EXPECT_EQ(store.appended(), commits);
}

TEST_F(SessionCommandTest, PRO_221_PRO_222_AtomicSucceedsAsAWholeInOneCommit) {
  const auto commits = store.appended();
  run("<Atomic><CmdID>1</CmdID>" + add("2", "./V/n", "x") + replace("3", "./V/n", "y") + "<Delete><CmdID>4</CmdID>" +
      item("./V/a") + "</Delete></Atomic>");
  EXPECT_EQ(sent,
            (Lines{"Status 1 Atomic 200", "Status 2 Add 200", "Status 3 Replace 200", "Status 4 Delete 200", "Final"}));
  EXPECT_EQ(value("./V/n"), "y");
  EXPECT_EQ(value("./V/a"), "(absent)");
  EXPECT_EQ(store.appended(), commits + 1);
}

TEST_F(SessionCommandTest, PRO_123_PRO_223_ItemsOfAFailedChildFareDifferently) {
  run("<Atomic><CmdID>1</CmdID>" + replace("2", "./V/a", "8") + "<Replace><CmdID>3</CmdID>" +
      item("./V/a", "<Data>9</Data>") + item("./V/none", "<Data>9</Data>") + item("./V/b", "<Data>9</Data>") +
      "</Replace><Delete><CmdID>4</CmdID>" + item("./V/a") + item("./V/b") + "</Delete></Atomic>");
  EXPECT_EQ(sent, (Lines{"Status 1 Atomic 507", "Status 2 Replace 216", "Status 3 Replace 216", "Status 3 Replace 404",
                         "Status 3 Replace 215", "Status 4 Delete 215", "Final"}));
  EXPECT_EQ(message.commands.at(4).target_refs.at(0), "./V/none");
  EXPECT_EQ(value("./V/a"), "1");
}

TEST_F(SessionCommandTest, PRO_224_GetExecAtomicAndSequenceFailAnAtomic) {
  for (const std::string& child :
       {get("3", "./V/a"), "<Exec><CmdID>3</CmdID>" + item("./V") + "</Exec>",
        std::string("<Atomic><CmdID>3</CmdID></Atomic>"), std::string("<Sequence><CmdID>3</CmdID></Sequence>")}) {
    run("<Atomic><CmdID>1</CmdID>" + add("2", "./V/n", "x") + child + "</Atomic>");
    ASSERT_GE(sent.size(), 3u) << child;
    EXPECT_EQ(sent.at(0), "Status 1 Atomic 507") << child;
    EXPECT_EQ(sent.at(1), "Status 2 Add 216") << child;
    EXPECT_EQ(sent_status("3")->data, "500") << child;
    EXPECT_EQ(value("./V/n"), "(absent)") << child;
  }
}

TEST_F(SessionCommandTest, PRO_280_PRO_282_PRO_320_Alerts) {
  run("<Alert><CmdID>3</CmdID><Data>1100</Data><Item/><Item><Data>Hello</Data></Item></Alert><Alert><CmdID>4</"
      "CmdID><Data>1201</Data></Alert>"
      "<Alert><CmdID>5</CmdID><Data>1226</Data></Alert><Alert><CmdID>6</CmdID></Alert><Alert><CmdID>7</"
      "CmdID><Data>1299</Data></Alert><Alert><CmdID>8</CmdID><Data>abort</Data></Alert>");
  EXPECT_EQ(sent, (Lines{"Status 3 Alert 406", "Status 4 Alert 200", "Status 5 Alert 405", "Status 6 Alert 412",
                         "Status 7 Alert 406", "Status 8 Alert 412", "Final"}));
}

TEST_F(SessionCommandTest, PRO_081_PRO_088_ForeignCommands) {
  run("<Put><CmdID>3</CmdID></Put><Frobnicate><CmdID>4</CmdID></Frobnicate>" +
      std::string("<Delete><Item><Target><LocURI>./V/a</LocURI></Target></Item></Delete>"));
  EXPECT_EQ(sent, (Lines{"Status 3 Put 406", "Status 4 Frobnicate 400", "Status  Delete 400", "Final"}));
  EXPECT_EQ(value("./V/a"), "1");
}

TEST_F(SessionCommandTest, PRO_175_MO_062_InboxCannotBeRead) {
  ASSERT_TRUE(ddf.add(read_source_file("mo/inbox/inbox.ddf.xml"), "inbox"));
  tree = *Tree::open(store, ddf, clock);
  run(get("3", "./Inbox") + get("4", "./Inbox/x"));
  EXPECT_EQ(sent, (Lines{"Status 3 Get 405", "Status 4 Get 405", "Final"}));
}

TEST_F(SessionCommandTest, PRO_371_UnknownStatusCodesFromTheServerAreTolerated) {
  start();
  receive(
      header_status(200) +
      "<Status><CmdID>2</CmdID><MsgRef>1</MsgRef><CmdRef>1</CmdRef><Cmd>Alert</Cmd><Data>299</Data></Status><Final/>");
  EXPECT_EQ(result->end, SessionEnd::completed);
}

// ---- large objects, PRO-V-LO ----

class LargeObjectTest : public SessionCommandTest {
 protected:
  static std::string chunk(const std::string& data, bool more, const std::string& size = {}) {
    return "<Add><CmdID>3</CmdID>" +
           (size.empty() ? "" : "<Meta><Size xmlns=\"syncml:metinf\">" + size + "</Size></Meta>") +
           item("./X", "<Data>" + data + "</Data>" + (more ? "<MoreData/>" : "")) + "</Add>";
  }
  void two_chunks() {
    start();
    receive(header_status(200) + chunk("abcd", true, "10"));
    EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 3 Add 213", "Alert 1222"}));
    receive(header_status(200) + chunk("efgh", true));
    EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 3 Add 213", "Alert 1222"}));
    EXPECT_EQ(value("./X"), "(absent)");
  }
};

TEST_F(LargeObjectTest, PRO_055_PRO_251_PRO_252_PRO_253_PRO_254_PRO_255_ThreeChunksMakeOneNode) {
  two_chunks();
  receive(header_status(200) + chunk("ij", false) + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 3 Add 200", "Final"}));
  EXPECT_EQ(value("./X"), "abcdefghij");
}

TEST_F(LargeObjectTest, PRO_254_WrongLengthIs424AndCommitsNothing) {
  two_chunks();
  receive(header_status(200) + chunk("i", false) + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 3 Add 424", "Final"}));
  EXPECT_EQ(value("./X"), "(absent)");
}

TEST_F(LargeObjectTest, PRO_256_AnotherCommandInBetweenDropsTheObject) {
  two_chunks();
  receive(header_status(200) + get("9", "./V/a") + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Alert 1225", "Status 9 Get 200", "Results 9", "Final"}));
  EXPECT_EQ(message.commands.at(1).items.at(0).target, "./X");
  EXPECT_EQ(value("./X"), "(absent)");
}

TEST_F(LargeObjectTest, PRO_256_FinalBeforeTheLastChunkDropsTheObject) {
  two_chunks();
  receive(header_status(200) + chunk("i", true) + "<Final/>");
  EXPECT_EQ(sent, (Lines{"Status 0 SyncHdr 200", "Status 3 Add 213", "Alert 1225", "Final"}));
}

TEST_F(LargeObjectTest, PRO_252_FirstChunkWithoutSizeIs411) {
  start();
  receive(header_status(200) + chunk("abcd", true));
  EXPECT_EQ(sent.at(1), "Status 3 Add 411");
}

TEST_F(LargeObjectTest, PRO_258_ObjectOverMaxObjSizeIs413ToTheEnd) {
  options.max_obj_size = 9;
  start();
  receive(header_status(200) + chunk("abcd", true, "10"));
  EXPECT_EQ(sent.at(1), "Status 3 Add 413");
  receive(header_status(200) + chunk("efghij", false) + "<Final/>");
  EXPECT_EQ(sent.at(1), "Status 3 Add 413");
  EXPECT_EQ(value("./X"), "(absent)");
}

TEST_F(LargeObjectTest, PRO_261_ResultOverMaxMsgSizeIsSentInChunks) {
  std::string big;
  for (int i = 0; i < 1000; ++i) big += "<" + std::to_string(i) + "&\xC3\xA4";
  set("./V/big", big);
  start();
  receive(header_status(200) + get("4", "./V/big") + "<Final/>",
          "<Meta><MaxMsgSize xmlns=\"syncml:metinf\">1400</MaxMsgSize></Meta>");
  std::string joined;
  int chunks = 0;
  for (int guard = 0; guard < 60; ++guard) {
    ASSERT_TRUE(out);
    EXPECT_LE(out->body.size(), 1400u);
    for (const Command& command : message.commands) {
      if (command.name != CommandName::results) continue;
      const Item& part = command.items.at(0);
      if (chunks == 0) {
        EXPECT_EQ(part.meta.size, std::to_string(big.size()));
      }
      if (chunks != 0) {
        EXPECT_FALSE(part.meta.size);
      }
      EXPECT_EQ(part.more_data, !message.final_message);
      EXPECT_TRUE(is_utf8(part.data->octets));
      joined += part.data->octets;
      ++chunks;
    }
    if (message.final_message) break;
    receive(header_status(200) + "<Status><CmdID>2</CmdID><MsgRef>" + sent_msg_id +
            "</MsgRef><CmdRef>1</CmdRef><Cmd>Results</Cmd><Data>213</Data></Status>"
            "<Alert><CmdID>1</CmdID><Data>1222</Data></Alert>");
  }
  EXPECT_EQ(joined, big);
  EXPECT_GT(chunks, 5);
}

}  // namespace
}  // namespace omadm
