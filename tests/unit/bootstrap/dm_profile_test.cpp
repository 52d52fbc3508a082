#include <string>
#include <vector>

#include "base/text.h"
#include "syncml/auth/credential.h"
#include "syncml/codec/codec.h"
#include "tests/unit/bootstrap/bootstrap_fixture.h"

namespace omadm {
namespace {

using test::kDmWbxml;
using test::kDmXml;
using test::uri;

class DmProfile : public test::BootstrapTest {};

constexpr const char* kServer = "dm.example.net";

TEST_F(DmProfile, BOOT_044_TNDS_060_V4_CompleteMessageMakesTheAccount) {
  const auto outcome = install(dm_account(), kDmWbxml);
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->server_ids, std::vector<std::string>{kServer});
  ASSERT_EQ(outcome->accounts.size(), 1u);
  EXPECT_EQ(outcome->accounts[0].str(), "./DMAcc/ExampleDM");

  const std::string x = "./DMAcc/ExampleDM/";
  EXPECT_EQ(device.type("./DMAcc/ExampleDM"), "urn:oma:mo:oma-dm-dmacc:1.0");
  EXPECT_EQ(Acl::parse(device.acl("./DMAcc/ExampleDM"))->str(),
            Acl::parse("Get=dm.example.net&Replace=dm.example.net&Delete=dm.example.net")->str());
  EXPECT_EQ(device.value(x + "AppID"), "w7");
  EXPECT_EQ(device.value(x + "ServerID"), kServer);
  EXPECT_EQ(device.value(x + "Name"), "Example DM");
  EXPECT_EQ(device.value(x + "AAuthPref"), "DIGEST");
  EXPECT_EQ(device.value(x + "AppAddr/1/Addr"), "https://dm.example.net/dm");
  EXPECT_EQ(device.value(x + "AppAddr/1/AddrType"), "URI");
  EXPECT_EQ(device.value(x + "AppAddr/1/Port/1/PortNbr"), "443");
  EXPECT_EQ(device.value(x + "AppAuth/1/AAuthLevel"), "CLCRED");
  EXPECT_EQ(device.value(x + "AppAuth/1/AAuthType"), "DIGEST");
  EXPECT_EQ(device.value(x + "AppAuth/1/AAuthName"), "dev1");
  EXPECT_EQ(device.value(x + "AppAuth/1/AAuthSecret"), "c-secret");
  EXPECT_EQ(device.value(x + "AppAuth/1/AAuthData"), "Nonce-C");
  EXPECT_EQ(device.format(x + "AppAuth/1/AAuthData"), Format::bin);
  EXPECT_EQ(device.value(x + "AppAuth/2/AAuthLevel"), "SRVCRED");
  EXPECT_EQ(device.value(x + "AppAuth/2/AAuthType"), "DIGEST");
  EXPECT_EQ(device.value(x + "AppAuth/2/AAuthName"), kServer);
  EXPECT_EQ(device.value(x + "AppAuth/2/AAuthSecret"), "s-secret");
  EXPECT_EQ(device.value(x + "AppAuth/2/AAuthData"), "Nonce-S");
  EXPECT_EQ(device.children("./DMAcc"), std::vector<std::string>{"ExampleDM"});
  EXPECT_TRUE(device.children("./Inbox").empty());
}

TEST_F(DmProfile, MO_029_V4_FirstCredentialOfTheNewAccount) {
  ASSERT_TRUE(install(dm_account(), kDmWbxml));
  const std::string client = "./DMAcc/ExampleDM/AppAuth/1/";
  EXPECT_EQ(md5_credential(device.value(client + "AAuthName"), Secret(device.value(client + "AAuthSecret")),
                           device.value(client + "AAuthData")),
            "GPb5z9smgVTl6KF44y4aJw==");
  const std::string server = "./DMAcc/ExampleDM/AppAuth/2/";
  EXPECT_EQ(md5_credential(device.value(server + "AAuthName"), Secret(device.value(server + "AAuthSecret")),
                           device.value(server + "AAuthData")),
            "EXh6bQ/DExGOrvUi8HD5ww==");
}

TEST_F(DmProfile, BOOT_049_OneCommitFlushedOnReturn) {
  device.tree();
  const std::size_t before = device.store.appended();
  ASSERT_TRUE(install(dm_account(), kDmWbxml));
  EXPECT_EQ(device.store.appended(), before + 1);
  device.store.lose_unsynced();
  EXPECT_EQ(device.store.commits().back().origin.command, "bootstrap");
}

TEST_F(DmProfile, BOOT_040_RecognisedByContent) { EXPECT_TRUE(install(dm_account())); }

TEST_F(DmProfile, BOOT_044_V2_MessageWithoutAccountIsRefused) {
  expect_refused(Errc::incomplete, dm_message(), kDmWbxml);
}

TEST_F(DmProfile, BOOT_085_XmlMessageAsCallersDecide) {
  const auto outcome = install(message(inbox_add(tnds(account("Acme", "acme", "https://acme.example/dm")))), kDmXml);
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(device.value("./DMAcc/Acme/ServerID"), "acme");
}

TEST_F(DmProfile, BOOT_045_AccountWithoutAclIsGivenToItsServer) {
  ASSERT_TRUE(install(message(inbox_add(tnds(account("Acme", "acme", "https://acme.example/dm")))), kDmXml));
  EXPECT_EQ(device.acl("./DMAcc/Acme"), "Delete=acme&Get=acme&Replace=acme");
  EXPECT_FALSE(device.as_server("other").get(uri("./DMAcc/Acme/AppID")));
  EXPECT_TRUE(device.as_server("acme").get(uri("./DMAcc/Acme/AppID")));
}

TEST_F(DmProfile, BOOT_043_SenderOfA13MessageIsItsAccountsAddress) {
  const std::string add = inbox_add(tnds(account("Acme", "acme", "https://acme.example/dm")));
  expect_refused(Errc::malformed, message(add, "DM/1.3", "https://other.example/dm"), kDmXml);
  expect_refused(Errc::incomplete, message("", "DM/1.3"), kDmXml);
  EXPECT_TRUE(install(message(add, "DM/1.3", "https://acme.example/dm"), kDmXml));
}

TEST_F(DmProfile, BOOT_043_V4_HoldsAsA13Message) {
  Octets octets = dm_account();
  const std::size_t proto = octets.find("DM/1.2");
  ASSERT_NE(proto, std::string::npos);
  octets[proto + 5] = '3';
  EXPECT_TRUE(install(octets, kDmWbxml));
}

TEST_F(DmProfile, BOOT_041_OtherVersionsAreUnsupported) {
  const std::string add = inbox_add(tnds(account("Acme", "acme", "https://acme.example/dm")));
  expect_refused(Errc::unsupported, message(add, "DM/1.1"), kDmXml);
  expect_refused(Errc::unsupported, message(add, "SyncML/1.2"), kDmXml);
}

TEST_F(DmProfile, BOOT_051_WhatAsksForAnAnswerIsPassedOver) {
  const std::string commands =
      "<Get><CmdID>1</CmdID><Item><Target><LocURI>./DevInfo</LocURI></Target></Item></Get>"
      "<Exec><CmdID>2</CmdID><Item><Target><LocURI>./DMAcc</LocURI></Target></Item></Exec>"
      "<Alert><CmdID>3</CmdID><Data>1101</Data></Alert>" +
      inbox_add(tnds(account("Acme", "acme", "https://acme.example/dm")));
  EXPECT_TRUE(install(message(commands), kDmXml));
}

TEST_F(DmProfile, BOOT_049_OneFailingCommandRollsEverythingBack) {
  const std::string add = inbox_add(tnds(account("Acme", "acme", "https://acme.example/dm")));
  device.leaf("./Ven", "x");
  expect_refused(Errc::already_exists, message(add + plain("Add", "./Ven", "y")), kDmXml);
  expect_refused(Errc::not_found, message(add + plain("Replace", "./None", "y")), kDmXml);
  expect_refused(Errc::bad_format, message(add + plain("Add", "./N", "y", "wood")), kDmXml);
  expect_refused(Errc::unsupported,
                 message(add + "<Delete><CmdID>9</CmdID><Item><Target><LocURI>./Ven</LocURI>"
                               "</Target></Item></Delete>"),
                 kDmXml);
}

TEST_F(DmProfile, BOOT_052_PlainCommandsRunWithTheRightsOfTheDevice) {
  device.interior("./Ven", "", "Get=other");
  device.leaf("./Ven/v", "1");
  const std::string commands = inbox_add(tnds(account("Acme", "acme", "https://acme.example/dm"))) +
                               "<Sequence><CmdID>8</CmdID>" + plain("Replace", "./Ven/v", "2") +
                               plain("Add", "./Ven/w", "3", "int") + "</Sequence>";
  const auto outcome = install(message(commands), kDmXml);
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(device.value("./Ven/v"), "2");
  EXPECT_EQ(device.format("./Ven/w"), Format::int_);
}

TEST_F(DmProfile, BOOT_052_DescriptionsStillApply) {
  expect_refused(Errc::not_allowed,
                 message(inbox_add(tnds(account("Acme", "acme", "https://acme.example/dm", leaf("Stray", "1"))))),
                 kDmXml);
}

TEST_F(DmProfile, BOOT_063_OtherAccountsAndAclsAreOutOfReach) {
  ASSERT_TRUE(install(dm_account(), kDmWbxml));
  device.interior("./Ven", "", "Get=other");
  const std::string mine = inbox_add(tnds(account("Acme", "acme", "https://acme.example/dm")));
  expect_refused(Errc::not_allowed, message(mine + plain("Replace", "./DMAcc/ExampleDM/Name", "taken")), kDmXml);
  expect_refused(Errc::not_allowed, message(mine + plain("Add", "./DMAcc/ExampleDM/PrefConRef", "x")), kDmXml);
  expect_refused(Errc::not_allowed, message(mine + plain("Replace", "./Ven?prop=ACL", "Get=acme")), kDmXml);
  expect_refused(Errc::not_allowed, message(mine + plain("Replace", ".?prop=ACL", "Get=acme&amp;Add=*")), kDmXml);
  expect_refused(Errc::not_found, message(mine + plain("Add", "./.omadm/x", "1")), kDmXml);
  std::string replace = inbox_add(tnds(interior("DMAcc", "")), ".");
  replace.replace(replace.find("<Add>"), 5, "<Replace>");
  replace.replace(replace.find("</Add>"), 6, "</Replace>");
  expect_refused(Errc::not_allowed, message(mine + replace), kDmXml);
}

TEST_F(DmProfile, BOOT_045_AclOfANewNodeMayBeSet) {
  const std::string commands = inbox_add(tnds(account("Acme", "acme", "https://acme.example/dm"))) +
                               plain("Add", "./New", "", "node") + plain("Replace", "./New?prop=ACL", "Get=acme");
  const auto outcome = install(message(commands), kDmXml);
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(device.acl("./New"), "Get=acme");
}

TEST_F(DmProfile, TNDS_042_WbxmlObjectAsBase64InXml) {
  const Octets octets = dm_account();
  const Octets object =
      octets.substr(octets.size() - 1097 - 6, 1097);  // closes Data, Item, Add; Final; SyncBody, SyncML
  ASSERT_EQ(object.substr(0, 4), Octets("\x02\x00\x00\x6A", 4));
  const std::string command =
      "<Add><CmdID>1</CmdID><Meta><Format xmlns=\"syncml:metinf\">b64</Format><Type xmlns=\"syncml:metinf\">"
      "application/vnd.syncml.dmtnds+wbxml</Type></Meta><Item><Target><LocURI>./Inbox</LocURI></Target><Data>" +
      base64_encode(object) + "</Data></Item></Add>";
  const auto outcome = install(message(command), kDmXml);
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(device.value("./DMAcc/ExampleDM/AppAuth/1/AAuthData"), "Nonce-C");
}

// Objects of an OMA DM 1.3 bootstrap: as WBXML inside the message, and as plain XML.
TEST_F(DmProfile, TNDS_061_EmbeddedAndPlainObjects) {
  Octets embedded = dm_account();
  embedded.replace(embedded.find("DM/1.2"), 6, "DM/1.3");
  EXPECT_TRUE(install(embedded, kDmWbxml));
  EXPECT_EQ(device.value("./DMAcc/ExampleDM/ServerID"), kServer);

  const std::string add = inbox_add(tnds(account("Acme", "acme", "https://acme.example/dm")));
  const auto decoded = decode(Encoding::xml, message(add, "DM/1.3", "https://acme.example/dm"), Limits{});
  ASSERT_TRUE(decoded);
  const Octets plain = encode(*decoded, Encoding::wbxml);
  EXPECT_NE(plain.find("<MgmtTree"), std::string::npos);
  EXPECT_TRUE(install(plain, kDmWbxml));
  EXPECT_EQ(device.value("./DMAcc/Acme/ServerID"), "acme");
}

TEST_F(DmProfile, EveryTruncationIsRefused) {
  const Octets octets = dm_account();
  device.tree();
  const std::string before = picture();
  for (std::size_t size = 0; size < octets.size(); size += 7) {
    EXPECT_FALSE(install(octets.substr(0, size), kDmWbxml)) << size;
  }
  EXPECT_EQ(picture(), before);
}

TEST_F(DmProfile, OtherDocumentsAreUnsupported) {
  expect_refused(Errc::unsupported, "<html/>", "text/html");
  expect_refused(Errc::unsupported, "<wml/>");
  expect_refused(Errc::incomplete, "<wap-provisioningdoc/>", "text/vnd.wap.connectivity-xml");
  expect_refused(Errc::malformed, "", kDmWbxml);
  expect_refused(Errc::malformed, "<SyncML/>", kDmWbxml);
  expect_refused(Errc::malformed, dm_account(), kDmXml);
  expect_refused(Errc::malformed, "garbage");
}

}  // namespace
}  // namespace omadm
