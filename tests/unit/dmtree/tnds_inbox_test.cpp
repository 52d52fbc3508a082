#include <gtest/gtest.h>

#include <string>

#include "dmtree/tnds/inbox.h"
#include "dmtree/tnds/mo_id.h"
#include "tests/support/tree_device.h"

namespace omadm {
namespace {

using test::TreeDevice;
using test::uri;

constexpr const char* kConnDescription = R"(<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD>
<Node><NodeName>ConnMO</NodeName><DFProperties><AccessType><Add/><Get/></AccessType><DFFormat><node/></DFFormat>
  <Scope><Permanent/></Scope><DFType><DDFName/></DFType></DFProperties>
 <Node><NodeName/><DFProperties><AccessType><Add/><Get/></AccessType><DFFormat><node/></DFFormat>
   <Occurrence><ZeroOrMore/></Occurrence><DFType><DDFName>org.openmobilealliance/1.0/ConnMO</DDFName></DFType>
   </DFProperties></Node></Node></MgmtTree>)";

TndsDocument nodes(std::string_view xml) {
  Result<TndsDocument> document = read_tnds(
      "<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD>" + std::string(xml) + "</MgmtTree>", Limits{});
  EXPECT_TRUE(document) << document.error().detail;
  return document.value_or(TndsDocument{});
}

std::string object(std::string_view name, std::string_view mo_id, std::string_view below) {
  return "<Node><NodeName>" + std::string(name) + "</NodeName><RTProperties><Format><node/></Format><Type><DDFName>" +
         std::string(mo_id) + "</DDFName></Type></RTProperties>" + std::string(below) + "</Node>";
}

std::string leaf(std::string_view name, std::string_view value) {
  return "<Node><NodeName>" + std::string(name) + "</NodeName><Value>" + std::string(value) + "</Value></Node>";
}

std::string account(std::string_view name, std::string_view server, std::string_view more = "",
                    std::string_view mo_id = kDmAccMoId) {
  return object(name, mo_id, leaf("AppID", "w7") + leaf("ServerID", server) + std::string(more));
}

constexpr std::string_view kConn = "org.openmobilealliance/1.0/ConnMO";

class Inbox : public ::testing::Test {
 protected:
  void SetUp() override { device.describe(kConnDescription); }

  Result<std::vector<PlacedObject>> place(InboxMode mode, const TndsDocument& document, const char* target = "./Inbox",
                                          const std::string& server = "") {
    Transaction transaction = server.empty() ? device.as_device() : device.as_server(server);
    auto placed = place_inbox_objects(transaction, document, mode, uri(target));
    if (placed) {
      EXPECT_TRUE(std::move(transaction).commit());
    }
    return placed;
  }

  TreeDevice device{"mo/dmacc/dmacc.ddf.xml", "mo/inbox/inbox.ddf.xml", "mo/devinfo/devinfo.ddf.xml"};
};

TEST_F(Inbox, MO_061_TheIdentifierChoosesThePlace) {
  const auto placed = place(InboxMode::session, nodes(account("Acme", "acme")), "./Inbox", "B");
  ASSERT_TRUE(placed) << placed.error().detail;
  ASSERT_EQ(placed->size(), 1u);
  EXPECT_EQ((*placed)[0].uri.str(), "./DMAcc/Acme");
  EXPECT_EQ((*placed)[0].mo_id, kDmAccMoId);
  EXPECT_EQ(device.value("./DMAcc/Acme/ServerID"), "acme");
  EXPECT_EQ(device.type("./DMAcc/Acme"), kDmAccMoId);
  EXPECT_TRUE(device.children("./Inbox").empty());
}

TEST_F(Inbox, MO_061_AChildOfTheInboxAsTarget) {
  const auto placed = place(InboxMode::session, nodes(account("", "acme")), "./Inbox/Acme", "B");
  ASSERT_TRUE(placed) << placed.error().detail;
  EXPECT_EQ((*placed)[0].uri.str(), "./DMAcc/Acme");
}

TEST_F(Inbox, MO_065_ANamelessObjectGetsAName) {
  const auto placed = place(InboxMode::session, nodes(account("", "acme")), "./Inbox", "B");
  ASSERT_TRUE(placed) << placed.error().detail;
  EXPECT_EQ((*placed)[0].uri.str(), "./DMAcc/1");
}

TEST_F(Inbox, TNDS_047_DeployedSpellingsOfIdentifiersAreKnown) {
  const auto placed = place(InboxMode::session, nodes(account("Acme", "acme", "", "org.openmobilealliance/1.0/w7")));
  ASSERT_TRUE(placed) << placed.error().detail;
  EXPECT_EQ(device.type("./DMAcc/Acme"), kDmAccMoId);
}

TEST_F(Inbox, TNDS_047_AnUnknownObjectIsRefusedInASession) {
  for (const char* mo_id : {"net.example/1.0/None", "", "urn:oma:mo:oma-dm-inbox:1.0"}) {
    const auto placed = place(InboxMode::session, nodes(object("X", mo_id, "")), "./Inbox", "B");
    ASSERT_FALSE(placed) << mo_id;
    EXPECT_EQ(placed.error().code, Errc::not_found);
  }
}

TEST_F(Inbox, MO_065_ATakenNameIsRefusedInASession) {
  ASSERT_TRUE(place(InboxMode::session, nodes(account("Acme", "acme"))));
  const auto again = place(InboxMode::session, nodes(account("Acme", "other")), "./Inbox", "B");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::already_exists);
}

