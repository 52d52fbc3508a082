#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "mo/dmacc/account.h"
#include "mo/dmacc/dmacc_object.h"
#include "tests/support/tree_device.h"

namespace omadm {
namespace {

using test::TreeDevice;
using test::uri;

class DmAcc : public ::testing::Test {
 protected:
  void interior(const std::string& address) { device.interior(address); }
  // A complete account below ./DMAcc/`name`.
  void account(const std::string& name, const std::string& server) {
    const std::string x = "./DMAcc/" + name;
    device.interior(x, kDmAccId, "Get=" + server + "&Replace=" + server + "&Delete=" + server + "&Add=" + server);
    device.leaf(x + "/AppID", "w7");
    device.leaf(x + "/ServerID", server);
    device.leaf(x + "/Name", "Example");
    device.leaf(x + "/AAuthPref", "DIGEST");
    interior(x + "/AppAddr");
    interior(x + "/AppAddr/1");
    device.leaf(x + "/AppAddr/1/Addr", "https://dm.example.net/dm");
    device.leaf(x + "/AppAddr/1/AddrType", "URI");
    interior(x + "/AppAddr/1/Port");
    interior(x + "/AppAddr/1/Port/1");
    device.leaf(x + "/AppAddr/1/Port/1/PortNbr", "443");
    interior(x + "/AppAuth");
    interior(x + "/AppAuth/1");
    device.leaf(x + "/AppAuth/1/AAuthLevel", "CLCRED");
    device.leaf(x + "/AppAuth/1/AAuthType", "DIGEST");
    device.leaf(x + "/AppAuth/1/AAuthName", "dev1");
    device.leaf(x + "/AppAuth/1/AAuthSecret", "c-secret");
    device.leaf(x + "/AppAuth/1/AAuthData", "Nonce-C", Format::bin);
    interior(x + "/AppAuth/2");
    device.leaf(x + "/AppAuth/2/AAuthLevel", "SRVCRED");
    device.leaf(x + "/AppAuth/2/AAuthType", "DIGEST");
  }

