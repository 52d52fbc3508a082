// w7 applications and connectivity of a provisioning document, in the tree.
#include "tests/unit/bootstrap/provisioning_fixture.h"

namespace omadm {
namespace {

class CpProfile : public test::ProvisioningTest {
 protected:
  void expect_v1() {
    EXPECT_EQ(device.type("./DMAcc/1"), "urn:oma:mo:oma-dm-dmacc:1.0");
    EXPECT_EQ(device.acl("./DMAcc/1"), "Delete=dm.example.net&Get=dm.example.net&Replace=dm.example.net");
    EXPECT_EQ(device.value("./DMAcc/1/AppID"), "w7");
    EXPECT_EQ(device.value("./DMAcc/1/ServerID"), "dm.example.net");
    EXPECT_EQ(device.value("./DMAcc/1/Name"), "Example DM");
    EXPECT_EQ(device.value("./DMAcc/1/AppAddr/1/Addr"), "https://dm.example.net/dm");
    EXPECT_EQ(device.value("./DMAcc/1/AppAddr/1/AddrType"), "URI");
    EXPECT_EQ(device.value("./DMAcc/1/AppAddr/1/Port/1/PortNbr"), "443");
    EXPECT_EQ(device.value("./DMAcc/1/AppAuth/1/AAuthLevel"), "CLCRED");
    EXPECT_EQ(device.value("./DMAcc/1/AppAuth/1/AAuthType"), "DIGEST");
    EXPECT_EQ(device.value("./DMAcc/1/AppAuth/1/AAuthName"), "dev1");
    EXPECT_EQ(device.value("./DMAcc/1/AppAuth/1/AAuthSecret"), "c-secret");
    EXPECT_EQ(device.value("./DMAcc/1/AppAuth/1/AAuthData"), "Nonce-C");
    EXPECT_EQ(device.format("./DMAcc/1/AppAuth/1/AAuthData"), Format::bin);
    EXPECT_EQ(device.value("./DMAcc/1/AppAuth/2/AAuthLevel"), "SRVCRED");
    EXPECT_EQ(device.value("./DMAcc/1/AppAuth/2/AAuthType"), "DIGEST");
    EXPECT_EQ(device.value("./DMAcc/1/AppAuth/2/AAuthName"), "dm.example.net");
    EXPECT_EQ(device.value("./DMAcc/1/AppAuth/2/AAuthSecret"), "s-secret");
    EXPECT_EQ(device.value("./DMAcc/1/AppAuth/2/AAuthData"), "Nonce-S");
    EXPECT_FALSE(device.exists("./DMAcc/1/AAuthPref"));
    EXPECT_EQ(device.children("./DMAcc"), std::vector<std::string>{"1"});
  }
};

TEST_F(CpProfile, BOOT_013_V1_TheWholeAccount) {
  const auto outcome = install(v1());
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->server_ids, std::vector<std::string>{"dm.example.net"});
  expect_v1();
}

TEST_F(CpProfile, BOOT_013_TheSameInXml) {
  const auto document = read_provisioning(v1());
  ASSERT_TRUE(document);
  const auto outcome = install(write_provisioning(*document, Encoding::xml), kProvisioningXmlType);
  ASSERT_TRUE(outcome) << outcome.error().detail;
  expect_v1();
}

TEST_F(CpProfile, BOOT_011_SeveralAccountsAndOtherApplications) {
  const auto outcome = install(document(w7("a.example", address("https://a.example/")) +
                                        characteristic("APPLICATION", parm("APPID", "w2") + parm("NAME", "browser")) +
                                        w7("b.example", address("https://b.example/"))));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->server_ids, (std::vector<std::string>{"a.example", "b.example"}));
  EXPECT_EQ(device.value("./DMAcc/1/ServerID"), "a.example");
  EXPECT_EQ(device.value("./DMAcc/2/ServerID"), "b.example");
  EXPECT_EQ(device.acl("./DMAcc/2"), "Delete=b.example&Get=b.example&Replace=b.example");
}