TEST_F(Inbox, MO_063_TheInboxCanBeClosedByItsAcl) {
  device.interior("./Inbox");
  Transaction transaction = device.as_device();
  ASSERT_TRUE(transaction.set_property(uri("./Inbox"), Property::acl, "Add=A"));
  ASSERT_TRUE(std::move(transaction).commit());
  const auto refused = place(InboxMode::session, nodes(account("Acme", "acme")), "./Inbox", "B");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::permission_denied);
  EXPECT_TRUE(place(InboxMode::session, nodes(account("Acme", "acme")), "./Inbox", "A"));
}

TEST_F(Inbox, MO_064_TheRealPlaceDecides) {
  Transaction transaction = device.as_device();
  ASSERT_TRUE(transaction.set_property(uri("./DMAcc"), Property::acl, "Get=*"));
  ASSERT_TRUE(std::move(transaction).commit());
  const auto refused = place(InboxMode::session, nodes(account("Acme", "acme")), "./Inbox", "B");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::permission_denied);
}

TEST_F(Inbox, BOOT_048_UnknownObjectsAreLeftOutOfABootstrap) {
  const auto placed =
      place(InboxMode::bootstrap, nodes(object("X", "net.example/1.0/None", leaf("a", "1")) + account("Acme", "acme")));
  ASSERT_TRUE(placed) << placed.error().detail;
  ASSERT_EQ(placed->size(), 1u);
  EXPECT_EQ((*placed)[0].uri.str(), "./DMAcc/Acme");
}

TEST_F(Inbox, BOOT_048_OfSeveralVersionsTheNewestCounts) {
  const auto placed = place(InboxMode::bootstrap,
                            nodes(account("Old", "acme") + account("New", "acme", "", "urn:oma:mo:oma-dm-dmacc:1.1") +
                                  account("Else", "other")));
  ASSERT_TRUE(placed) << placed.error().detail;
  EXPECT_EQ(device.children("./DMAcc"), (std::vector<std::string>{"Else", "New"}));
}

TEST_F(Inbox, MO_035_WhatALaterVersionAddsIsPassedOver) {
  const TndsDocument later = nodes(account("Acme", "acme", leaf("ConnRetryFreq", "3"), "urn:oma:mo:oma-dm-dmacc:1.1"));
  ASSERT_TRUE(place(InboxMode::bootstrap, later));
  EXPECT_EQ(device.children("./DMAcc/Acme"), (std::vector<std::string>{"AppID", "ServerID"}));
  const auto ours = place(InboxMode::bootstrap, nodes(account("Other", "other", leaf("ConnRetryFreq", "3"))));
  ASSERT_FALSE(ours);
  EXPECT_EQ(ours.error().code, Errc::not_allowed);
}

TEST_F(Inbox, BOOT_046_ATakenNameIsChangedInABootstrap) {
  ASSERT_TRUE(place(InboxMode::bootstrap, nodes(object("Internet", kConn, leaf("apn", "old")))));
  const auto placed =
      place(InboxMode::bootstrap, nodes(object("Internet", kConn, leaf("apn", "new")) +
                                        account("Acme", "acme", leaf("PrefConRef", "./ConnMO/Internet"))));
  ASSERT_TRUE(placed) << placed.error().detail;
  EXPECT_EQ((*placed)[0].uri.str(), "./ConnMO/Internet-2");
  EXPECT_EQ(device.value("./ConnMO/Internet/apn"), "old");
  EXPECT_EQ(device.value("./ConnMO/Internet-2/apn"), "new");
  EXPECT_EQ(device.value("./DMAcc/Acme/PrefConRef"), "./ConnMO/Internet-2");
}

