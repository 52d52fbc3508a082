// DevInfo and DevDetail: descriptions and values.
#include <gtest/gtest.h>

#include "mo/common/firmware_version.h"
#include "mo/devdetail/devdetail_object.h"
#include "mo/devinfo/devinfo_object.h"
#include "tests/support/tree_device.h"

namespace omadm::test {
namespace {

class DeviceObjects : public testing::Test {
 protected:
  TreeDevice device{"mo/devinfo/devinfo.ddf.xml", "mo/devdetail/devdetail.ddf.xml", "mo/fumo/fumo.ddf.xml"};
};

TEST_F(DeviceObjects, MO_042_TheNodesArePermanentAndReadOnly) {
  EXPECT_EQ(device.type("./DevInfo"), "urn:oma:mo:oma-dm-devinfo:1.0");
  EXPECT_EQ(device.type("./DevDetail"), "urn:oma:mo:oma-dm-devdetail:1.0");
  for (const char* leaf : {"./DevInfo/DevId", "./DevInfo/Man", "./DevInfo/Mod", "./DevInfo/DmV", "./DevInfo/Lang",
                           "./DevDetail/DevTyp", "./DevDetail/OEM", "./DevDetail/FwV", "./DevDetail/SwV",
                           "./DevDetail/HwV", "./DevDetail/LrgObj", "./DevDetail/URI/MaxDepth"}) {
    EXPECT_TRUE(device.exists(leaf)) << leaf;
    Transaction server = device.as_server("acme");
    EXPECT_TRUE(server.get(uri(leaf))) << leaf;
    const auto replaced = server.replace(uri(leaf), {std::nullopt, std::nullopt, "x"});
    ASSERT_FALSE(replaced);
    EXPECT_EQ(replaced.error().code, Errc::not_allowed) << leaf;
    const auto renamed = server.set_property(uri(leaf), Property::name, "x");
    ASSERT_FALSE(renamed);
    EXPECT_EQ(renamed.error().code, Errc::not_allowed) << leaf;
    const auto removed = server.remove(uri(leaf));
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().code, Errc::not_allowed) << leaf;
  }
}

TEST_F(DeviceObjects, MO_040_DevInfoTakesTheDevicesValues) {
  ASSERT_TRUE(write_dev_info(device.tree(), {"IMEI:490154203237518", "Example", "", "omadm-0.1.0", "de-CH"}));
  EXPECT_EQ(device.value("./DevInfo/DevId"), "IMEI:490154203237518");
  EXPECT_EQ(device.value("./DevInfo/Man"), "Example");
  EXPECT_EQ(device.value("./DevInfo/Mod"), "unknown");
  EXPECT_EQ(device.value("./DevInfo/Lang"), "de-CH");
  const std::size_t commits = device.store.appended();
  ASSERT_TRUE(write_dev_info(device.tree(), {"IMEI:490154203237518", "Example", "", "omadm-0.1.0", "de-CH"}));
  EXPECT_EQ(device.store.appended(), commits);  // nothing differs, nothing is written
}

TEST_F(DeviceObjects, MO_050_DevDetailShowsLimitsAndLargeObjects) {
  DevDetailValues values;
  values.dev_typ = "router";
  values.fwv = "1.0";
  values.limits = {32, 1024, 255};
  ASSERT_TRUE(write_dev_detail(device.tree(), values));
  EXPECT_EQ(device.value("./DevDetail/URI/MaxDepth"), "32");
  EXPECT_EQ(device.value("./DevDetail/URI/MaxTotLen"), "1024");
  EXPECT_EQ(device.value("./DevDetail/URI/MaxSegLen"), "255");
  EXPECT_EQ(device.format("./DevDetail/URI/MaxDepth"), Format::chr);
  EXPECT_EQ(device.value("./DevDetail/LrgObj"), "true");
  EXPECT_EQ(device.format("./DevDetail/LrgObj"), Format::bool_);
  EXPECT_EQ(device.value("./DevDetail/DevTyp"), "router");
  EXPECT_EQ(device.value("./DevDetail/FwV"), "1.0");
  const std::size_t commits = device.store.appended();
  ASSERT_TRUE(write_dev_detail(device.tree(), values));
  EXPECT_EQ(device.store.appended(), commits);
}

TEST_F(DeviceObjects, MO_051_AnUpdateIsNotUndoneByTheNextStart) {
  DevDetailValues values;
  values.fwv = "1.0";
  ASSERT_TRUE(write_dev_detail(device.tree(), values));
  Transaction transaction = device.as_device();
  ASSERT_TRUE(put_updated_firmware_version(transaction, "2.0"));
  ASSERT_TRUE(put_updated_firmware_version(transaction, ""));
  ASSERT_TRUE(std::move(transaction).commit());
  EXPECT_EQ(device.value("./DevDetail/FwV"), "2.0");
  ASSERT_TRUE(write_dev_detail(device.tree(), values));  // the configuration still says 1.0
  EXPECT_EQ(device.value("./DevDetail/FwV"), "2.0");
  values.fwv = "3.0";
  ASSERT_TRUE(write_dev_detail(device.tree(), values));
  EXPECT_EQ(device.value("./DevDetail/FwV"), "3.0");
}

TEST_F(DeviceObjects, FUMO_001_TheDescriptionOfFumo) {
  const Ddf& ddf = device.tree().ddf();
  const DdfNode* package = ddf.find(uri("./FUMO/any"));
  ASSERT_NE(package, nullptr);
  EXPECT_EQ(package->types.front(), "urn:oma:mo:oma-fumo:1.0");
  EXPECT_EQ(package->scope, Scope::dynamic);
  const auto place = ddf.locate("urn:oma:mo:oma-fumo:1.0");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->parent.str(), "./FUMO");
  const DdfNode* data = ddf.find(uri("./FUMO/any/Update/PkgData"));
  ASSERT_NE(data, nullptr);
  EXPECT_EQ(data->formats, std::vector<Format>{Format::bin});
  EXPECT_TRUE(data->can(AccessType::replace));
  EXPECT_FALSE(data->can(AccessType::get));
  EXPECT_TRUE(ddf.find(uri("./FUMO/any/DownloadAndUpdate"))->can(AccessType::exec));
  EXPECT_FALSE(ddf.find(uri("./FUMO/any/State"))->can(AccessType::replace));
  EXPECT_FALSE(ddf.find(uri("./FUMO/any"))->can(AccessType::exec));
}

TEST_F(DeviceObjects, PRO_107_MO_040_TheDeviceIdIsAUrn) {
  for (const char* good : {"IMEI:490154203237518", "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "MEID:A000",
                           "urn:imei:49-015420-323751-8", "x-vendor:a%20b"}) {
    EXPECT_TRUE(is_device_urn(good)) << good;
  }
  for (const char* bad : {"", "490154203237518", ":1", "IMEI:", "-x:1", "IMEI:1 2", "im ei:1", "IMEI:\xC3\xA4"}) {
    EXPECT_FALSE(is_device_urn(bad)) << bad;
  }
  EXPECT_EQ(write_dev_info(device.tree(), {"my device", "Example", "", "omadm-0.1.0", "de-CH"}).error().code,
            Errc::malformed);
}

}  // namespace
}  // namespace omadm::test
