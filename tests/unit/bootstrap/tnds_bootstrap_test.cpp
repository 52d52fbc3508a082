#include <string>
#include <vector>

#include "tests/unit/bootstrap/bootstrap_fixture.h"

namespace omadm {
namespace {

using test::kDmWbxml;

// TNDS that comes bare, from a file or in the answer to an HTTPS request.
class TndsBootstrap : public test::BootstrapTest {};

TEST_F(TndsBootstrap, BOOT_044_BareXml) {
  const auto outcome = install(tnds(account("Acme", "acme", "https://acme.example/dm")), kTndsXmlType);
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->server_ids, std::vector<std::string>{"acme"});
  EXPECT_EQ(device.value("./DMAcc/Acme/AppAddr/1/Addr"), "https://acme.example/dm");
}

TEST_F(TndsBootstrap, BOOT_044_BareWbxml) {
  const Octets message = dm_account();
  const std::size_t start = message.find(Octets("\x02\x00\x00\x6A", 4));
  ASSERT_NE(start, std::string::npos);
  const Octets object = message.substr(start, 1097);
  ASSERT_TRUE(install(object, kTndsWbxmlType));
  EXPECT_EQ(device.value("./DMAcc/ExampleDM/AppAuth/1/AAuthData"), "Nonce-C");
}

TEST_F(TndsBootstrap, RecognisedByContent) {
  EXPECT_TRUE(install(tnds(account("Acme", "acme", "https://acme.example/dm"))));
}

TEST_F(TndsBootstrap, APathMayNameTheInbox) {
  std::string document = tnds(account("Acme", "acme", "https://acme.example/dm"));
  document.insert(document.find("<RTProperties>"), "<Path>./Inbox</Path>");
  ASSERT_TRUE(install(document));
  EXPECT_EQ(device.value("./DMAcc/Acme/ServerID"), "acme");
}

TEST_F(TndsBootstrap, BOOT_001_SeveralAccountsAtOnce) {
  const auto outcome = install(tnds(account("A", "a", "https://a.example/") + account("B", "b", "https://b.example/")));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->server_ids, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(device.acl("./DMAcc/A"), "Delete=a&Get=a&Replace=a");
  EXPECT_EQ(device.acl("./DMAcc/B"), "Delete=b&Get=b&Replace=b");
}

TEST_F(TndsBootstrap, BOOT_060_AKnownServerIsUpdatedInPlace) {
  ASSERT_TRUE(install(dm_account(), kDmWbxml));
  const auto outcome =
      install(tnds(account("OtherName", "dm.example.net", "https://new.example/dm",
                           interior("AppAuth", interior("1", leaf("AAuthLevel", "CLCRED") + leaf("AAuthType", "BASIC") +
                                                                 leaf("AAuthSecret", "fresh"))))));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  ASSERT_EQ(outcome->accounts.size(), 1u);
  EXPECT_EQ(outcome->accounts[0].str(), "./DMAcc/ExampleDM");
  EXPECT_EQ(device.children("./DMAcc"), std::vector<std::string>{"ExampleDM"});
  EXPECT_EQ(device.value("./DMAcc/ExampleDM/AppAddr/1/Addr"), "https://new.example/dm");
  EXPECT_FALSE(device.exists("./DMAcc/ExampleDM/Name"));
  EXPECT_FALSE(device.exists("./DMAcc/ExampleDM/AppAuth/1/AAuthData"));  // the stored nonce is gone
  EXPECT_FALSE(device.exists("./DMAcc/ExampleDM/AppAuth/2"));
  EXPECT_EQ(device.value("./DMAcc/ExampleDM/AppAuth/1/AAuthSecret"), "fresh");
  EXPECT_EQ(device.acl("./DMAcc/ExampleDM"), "Delete=dm.example.net&Get=dm.example.net&Replace=dm.example.net");
}

TEST_F(TndsBootstrap, BOOT_060_TheSameDocumentTwice) {
  ASSERT_TRUE(install(dm_account(), kDmWbxml));
  const auto again = install(dm_account(), kDmWbxml);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(device.children("./DMAcc"), std::vector<std::string>{"ExampleDM"});
}

TEST_F(TndsBootstrap, BOOT_063_AnotherServerKeepsItsAccount) {
  ASSERT_TRUE(install(dm_account(), kDmWbxml));
  const auto outcome = install(tnds(account("ExampleDM", "acme", "https://acme.example/dm")));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->accounts[0].str(), "./DMAcc/ExampleDM-2");
  EXPECT_EQ(device.value("./DMAcc/ExampleDM/ServerID"), "dm.example.net");
  EXPECT_EQ(device.value("./DMAcc/ExampleDM/AppAuth/1/AAuthData"), "Nonce-C");
  EXPECT_EQ(device.acl("./DMAcc/ExampleDM"), "Delete=dm.example.net&Get=dm.example.net&Replace=dm.example.net");
  EXPECT_EQ(device.acl("./DMAcc/ExampleDM-2"), "Delete=acme&Get=acme&Replace=acme");
}

TEST_F(TndsBootstrap, UnusableAccountsAreRefused) {
  expect_refused(Errc::incomplete, tnds(account("A", "a=b", "https://a.example/")));
  expect_refused(Errc::incomplete, tnds(account("A", "", "https://a.example/")));
  expect_refused(Errc::incomplete, tnds(account("A", "a", "")));
  expect_refused(Errc::incomplete, tnds(object("A", "urn:oma:mo:oma-dm-dmacc:1.0", leaf("ServerID", "a"))));
  expect_refused(Errc::incomplete, tnds(object("X", "net.example/1.0/None", leaf("a", "1"))));
}

TEST_F(TndsBootstrap, BOOT_049_AFailingNodeRollsEverythingBack) {
  expect_refused(Errc::bad_format, tnds(account("A", "a", "https://a.example/", leaf("Name", "x", "int"))));
  expect_refused(Errc::bad_format, tnds(account("A", "a", "https://a.example/") +
                                        account("B", "b", "https://b.example/",
                                                interior("AppAuth", interior("1", leaf("AAuthData", "*", "b64"))))));
  expect_refused(Errc::already_exists,
                 tnds(account("A", "a", "https://a.example/") + account("A", "b", "https://b.example/")));
  expect_refused(Errc::malformed, tnds(account("A", "a", "https://a.example/", leaf("Name", "x") + "<No")));
  expect_refused(Errc::malformed, tnds("<Node>") + "<!ENTITY x 'y'>");
}

TEST_F(TndsBootstrap, DeclaredTypeAndContentMustAgree) {
  expect_refused(Errc::malformed, tnds(account("A", "a", "https://a.example/")), kTndsWbxmlType);
  expect_refused(Errc::malformed, dm_account(), kTndsXmlType);
  expect_refused(Errc::bad_format, dm_account(), kTndsWbxmlType);
}

TEST_F(TndsBootstrap, DocumentsOverTheLimitsAreRefused) {
  expect_refused(Errc::too_large, tnds(account("A", "a", "https://a.example/" + std::string(1U << 20U, 'a'))));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<Node><NodeName>n</NodeName>";
  expect_refused(Errc::too_large, tnds(deep));
}

}  // namespace
}  // namespace omadm
