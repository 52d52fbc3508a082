// Objects added to ./Inbox in a session: MO-061, TNDS-047.
#include "tests/unit/syncml/session_fixture.h"

namespace omadm {
namespace {

class SessionInboxTest : public SessionTest {
 protected:
  SessionInboxTest() {
    trust_transport();
    EXPECT_TRUE(ddf.add(read_source_file("mo/dmacc/dmacc.ddf.xml"), "dmacc"));
    EXPECT_TRUE(ddf.add(read_source_file("mo/inbox/inbox.ddf.xml"), "inbox"));
    tree = *Tree::open(store, ddf, clock);
  }
  void add(const std::string& target, const std::string& name, const std::string& mo_id) {
    start();
    receive(header_status(200) +
            "<Add><CmdID>4</CmdID><Meta><Format xmlns=\"syncml:metinf\">xml</Format><Type xmlns=\"syncml:metinf\">"
            "application/vnd.syncml.dmtnds+xml</Type></Meta><Item><Target><LocURI>" +
            target + "</LocURI></Target><Data><![CDATA[<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD><Node>" +
            name + "<RTProperties><Format><node/></Format><Type><DDFName>" + mo_id +
            "</DDFName></Type></RTProperties><Node><NodeName>AppID</NodeName><Value>w7</Value></Node>"
            "<Node><NodeName>ServerID</NodeName><Value>other</Value></Node></Node></MgmtTree>]]></Data></Item></Add>"
            "<Final/>");
  }
};

constexpr const char* kDmAcc = "urn:oma:mo:oma-dm-dmacc:1.0";

TEST_F(SessionInboxTest, MO_061_TNDS_047_TheIdentifierChoosesThePlace) {
  add("./Inbox", "<NodeName>Other</NodeName>", kDmAcc);
  EXPECT_EQ(sent_status("4")->data, "200");
  EXPECT_EQ(value("./DMAcc/Other/ServerID"), "other");
}

TEST_F(SessionInboxTest, MO_061_AChildOfTheInboxNamesTheObject) {
  add("./Inbox/Other", "<NodeName/>", kDmAcc);
  EXPECT_EQ(sent_status("4")->data, "200");
  EXPECT_EQ(value("./DMAcc/Other/ServerID"), "other");
}

TEST_F(SessionInboxTest, MO_064_AnUnknownObjectIs404) {
  add("./Inbox", "<NodeName>Other</NodeName>", "net.example/1.0/None");
  EXPECT_EQ(sent_status("4")->data, "404");
}

}  // namespace
}  // namespace omadm
