// The descriptions of the objects against what the standard asks of each node at least. [StdObj], [FUMO].
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/tree_device.h"

namespace omadm::test {
namespace {

struct NodeRow {
  const char* uri;
  Format format;
  const char* access;  // at least
  const char* occurs;  // "1", "?", "+", "*"
};
constexpr NodeRow kNodes[] = {
    {"./DMAcc/x", Format::node, "Get", "*"},  // none on a device that no server knows yet
    {"./DMAcc/x/AppID", Format::chr, "Get", "1"},
    {"./DMAcc/x/ServerID", Format::chr, "Get", "1"},
    {"./DMAcc/x/Name", Format::chr, "Get", "?"},
    {"./DMAcc/x/PrefConRef", Format::chr, "Get", "?"},
    {"./DMAcc/x/ToConRef", Format::node, "Get", "?"},
    {"./DMAcc/x/ToConRef/y", Format::node, "Get", "+"},
    {"./DMAcc/x/ToConRef/y/ConRef", Format::chr, "Get", "1"},
    {"./DMAcc/x/AppAddr", Format::node, "Get", "1"},
    {"./DMAcc/x/AppAddr/y", Format::node, "Get", "+"},
    {"./DMAcc/x/AppAddr/y/Addr", Format::chr, "Get", "1"},
    {"./DMAcc/x/AppAddr/y/AddrType", Format::chr, "Get", "1"},
    {"./DMAcc/x/AppAddr/y/Port", Format::node, "Get", "?"},
    {"./DMAcc/x/AppAddr/y/Port/z", Format::node, "Get", "+"},
    {"./DMAcc/x/AppAddr/y/Port/z/PortNbr", Format::chr, "Get", "1"},
    {"./DMAcc/x/AAuthPref", Format::chr, "Get", "?"},
    {"./DMAcc/x/AppAuth", Format::node, "Get", "?"},
    {"./DMAcc/x/AppAuth/y", Format::node, "Get", "+"},
    {"./DMAcc/x/AppAuth/y/AAuthLevel", Format::chr, "Get", "1"},
    {"./DMAcc/x/AppAuth/y/AAuthType", Format::chr, "Get", "1"},
    {"./DMAcc/x/AppAuth/y/AAuthName", Format::chr, "Get", "?"},
    {"./DMAcc/x/AppAuth/y/AAuthSecret", Format::chr, "", "?"},
    {"./DMAcc/x/AppAuth/y/AAuthData", Format::bin, "", "?"},
    {"./DMAcc/x/Ext", Format::node, "Get", "?"},
    {"./DevInfo", Format::node, "Get", "1"},
    {"./DevInfo/Ext", Format::node, "Get", "?"},
    {"./DevInfo/Bearer", Format::node, "Get", "?"},
    {"./DevInfo/DevId", Format::chr, "Get", "1"},
    {"./DevInfo/Man", Format::chr, "Get", "1"},
    {"./DevInfo/Mod", Format::chr, "Get", "1"},
    {"./DevInfo/DmV", Format::chr, "Get", "1"},
    {"./DevInfo/Lang", Format::chr, "Get", "1"},
    {"./DevDetail", Format::node, "Get", "1"},
    {"./DevDetail/Ext", Format::node, "Get", "?"},
    {"./DevDetail/Bearer", Format::node, "Get", "?"},
    {"./DevDetail/URI", Format::node, "Get", "1"},
    {"./DevDetail/URI/MaxDepth", Format::chr, "Get", "1"},
    {"./DevDetail/URI/MaxTotLen", Format::chr, "Get", "1"},
    {"./DevDetail/URI/MaxSegLen", Format::chr, "Get", "1"},
    {"./DevDetail/DevTyp", Format::chr, "Get", "1"},
    {"./DevDetail/OEM", Format::chr, "Get", "1"},
    {"./DevDetail/FwV", Format::chr, "Get", "1"},
    {"./DevDetail/SwV", Format::chr, "Get", "1"},
    {"./DevDetail/HwV", Format::chr, "Get", "1"},
    {"./DevDetail/LrgObj", Format::bool_, "Get", "1"},
    {"./FUMO/x", Format::node, "Get", "*"},
    {"./FUMO/x/PkgName", Format::chr, "Get", "?"},
    {"./FUMO/x/PkgVersion", Format::chr, "Get", "?"},
    {"./FUMO/x/Download", Format::node, "Exec Get", "?"},
    {"./FUMO/x/Download/PkgURL", Format::chr, "Get Replace", "1"},
    {"./FUMO/x/Update", Format::node, "Exec Get", "?"},
    {"./FUMO/x/Update/PkgData", Format::bin, "Replace", "?"},
    {"./FUMO/x/DownloadAndUpdate", Format::node, "Exec Get", "?"},
    {"./FUMO/x/DownloadAndUpdate/PkgURL", Format::chr, "Get Replace", "1"},
    {"./FUMO/x/State", Format::int_, "Get", "1"},
    {"./FUMO/x/Ext", Format::node, "Get", "?"},
};

std::string occurrence(const DdfNode& node) {
  if (node.max_occurs == 1) return node.min_occurs == 1 ? "1" : "?";
  return node.min_occurs == 1 ? "+" : "*";
}

class Descriptions : public testing::Test {
 protected:
  // Adds a leaf, as the device unless a server is named: "ok" or the name of the error.
  std::string add(const std::string& address, const std::string& server = {}) {
    Transaction transaction = server.empty() ? device.as_device() : device.as_server(server);
    Result<void> done = transaction.add(uri(address), {Format::chr, std::nullopt, "1"});
    if (done) done = std::move(transaction).commit();
    return done ? "ok" : std::string(to_string(done.error().code));
  }
  TreeDevice device{"mo/dmacc/dmacc.ddf.xml", "mo/devinfo/devinfo.ddf.xml", "mo/devdetail/devdetail.ddf.xml",
                    "mo/inbox/inbox.ddf.xml", "mo/fumo/fumo.ddf.xml"};
};

TEST_F(Descriptions, MO_003_MO_005_FormatsOccurrencesAndLeastAccess) {
  for (const NodeRow& row : kNodes) {
    const DdfNode* node = device.ddf.find(uri(row.uri));
    ASSERT_NE(node, nullptr) << row.uri;
    EXPECT_EQ(node->formats, std::vector<Format>{row.format}) << row.uri;
    EXPECT_EQ(occurrence(*node), row.occurs) << row.uri;
    for (const AccessType command : {AccessType::get, AccessType::replace, AccessType::exec}) {
      const std::string name(to_string(command));
      const bool wanted = std::string(row.access).find(name) != std::string::npos;
      if (wanted) {
        EXPECT_TRUE(node->can(command)) << row.uri << ' ' << name;
      }
    }
  }
  for (const char* hidden :
       {"./DMAcc/x/AppAuth/y/AAuthSecret", "./DMAcc/x/AppAuth/y/AAuthData", "./FUMO/x/Update/PkgData", "./Inbox"}) {
    EXPECT_FALSE(device.ddf.find(uri(hidden))->can(AccessType::get)) << hidden;
  }
}

TEST_F(Descriptions, MO_003_TND_121_AnImplementationMayAllowMore) {
  const auto change = [this](const char* leaf) {
    Transaction transaction = device.as_server("acme");
    const auto changed = transaction.replace(uri(leaf), {std::nullopt, std::nullopt, "de-CH"});
    return changed ? "ok" : std::string(to_string(changed.error().code));
  };
  device.describe(
      "<MgmtTree><VerDTD>1.2</VerDTD><Node><NodeName>Lang</NodeName><Path>./DevInfo</Path><DFProperties>"
      "<AccessType><Get/><Replace/></AccessType><DFFormat><chr/></DFFormat><Scope><Permanent/></Scope>"
      "<DFType><MIME>text/plain</MIME></DFType></DFProperties></Node></MgmtTree>");
  Transaction transaction = device.as_device();
  ASSERT_TRUE(transaction.set_property(Uri(), Property::acl, "Add=*&Get=*&Replace=acme"));
  ASSERT_TRUE(std::move(transaction).commit());
  EXPECT_EQ(change("./DevInfo/Lang"), "ok");
  EXPECT_EQ(change("./DevInfo/Man"), "not_allowed");
}

TEST_F(Descriptions, MO_001_WhatEveryClientHas) {
  for (const NodeRow& row : kNodes) {
    const std::string address = row.uri;
    if (row.occurs != std::string("1") || address.find("/x") != std::string::npos) continue;
    EXPECT_TRUE(device.as_server("acme").get(uri(address))) << address;
  }
  for (const char* root : {"./DMAcc", "./DevInfo", "./DevDetail", "./Inbox"}) {
    EXPECT_TRUE(device.exists(root)) << root;
    EXPECT_EQ(device.as_device().get(uri(root))->scope, Scope::permanent) << root;
  }
  for (const char* id : {"urn:oma:mo:oma-dm-dmacc:1.0", "urn:oma:mo:oma-dm-devinfo:1.0",
                         "urn:oma:mo:oma-dm-devdetail:1.0", "urn:oma:mo:oma-dm-inbox:1.0"}) {
    EXPECT_TRUE(device.ddf.locate(id)) << id;
  }
}

TEST_F(Descriptions, MO_004_VendorsExtendBelowExtAndBearerAlone) {
  device.interior("./DMAcc/1", "", "Add=acme&Get=acme&Replace=acme");
  device.interior("./FUMO/1");
  for (const char* parent : {"./DevInfo", "./DevDetail", "./DevDetail/URI", "./DMAcc/1", "./DMAcc/1/AppAddr/1",
                             "./DMAcc/1/AppAuth/1", "./FUMO/1", "./FUMO/1/Download"}) {
    EXPECT_EQ(add(parent + std::string("/Vendor")), "not_allowed") << parent;
    EXPECT_FALSE(device.exists(parent + std::string("/Vendor")));
  }
  for (const char* parent : {"./DevInfo/Ext", "./DevInfo/Bearer", "./DevDetail/Ext", "./DevDetail/Bearer",
                             "./DMAcc/1/Ext", "./FUMO/1/Ext"}) {
    EXPECT_EQ(add(parent + std::string("/Vendor/sub/leaf")), "ok") << parent;
  }
  EXPECT_EQ(add("./DMAcc/1/Ext/More", "acme"), "ok");
  EXPECT_EQ(add("./DMAcc/1/More", "acme"), "not_allowed");
}

TEST_F(Descriptions, MO_043_DevIdAndDevTyp) {
  EXPECT_EQ(device.children("./DevInfo"),
            (std::vector<std::string>{"Bearer", "DevId", "DmV", "Ext", "Lang", "Man", "Mod"}));
  EXPECT_EQ(device.children("./DevDetail"),
            (std::vector<std::string>{"Bearer", "DevTyp", "Ext", "FwV", "HwV", "LrgObj", "OEM", "SwV", "URI"}));
  for (const char* other : {"./DevInfo/DevID", "./DevDetail/DevType"}) {
    EXPECT_FALSE(device.exists(other)) << other;
    EXPECT_EQ(add(other), "not_allowed") << other;
  }
}

}  // namespace
}  // namespace omadm::test