TEST_F(Inbox, BOOT_047_ReferencesIntoTheInboxBecomeFinal) {
  // The reference stands before the object it means.
  const auto placed =
      place(InboxMode::bootstrap,
            nodes(account("Acme", "acme",
                          leaf("PrefConRef", "./Inbox/Internet") +
                              "<Node><NodeName>ToConRef</NodeName><Node><NodeName>1</NodeName>" +
                              leaf("ConRef", "./Inbox/Internet/nap") + "</Node><Node><NodeName>2</NodeName>" +
                              leaf("ConRef", "./Inbox/Nowhere") + "</Node></Node>") +
                  object("Internet", kConn, leaf("nap", "1"))));
  ASSERT_TRUE(placed) << placed.error().detail;
  EXPECT_EQ(device.value("./DMAcc/Acme/PrefConRef"), "./ConnMO/Internet");
  EXPECT_EQ(device.value("./DMAcc/Acme/ToConRef/1/ConRef"), "./ConnMO/Internet/nap");
  EXPECT_EQ(device.value("./DMAcc/Acme/ToConRef/2/ConRef"), "./Inbox/Nowhere");
}

TEST_F(Inbox, TNDS_040_FlatObjectsFindTogether) {
  const auto placed = place(InboxMode::session,
                            nodes(object("Acme", kDmAccMoId, "") +
                                  "<Node><NodeName>AppID</NodeName><Path>Acme</Path><Value>w7</Value></Node>"
                                  "<Node><NodeName>ServerID</NodeName><Path>Acme</Path><Value>acme</Value></Node>"));
  ASSERT_TRUE(placed) << placed.error().detail;
  ASSERT_EQ(placed->size(), 1u);
  EXPECT_EQ(device.value("./DMAcc/Acme/ServerID"), "acme");
}

TEST_F(Inbox, TooManyObjectsAreRefused) {
  std::string many;
  for (int i = 0; i < 65; ++i) many += object("c" + std::to_string(i), kConn, "");
  const auto refused = place(InboxMode::bootstrap, nodes(many));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::too_large);
}

TEST_F(Inbox, MO_062_WhatIsInTheInbox) {
  EXPECT_TRUE(is_in_inbox(uri("./Inbox")));
  EXPECT_TRUE(is_in_inbox(uri("./Inbox/x/y")));
  EXPECT_FALSE(is_in_inbox(uri("./InboxX")));
  EXPECT_FALSE(is_in_inbox(uri("./A/Inbox")));
}

TEST_F(Inbox, PlaceOfTheFirstObject) {
  Transaction transaction = device.as_device();
  const auto placed = add_to_inbox(transaction, nodes(account("Acme", "acme")), InboxMode::bootstrap);
  ASSERT_TRUE(placed);
  EXPECT_EQ(placed->str(), "./DMAcc/Acme");
  const auto nothing = add_to_inbox(transaction, nodes(object("X", "a.b/1.0/C", "")), InboxMode::bootstrap);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, Errc::not_found);
}

TEST(MoId, MO_014_ObjectsAreFoundByType) {
  TreeDevice device{"mo/dmacc/dmacc.ddf.xml"};
  EXPECT_TRUE(find_objects(device.as_device(), kDmAccMoId).empty());
  device.interior("./DMAcc/zeta", kDmAccMoId);
  device.interior("./DMAcc/alpha", kDmAccMoId);
  device.leaf("./DMAcc/alpha/ServerID", "acme");
  const auto found = find_objects(device.as_device(), "org.openmobilealliance/1.0/w7");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].str(), "./DMAcc/alpha");
  EXPECT_EQ(found[1].str(), "./DMAcc/zeta");
  EXPECT_EQ(leaf_text(device.as_device(), found[0], "ServerID"), "acme");
  EXPECT_EQ(leaf_text(device.as_device(), found[1], "ServerID"), "");
}

TEST(MoId, MO_014_ObjectsOutsideDescriptionsAreFoundToo) {
  TreeDevice device;
  device.interior("./Ven");
  device.interior("./Ven/Servers");
  device.interior("./Ven/Servers/x", kDmAccMoId);
  const auto found = find_objects(device.as_device(), kDmAccMoId);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].str(), "./Ven/Servers/x");
}

TEST(MoId, TND_132_VersionsOfIdentifiers) {
  EXPECT_EQ(mo_version("urn:oma:mo:oma-fumo:1.12").family, "urn:oma:mo:oma-fumo");
  EXPECT_EQ(mo_version("urn:oma:mo:oma-fumo:1.12").minor, 12u);
  EXPECT_EQ(mo_version("net.example/1.0/Mail").family, "net.example/1.0/Mail");
  EXPECT_EQ(mo_version("urn:x:1").family, "urn:x:1");
}

}  // namespace
}  // namespace omadm