TEST_F(CpProfile, BOOT_012_AccountsThatCannotBeAreLeftOutAndTheOthersInstalled) {
  const std::string good = w7("good.example", address("https://good.example/"));
  for (const std::string& bad :
       {characteristic("APPLICATION", parm("APPID", "w7") + address("https://x/")), w7("", address("https://x/")),
        w7("a+b", address("https://x/")), w7("a b", address("https://x/")), w7("a=b", address("https://x/")),
        w7("a&amp;b", address("https://x/")), w7("*", address("https://x/")), w7("x.example", ""),
        w7("x.example", characteristic("APPADDR", parm("ADDRTYPE", "IPV4"))),
        w7("x.example", address("https://x/", "65536")), w7("x.example", address("https://x/", "port"))}) {
    expect_refused(Errc::incomplete, document(bad));
    test::TreeDevice other{"mo/dmacc/dmacc.ddf.xml", "mo/inbox/inbox.ddf.xml"};
    const auto outcome = install_bootstrap(other.tree(), {document(bad + good), ""});
    ASSERT_TRUE(outcome) << bad << ": " << outcome.error().detail;
    EXPECT_EQ(outcome->server_ids, std::vector<std::string>{"good.example"});
    EXPECT_EQ(outcome->notes.size(), 1U);
    EXPECT_EQ(other.children("./DMAcc"), std::vector<std::string>{"1"});
  }
}

TEST_F(CpProfile, BOOT_014_AppsrvIsWhatTheClientShows) {
  ASSERT_TRUE(install(document(
      w7("s", address("https://s/") + auth("CLIENT", "server") + auth("APPSRV", "device") + auth("OBEX", "cable")))));
  EXPECT_EQ(device.value("./DMAcc/1/AppAuth/1/AAuthLevel"), "SRVCRED");
  EXPECT_EQ(device.value("./DMAcc/1/AppAuth/1/AAuthName"), "server");
  EXPECT_EQ(device.value("./DMAcc/1/AppAuth/2/AAuthLevel"), "CLCRED");
  EXPECT_EQ(device.value("./DMAcc/1/AppAuth/2/AAuthName"), "device");
  EXPECT_EQ(device.value("./DMAcc/1/AppAuth/2/AAuthSecret"), "secret of device");
  EXPECT_EQ(device.value("./DMAcc/1/AppAuth/3/AAuthLevel"), "OBEX");
}

TEST_F(CpProfile, BOOT_015_AddressesInTheirOrder) {
  ASSERT_TRUE(install(
      document(w7("s", address("https://first/", "8443") +
                           characteristic("APPADDR", parm("ADDR", "192.0.2.1") + parm("ADDRTYPE", "IPV4") +
                                                         characteristic("PORT", parm("PORTNBR", "80")) +
                                                         characteristic("PORT", parm("PORTNBR", "8080"))) +
                           characteristic("APPADDR", parm("ADDR", "2001:db8::1") + parm("ADDRTYPE", "IPV6"))))));
  EXPECT_EQ(device.value("./DMAcc/1/AppAddr/1/Addr"), "https://first/");
  EXPECT_EQ(device.value("./DMAcc/1/AppAddr/1/Port/1/PortNbr"), "8443");
  EXPECT_EQ(device.value("./DMAcc/1/AppAddr/2/AddrType"), "IPv4");
  EXPECT_EQ(device.value("./DMAcc/1/AppAddr/2/Port/2/PortNbr"), "8080");
  EXPECT_EQ(device.value("./DMAcc/1/AppAddr/3/AddrType"), "IPv6");
  EXPECT_FALSE(device.exists("./DMAcc/1/AppAddr/3/Port"));
}

TEST_F(CpProfile, BOOT_013_AnAddressBesideTheApplicationsParms) {
  ASSERT_TRUE(install(document(w7("s", parm("ADDR", "https://plain/")))));
  EXPECT_EQ(device.value("./DMAcc/1/AppAddr/1/Addr"), "https://plain/");
  EXPECT_EQ(device.value("./DMAcc/1/AppAddr/1/AddrType"), "URI");
}