  TreeDevice device{"mo/dmacc/dmacc.ddf.xml", "mo/inbox/inbox.ddf.xml"};
};

TEST_F(DmAcc, MO_014_AccountsAreReadWhateverTheirNodeIsCalled) {
  account("some%20name", "dm.example.net");
  const Accounts read = read_accounts(device.tree());
  EXPECT_TRUE(read.problems.empty());
  ASSERT_EQ(read.accounts.size(), 1u);
  const Account& found = read.accounts[0];
  EXPECT_EQ(found.uri.str(), "./DMAcc/some%20name");
  EXPECT_EQ(found.server_id, "dm.example.net");
  EXPECT_EQ(found.name, "Example");
  EXPECT_EQ(found.auth_pref, "DIGEST");
  ASSERT_EQ(found.addresses.size(), 1u);
  EXPECT_EQ(found.addresses[0].url(), "https://dm.example.net/dm");
  EXPECT_EQ(found.addresses[0].port, 443);
  ASSERT_EQ(found.auths.size(), 2u);
  EXPECT_EQ(found.auths[0].uri.str(), "./DMAcc/some%20name/AppAuth/1");
  EXPECT_EQ(found.auths[0].level, "CLCRED");
  EXPECT_EQ(found.auths[0].type, "DIGEST");
  EXPECT_EQ(found.auths[0].name, "dev1");
  EXPECT_EQ(found.auths[0].secret.view(), "c-secret");
  EXPECT_EQ(found.auths[0].data, "Nonce-C");
  EXPECT_EQ(found.auths[1].level, "SRVCRED");
  EXPECT_FALSE(found.auths[1].data);
}

TEST_F(DmAcc, MO_020_NOT_006_AccountsAreFoundByExactServerId) {
  account("1", "dm.example.net");
  account("2", "other");
  EXPECT_EQ(find_account(device.tree(), "other")->uri.str(), "./DMAcc/2");
  EXPECT_FALSE(find_account(device.tree(), "Other"));
  EXPECT_FALSE(find_account(device.tree(), ""));
}

TEST_F(DmAcc, IncompleteAccountsAreExplained) {
  device.interior("./DMAcc/none", kDmAccId);
  device.interior("./DMAcc/noaddr", kDmAccId);
  device.leaf("./DMAcc/noaddr/ServerID", "acme");
  account("ok", "good");
  const Accounts read = read_accounts(device.tree());
  ASSERT_EQ(read.accounts.size(), 1u);
  EXPECT_EQ(read.accounts[0].server_id, "good");
  ASSERT_EQ(read.problems.size(), 2u);
  EXPECT_NE(read.problems[0].find("./DMAcc/noaddr"), std::string::npos);
  EXPECT_NE(read.problems[1].find("ServerID"), std::string::npos);
}

struct UrlCase {
  AccountAddress address;
  const char* url;
};
TEST(AccountAddress, MO_023_MO_024_Url) {
  const std::vector<UrlCase> cases{
      {{"https://dm.example.net/dm", "URI", std::nullopt}, "https://dm.example.net/dm"},
      {{"https://dm.example.net/dm", "", 443}, "https://dm.example.net/dm"},
      {{"https://dm.example.net/dm", "URI", 8443}, "https://dm.example.net:8443/dm"},
      {{"https://dm.example.net", "URI", 8443}, "https://dm.example.net:8443"},
      {{"https://dm.example.net:1/dm", "URI", 8443}, "https://dm.example.net:1/dm"},
      {{"http://[2001:db8::1]/dm", "URI", 8080}, "http://[2001:db8::1]:8080/dm"},
      {{"http://[2001:db8::1]:7/dm", "URI", 8080}, "http://[2001:db8::1]:7/dm"},
      {{"http://h?x=a:b", "URI", 81}, "http://h:81?x=a:b"},
      {{"192.0.2.1", "IPv4", 8080}, "http://192.0.2.1:8080/"},
      {{"192.0.2.1", "IPv4", 443}, "https://192.0.2.1:443/"},
      {{"2001:db8::1", "IPv6", 8080}, "http://[2001:db8::1]:8080/"},
      {{"192.0.2.1", "IPv4", std::nullopt}, ""},
  };
  for (const UrlCase& row : cases) EXPECT_EQ(row.address.url(), row.url);
}

TEST_F(DmAcc, MO_030_NoncesAreStoredAsRawOctets) {
  account("1", "acme");
  const std::string nonce("\x00\xFFnonce", 7);
  ASSERT_TRUE(store_nonce(device.tree(), uri("./DMAcc/1/AppAuth/2"), nonce));
  EXPECT_EQ(device.value("./DMAcc/1/AppAuth/2/AAuthData"), nonce);
  EXPECT_EQ(device.format("./DMAcc/1/AppAuth/2/AAuthData"), Format::bin);
  ASSERT_TRUE(store_nonce(device.tree(), uri("./DMAcc/1/AppAuth/1"), "second"));
  EXPECT_EQ(find_account(device.tree(), "acme")->auths[0].data, "second");
}

TEST_F(DmAcc, MO_010_SecretsCannotBeReadByAnybodyElse) {
  account("1", "acme");
  for (const char* leaf : {"./DMAcc/1/AppAuth/1/AAuthSecret", "./DMAcc/1/AppAuth/1/AAuthData"}) {
    const auto by_owner = device.as_server("acme").get(uri(leaf));
    ASSERT_FALSE(by_owner) << leaf;
    EXPECT_EQ(by_owner.error().code, Errc::not_allowed);
    const auto by_user = device.tree().begin(Principal::user()).get(uri(leaf));
    ASSERT_FALSE(by_user) << leaf;
    EXPECT_EQ(by_user.error().code, Errc::not_allowed);
    Transaction transaction = device.as_server("acme");
    EXPECT_TRUE(transaction.replace(uri(leaf), {std::nullopt, std::nullopt, "new"})) << leaf;
  }
}

TEST_F(DmAcc, MO_060_InboxIsPermanentAndTakesOnlyAdd) {
  ASSERT_TRUE(device.exists("./Inbox"));
  const auto read = device.as_server("acme").get(uri("./Inbox"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::not_allowed);
  Transaction transaction = device.as_server("acme");
  EXPECT_EQ(transaction.remove(uri("./Inbox")).error().code, Errc::not_allowed);
}

class DmAccWatched : public DmAcc {
 protected:
  void SetUp() override {
    account("1", "acme");
    object.emplace(device.tree(), [this](std::string_view id) { gone.emplace_back(id); });
    device.tree().attach(uri("./DMAcc"), *object);
  }
  Result<void> replace(std::string_view address, std::string_view value) {
    Transaction transaction = device.as_server("acme");
    DM_TRY(transaction.replace(uri(address), {std::nullopt, std::nullopt, std::string(value)}));
    return std::move(transaction).commit();
  }
  void remove(std::string_view address) {
    Transaction transaction = device.as_device();
    ASSERT_TRUE(transaction.remove(uri(address)));
    ASSERT_TRUE(std::move(transaction).commit());
    ASSERT_TRUE(device.tree().flush());
  }
  std::optional<DmAccObject> object;
  std::vector<std::string> gone;
};

TEST_F(DmAccWatched, MO_015_PortNumbersAreDecimalAndSmallEnough) {
  for (const char* bad : {"65536", "-1", "80a", "", " 80", "4294967376"}) {
    const auto refused = replace("./DMAcc/1/AppAddr/1/Port/1/PortNbr", bad);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error().code, Errc::veto) << bad;
  }
  EXPECT_EQ(device.value("./DMAcc/1/AppAddr/1/Port/1/PortNbr"), "443");
  for (const char* good : {"0", "65535"}) {
    EXPECT_TRUE(replace("./DMAcc/1/AppAddr/1/Port/1/PortNbr", good)) << good;
  }
}

TEST_F(DmAccWatched, MO_015_AnUnknownAuthenticationTypeIsStored) {
  EXPECT_TRUE(replace("./DMAcc/1/AppAuth/1/AAuthType", "QUANTUM"));
}

TEST_F(DmAccWatched, MO_011_TwoAccountsMustNotShareAServerId) {
  Transaction transaction = device.as_device();
  ASSERT_TRUE(transaction.add(uri("./DMAcc/2"), {Format::node, std::string(kDmAccId), {}}));
  ASSERT_TRUE(transaction.add(uri("./DMAcc/2/ServerID"), {std::nullopt, std::nullopt, "acme"}));
  const auto refused = std::move(transaction).commit();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::veto);
  EXPECT_FALSE(device.exists("./DMAcc/2"));
  account("2", "other");
}

TEST_F(DmAccWatched, MO_013_TheOwnerIsToldWhenAServerIsGone) {
  account("2", "other");
  device.interior("./Ven", "", "Get=acme+other&Replace=acme");
  ASSERT_TRUE(device.tree().flush());
  remove("./DMAcc/1");
  EXPECT_EQ(gone, std::vector<std::string>{"acme"});
  ASSERT_TRUE(device.tree().remove_server(gone[0]));
  EXPECT_EQ(device.acl("./Ven"), "Get=other");
}

TEST_F(DmAccWatched, MO_014_ARenamedAccountIsStillThere) {
  Transaction transaction = device.as_server("acme");
  ASSERT_TRUE(transaction.set_property(uri("./DMAcc/1"), Property::name, "renamed"));
  ASSERT_TRUE(std::move(transaction).commit());
  ASSERT_TRUE(device.tree().flush());
  EXPECT_TRUE(gone.empty());
  EXPECT_EQ(find_account(device.tree(), "acme")->uri.str(), "./DMAcc/renamed");
}

TEST_F(DmAccWatched, BelowExtTheVendorDecides) {
  device.interior("./DMAcc/1/Ext");
  device.leaf("./DMAcc/1/Ext/PortNbr", "any");
  device.leaf("./DMAcc/1/Ext/ServerID", "a=b");
  EXPECT_EQ(device.value("./DMAcc/1/Ext/PortNbr"), "any");
}

}  // namespace
}  // namespace omadm
