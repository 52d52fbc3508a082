// What a bootstrap needs, where it goes, and what comes of it. BOOT-003, BOOT-018, BOOT-042.
#include <string>
#include <vector>

#include "tests/unit/bootstrap/bootstrap_fixture.h"

namespace omadm {
namespace {

using test::kDmXml;
using test::uri;

constexpr const char* kConn = "org.openmobilealliance/1.0/ConnMO";
constexpr const char* kConnDescription = R"(<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD>
<Node><NodeName>ConnMO</NodeName><DFProperties><AccessType><Add/><Get/></AccessType><DFFormat><node/></DFFormat>
  <Scope><Permanent/></Scope><DFType><DDFName/></DFType></DFProperties>
 <Node><NodeName/><DFProperties><AccessType><Add/><Get/></AccessType><DFFormat><node/></DFFormat>
   <Occurrence><ZeroOrMore/></Occurrence><DFType><DDFName>org.openmobilealliance/1.0/ConnMO</DDFName></DFType>
   </DFProperties></Node></Node></MgmtTree>)";

class Placement : public test::BootstrapTest {
 protected:
  static std::string acme(std::string_view more = "") {
    return account("Acme", "acme", "https://acme.example/dm", more);
  }
};

TEST_F(Placement, BOOT_003_AnAccountAndAWayToReachIt) {
  device.describe(kConnDescription);
  const std::string connection = object("Internet", kConn, leaf("apn", "internet.example"));
  expect_refused(Errc::incomplete, tnds(connection));
  ASSERT_TRUE(install(tnds(acme(leaf("PrefConRef", "./Inbox/Internet")) + connection)));
  EXPECT_EQ(device.value("./ConnMO/Internet/apn"), "internet.example");
  EXPECT_EQ(device.value("./DMAcc/Acme/PrefConRef"), "./ConnMO/Internet");
  EXPECT_EQ(device.acl("./ConnMO/Internet"), "Delete=acme&Get=acme&Replace=acme");
  // Without connectivity of its own the account uses what the device has.
  EXPECT_TRUE(install(tnds(account("Other", "other", "https://other.example/dm"))));
  EXPECT_EQ(device.value("./DMAcc/Other/PrefConRef"), "(none)");
}

// A device whose description has the accounts elsewhere.
TEST_F(Placement, BOOT_018_TheDescriptionSaysWhereAccountsAre) {
  std::string description = test::read_source_file("mo/dmacc/dmacc.ddf.xml");
  const std::string name = "<NodeName>DMAcc</NodeName>";
  description.replace(description.find(name), name.size(), "<NodeName>Servers</NodeName><Path>./Vendor/DM</Path>");
  test::TreeDevice other{"mo/inbox/inbox.ddf.xml"};
  other.describe(description);
  const auto outcome = install_bootstrap(other.tree(), {tnds(acme()), ""});
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->accounts.at(0).str(), "./Vendor/DM/Servers/Acme");
  EXPECT_EQ(other.value("./Vendor/DM/Servers/Acme/ServerID"), "acme");
  EXPECT_FALSE(other.exists("./DMAcc"));
  // And nothing stands where it says that nothing is.
  const auto stray =
      install_bootstrap(other.tree(), {tnds(account("B", "b", "https://b.example/", leaf("X", "1"))), ""});
  ASSERT_FALSE(stray);
  EXPECT_EQ(stray.error().code, Errc::not_allowed);
}

// What asks for an answer leaves no trace, so that there is nothing to send: neither now nor in the next session.
TEST_F(Placement, BOOT_042_SEC_166_NothingIsAnswered) {
  const std::string questions =
      "<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>407</Data></Status>"
      "<Get><CmdID>2</CmdID><Item><Target><LocURI>./DMAcc</LocURI></Target></Item></Get>"
      "<Exec><CmdID>3</CmdID><Correlator>c</Correlator><Item><Target><LocURI>./DMAcc</LocURI></Target></Item></Exec>"
      "<Alert><CmdID>4</CmdID><Data>1101</Data><Item/><Item><Data>Really?</Data></Item></Alert>"
      "<Alert><CmdID>5</CmdID><Data>1226</Data></Alert>"
      "<Results><CmdID>6</CmdID><CmdRef>1</CmdRef><Item><Data>x</Data></Item></Results>";
  test::TreeDevice quiet{"mo/dmacc/dmacc.ddf.xml", "mo/inbox/inbox.ddf.xml"};
  ASSERT_TRUE(install_bootstrap(quiet.tree(), {message(inbox_add(tnds(acme()))), std::string(kDmXml)}));
  ASSERT_TRUE(install(message(questions + inbox_add(tnds(acme()))), kDmXml));
  const auto content = [](test::TreeDevice& of) {
    std::vector<std::string> lines;
    const auto nodes = of.as_device().list(Uri());
    EXPECT_TRUE(nodes);
    for (const Node& node : *nodes) {
      if (node.uri.name() == "document") continue;  // the digest of what came
      lines.push_back(node.uri.str() + " = " + node.data);
    }
    return lines;
  };
  EXPECT_EQ(content(device), content(quiet));
  EXPECT_EQ(device.children("./.omadm"), std::vector<std::string>{"origins"});
  expect_refused(Errc::not_found, message(questions + plain("Replace", "./None", "x")), kDmXml);
}

}  // namespace
}  // namespace omadm