TEST_F(CpProfile, BOOT_013_AauthdataThatIsNotBase64IsAnEmptyNonce) {
  ASSERT_TRUE(install(document(w7("s", address("https://s/") + auth("APPSRV", "device", "%%%")))));
  EXPECT_EQ(device.value("./DMAcc/1/AppAuth/1/AAuthData"), "");
}

TEST_F(CpProfile, BOOT_013_DigestAsTheFieldSpellsIt) {
  ASSERT_TRUE(install(
      document(w7("s", address("https://s/") + characteristic("APPAUTH", parm("AAUTHLEVEL", "APPSRV") +
                                                                             parm("AAUTHTYPE", "DIGEST,MD5"))))));
  EXPECT_EQ(device.value("./DMAcc/1/AppAuth/1/AAuthType"), "DIGEST");
}

class Connected : public CpProfile {
 protected:
  static std::string nap(std::string_view id, std::string_view apn) {
    return characteristic(
        "NAPDEF",
        parm("NAPID", id) + parm("NAME", "Net") + parm("BEARER", "GSM-GPRS") + parm("NAP-ADDRESS", apn) +
            parm("NAP-ADDRTYPE", "APN") + parm("DNS-ADDR", "192.0.2.53") +
            characteristic("NAPAUTHINFO", parm("AUTHTYPE", "PAP") + parm("AUTHNAME", "u") + parm("AUTHSECRET", "p")));
  }
  static std::string proxy(std::string_view id, std::string_view nap_id) {
    return characteristic(
        "PXLOGICAL", parm("PROXY-ID", id) + parm("NAME", "Way out") + parm("STARTPAGE", "http://start/") +
                         characteristic("PXPHYSICAL", parm("PHYSICAL-PROXY-ID", "P1") + parm("PXADDR", "192.0.2.8") +
                                                          parm("TO-NAPID", nap_id) +
                                                          characteristic("PORT", parm("PORTNBR", "9401"))));
  }
};

TEST_F(Connected, BOOT_013_NapdefAndPxlogicalBecomeObjects) {
  const auto outcome = install(
      document(proxy("W", "N") + nap("N", "internet") + w7("s", parm("TO-PROXY", "W") + address("https://s/"))));
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(device.value("./NAP/1/ID"), "N");
  EXPECT_EQ(device.value("./NAP/1/Addr"), "internet");
  EXPECT_EQ(device.value("./NAP/1/AddrType"), "APN");
  EXPECT_EQ(device.value("./NAP/1/BearerType"), "3GPPPS");
  EXPECT_EQ(device.value("./NAP/1/IP/IPv4/DNS/Servers/1/Addr"), "192.0.2.53");
  EXPECT_EQ(device.value("./NAP/1/AuthInfo/AuthSecret"), "p");
  EXPECT_EQ(device.value("./Proxy/1/ProxyId"), "W");
  EXPECT_EQ(device.value("./Proxy/1/Addr"), "192.0.2.8");
  EXPECT_EQ(device.value("./Proxy/1/Ports/1/PortNbr"), "9401");
  EXPECT_EQ(device.value("./Proxy/1/ToConRef/1/ConRef"), "./NAP/1");
  EXPECT_EQ(device.value("./Proxy/1/ProxyParams/WAP/Startpg"), "http://start/");
  EXPECT_EQ(device.value("./DMAcc/1/PrefConRef"), "./Proxy/1");
}

TEST_F(Connected, BOOT_013_SeveralWaysAndOnesOutsideTheTree) {
  ASSERT_TRUE(install(document(nap("N1", "one") + nap("N2", "two") +
                               w7("s", parm("TO-NAPID", "N2") + parm("TO-NAPID", "INTERNET") + parm("TO-NAPID", "N1") +
                                           address("https://s/")))));
  EXPECT_FALSE(device.exists("./DMAcc/1/PrefConRef"));
  EXPECT_EQ(device.value("./DMAcc/1/ToConRef/1/ConRef"), "./NAP/2");
  EXPECT_EQ(device.value("./DMAcc/1/ToConRef/2/ConRef"), "");
  EXPECT_EQ(device.value("./DMAcc/1/ToConRef/3/ConRef"), "./NAP/1");
}

