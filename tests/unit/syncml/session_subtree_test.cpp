// Serialised subtrees (TNDS) as what commands carry. TND-140, TNDS-049, TNDS-050.
#include "dmtree/tnds/tnds.h"
#include "tests/unit/syncml/session_command_fixture.h"

namespace omadm {
namespace {

constexpr const char* kNodes =
    "<Node><NodeName>Mail</NodeName><RTProperties><Format><node/></Format><Type><DDFName/></Type></RTProperties>"
    "<Node><NodeName>Host</NodeName><RTProperties><Format><chr/></Format><Type><MIME>text/plain</MIME></Type>"
    "</RTProperties><Value>mx.example.net</Value></Node></Node>";

class SessionSubtreeTest : public SessionCommandTest, public ::testing::WithParamInterface<Encoding> {
 protected:
  SessionSubtreeTest() { options.encoding = GetParam(); }
  static std::string on(const std::string& command, const std::string& cmd_id, const std::string& inside) {
    return "<" + command + "><CmdID>" + cmd_id + "</CmdID>" + inside + "</" + command + ">";
  }
  static std::string tnds(const std::string& nodes, const std::string& version = "1.2") {
    return "<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>" + version + "</VerDTD>" + nodes + "</MgmtTree>";
  }
  static std::string tnds_meta(const std::string& size = {}) {
    std::string members = meta("xml", "application/vnd.syncml.dmtnds+xml");
    if (!size.empty()) {
      members.insert(members.find("</Meta>"), "<Size xmlns=\"syncml:metinf\">" + size + "</Size>");
    }
    return members;
  }
  static std::string cdata(const std::string& text) { return "<Data><![CDATA[" + text + "]]></Data>"; }
  static std::string add_tnds(const std::string& cmd_id, const std::string& object) {
    return on("Add", cmd_id, tnds_meta() + item("./V", cdata(object)));
  }
  // Part of an Add of a whole object; `size` in the first chunk.
  static std::string chunk(const std::string& part, bool more, const std::string& size = {}) {
    return on("Add", "3", tnds_meta(size) + item("./V", cdata(part) + (more ? "<MoreData/>" : "")));
  }
  void send(const std::string& commands, bool last = false) {
    if (!session) start();
    receive(header_status(200) + commands + (last ? "<Final/>" : ""));
    sent.erase(sent.begin());
  }
};

INSTANTIATE_TEST_SUITE_P(Encodings, SessionSubtreeTest, ::testing::Values(Encoding::xml, Encoding::wbxml),
                         [](const auto& test) { return test.param == Encoding::xml ? "Xml" : "Wbxml"; });

TEST_P(SessionSubtreeTest, TND_140_ObjectsOfAnotherKindAre415) {
  start();
  const auto commits = store.appended();
  const std::string other_root = "<Node xmlns=\"syncml:dmddf1.2\"><NodeName>x</NodeName></Node>";
  run(add_tnds("4", tnds(kNodes, "2.0")) + add_tnds("5", other_root) + add_tnds("6", tnds("")) +
      on("Replace", "7", tnds_meta() + item("./V", cdata(tnds(kNodes, "1.3")))) +
      on("Add", "8", meta("blob", "application/vnd.syncml.dmtnds+xml") + item("./V", cdata(tnds(kNodes)))));
  EXPECT_EQ(sent, (Lines{"Status 4 Add 415", "Status 5 Add 415", "Status 6 Add 415", "Status 7 Replace 415",
                         "Status 8 Add 415", "Final"}));
  EXPECT_EQ(store.appended(), commits);
}

TEST_P(SessionSubtreeTest, TNDS_049_AnObjectMayComeInChunks) {
  const std::string object = tnds(kNodes);
  const std::string size = std::to_string(object.size());
  send(chunk(object.substr(0, 50), true, size));
  EXPECT_EQ(sent, (Lines{"Status 3 Add 213", "Alert 1222"}));
  send(chunk(object.substr(50, 100), true));
  EXPECT_EQ(sent, (Lines{"Status 3 Add 213", "Alert 1222"}));
  EXPECT_EQ(value("./V/Mail/Host"), "(absent)");
  send(chunk(object.substr(150), false), true);
  EXPECT_EQ(sent, (Lines{"Status 3 Add 200", "Final"}));
  EXPECT_EQ(value("./V/Mail/Host"), "mx.example.net");
}

TEST_P(SessionSubtreeTest, TNDS_049_SizesAndInterruptions) {
  const std::string object = tnds(kNodes);
  const auto commits = store.appended();
  send(chunk(object.substr(0, 50), true, std::to_string(object.size() + 1)));
  send(chunk(object.substr(50), false), true);
  EXPECT_EQ(sent, (Lines{"Status 3 Add 424", "Final"}));
  send(chunk(object.substr(0, 50), true, std::to_string(object.size())));
  send(get("4", "./V/a"), true);
  EXPECT_EQ(sent, (Lines{"Alert 1225", "Status 4 Get 200", "Results 4", "Final"}));
  options.max_obj_size = static_cast<std::uint32_t>(object.size() - 1);
  server_msg_id = 0;
  start();
  send(chunk(object.substr(0, 50), true, std::to_string(object.size())));
  EXPECT_EQ(sent.front(), "Status 3 Add 413");
  send(chunk(object.substr(50), false), true);
  EXPECT_EQ(sent, (Lines{"Status 3 Add 413", "Final"}));
  EXPECT_EQ(store.appended(), commits);
}

TEST_P(SessionSubtreeTest, TNDS_050_OnlyAddReplaceAndGetKnowTheForm) {
  start();
  const auto commits = store.appended();
  const std::string copied =
      "<Item><Target><LocURI>./V/c</LocURI></Target><Source><LocURI>./V?list=TNDS</LocURI>"
      "</Source></Item>";
  const std::string whole = "<Item><Target><LocURI>./W</LocURI></Target><Source><LocURI>./V</LocURI></Source></Item>";
  run(on("Copy", "4", copied) + on("Copy", "5", tnds_meta() + whole) + on("Delete", "6", item("./V?list=TNDS")) +
      on("Exec", "7", item("./V?list=TNDS")) + on("Delete", "8", tnds_meta() + item("./V/Mail", cdata(tnds(kNodes)))));
  EXPECT_EQ(sent, (Lines{"Status 4 Copy 405", "Status 5 Copy 403", "Status 6 Delete 405", "Status 7 Exec 405",
                         "Status 8 Delete 404", "Final"}));
  EXPECT_EQ(store.appended(), commits);
}

}  // namespace
}  // namespace omadm