TEST_F(Connected, BOOT_016_EverythingMappedBelongsToTheServersOfTheDocument) {
  ASSERT_TRUE(install(document(nap("N", "internet") + proxy("W", "N") + w7("s1", address("https://s1/")) +
                               w7("s2", address("https://s2/")))));
  EXPECT_EQ(device.acl("./DMAcc/1"), "Delete=s1&Get=s1&Replace=s1");
  EXPECT_EQ(device.acl("./DMAcc/2"), "Delete=s2&Get=s2&Replace=s2");
  for (const char* object : {"./NAP/1", "./Proxy/1"}) {
    EXPECT_EQ(device.acl(object), "Delete=s1+s2&Get=s1+s2&Replace=s1+s2") << object;
  }
  // What is below inherits it, for these servers alone.
  EXPECT_TRUE(device.as_server("s1").decide(test::uri("./DMAcc/1/AppAddr/1/Addr"), AccessType::replace).allowed);
  EXPECT_TRUE(device.as_server("s1").get(test::uri("./DMAcc/1/AppAddr/1/Addr")));
  EXPECT_FALSE(device.as_server("s2").get(test::uri("./DMAcc/1/AppAddr/1/Addr")));
  EXPECT_TRUE(device.as_server("s2").get(test::uri("./NAP/1/Addr")));
  EXPECT_FALSE(device.as_server("other").get(test::uri("./NAP/1/Addr")));
}

TEST_F(Connected, BOOT_017_WithoutAnAccountNothingIsMappedAndNobodyGetsIt) {
  expect_refused(Errc::incomplete, document(nap("N", "internet") + proxy("W", "N")));
  expect_refused(Errc::incomplete, document(""));
  EXPECT_TRUE(device.children("./NAP").empty());
}

TEST_F(Connected, BOOT_060_TheSameServerAgainUpdatesAccountAndConnectivity) {
  ASSERT_TRUE(install(document(nap("N", "old") + w7("s", parm("TO-NAPID", "N") + address("https://old/")))));
  ASSERT_TRUE(install(document(nap("N", "new") + w7("s", parm("TO-NAPID", "N") + address("https://new/")))));
  EXPECT_EQ(device.children("./DMAcc"), std::vector<std::string>{"1"});
  EXPECT_EQ(device.children("./NAP"), std::vector<std::string>{"1"});
  EXPECT_EQ(device.value("./DMAcc/1/AppAddr/1/Addr"), "https://new/");
  EXPECT_EQ(device.value("./NAP/1/Addr"), "new");
}

TEST_F(Connected, BOOT_063_ConnectivityOfAnotherServerStays) {
  ASSERT_TRUE(install(document(nap("N", "first") + w7("s1", parm("TO-NAPID", "N") + address("https://s1/")))));
  ASSERT_TRUE(install(document(nap("N", "second") + w7("s2", parm("TO-NAPID", "N") + address("https://s2/")))));
  EXPECT_EQ(device.value("./NAP/1/Addr"), "first");
  EXPECT_EQ(device.value("./NAP/2/Addr"), "second");
  EXPECT_EQ(device.value("./DMAcc/1/PrefConRef"), "./NAP/1");
  EXPECT_EQ(device.value("./DMAcc/2/PrefConRef"), "./NAP/2");
}

TEST_F(CpProfile, BOOT_018_WithoutAPlaceForConnectivityTheAccountIsThere) {
  test::TreeDevice bare{"mo/dmacc/dmacc.ddf.xml", "mo/inbox/inbox.ddf.xml"};
  const auto outcome = install_bootstrap(
      bare.tree(), {document(characteristic("NAPDEF", parm("NAPID", "N") + parm("NAP-ADDRESS", "internet")) +
                             w7("s", parm("TO-NAPID", "N") + address("https://s/"))),
                    ""});
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(bare.value("./DMAcc/1/PrefConRef"), "");
}

}  // namespace
}  // namespace omadm
