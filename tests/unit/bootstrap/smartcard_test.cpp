// A smart card's files, from EF(ODF) to the bootstrap document.
#include "bootstrap/smartcard/card_content.h"
#include "bootstrap/smartcard/pkcs15.h"
#include "tests/support/card_image.h"
#include "tests/unit/bootstrap/bootstrap_fixture.h"
#include "transport/card/virtual_card.h"

namespace omadm {
namespace {

using test::CardImage;

Octets hex(std::string_view digits) { return CardImage::hex(digits); }

TEST(Pkcs15, BOOT_075_OdfNamesDodfsInOrder) {
  EXPECT_FALSE(parse_odf(hex("A710300E0408")));  // a length beyond the end
  const auto good =
      parse_odf(hex("A706300404026430"
                    "A008300604043F007F10"
                    "A7143012"
                    "04063F007F506431"
                    "0201028002"
                    "0010"
                    "0C01"
                    "41"
                    "FF41"));
  ASSERT_TRUE(good) << good.error().detail;
  ASSERT_EQ(good->size(), 2U);
  EXPECT_EQ(hex_encode(good->at(0).ids), "6430");
  EXPECT_EQ(hex_encode(good->at(1).ids), "3f007f506431");
  EXPECT_EQ(good->at(1).index, 2U);
  EXPECT_EQ(good->at(1).length, 16U);
}

TEST(Pkcs15, BOOT_075_BothFormsOfAnEntry) {
  for (const char* entry : {"3020300E0C0C444D20426F6F74737472617030060604672B0701A106300404026431",
                            "A1223000300E0C0C444D20426F6F747374726170A10E300C0604672B070130040402"
                            "6431",
                            "308120300E0C0C444D20426F6F74737472617030060604672B0701A106300404026431"}) {
    const auto objects = parse_dodf(hex(entry) + "\xFF\xFF");
    ASSERT_TRUE(objects) << entry << ": " << objects.error().detail;
    ASSERT_EQ(objects->size(), 1U) << entry;
    EXPECT_EQ(hex_encode(objects->front().path.ids), "6431");
    EXPECT_FALSE(objects->front().is_private);
    EXPECT_FALSE(objects->front().needs_consent);
  }
}

TEST(Pkcs15, BOOT_075_OtherOidsArePassedOver) {
  Octets other = hex("3020300E0C0C444D20426F6F74737472617030060604672B0702A106300404026431");
  EXPECT_EQ(parse_dodf(other).value().size(), 0U);
  EXPECT_EQ(parse_dodf(other + CardImage::oid_entry("6433")).value().size(), 1U);
  EXPECT_EQ(parse_dodf("").value().size(), 0U);
}

TEST(Pkcs15, RD_030_FlagsAndConsent) {
  const auto objects =
      parse_dodf(CardImage::opaque_entry("6431", "03020780") + CardImage::opaque_entry("6432", "020101"));
  ASSERT_TRUE(objects) << objects.error().detail;
  ASSERT_EQ(objects->size(), 2U);
  EXPECT_TRUE(objects->at(0).is_private);
  EXPECT_TRUE(objects->at(1).needs_consent);
}

TEST(Pkcs15, BOOT_077_BrokenFiles) {
  const Octets entry = CardImage::opaque_entry("6431");
  for (std::size_t length = 1; length < entry.size(); ++length) {
    const auto objects = parse_dodf(entry.substr(0, length));
    EXPECT_FALSE(objects) << length;
  }
  for (const char* broken : {"30847FFFFFFF", "3080", "A70430020400", "A705300304013F"}) {
    const auto paths = parse_odf(hex(broken));
    EXPECT_TRUE(!paths || paths->empty()) << broken;
  }
}

class SmartCard : public test::BootstrapTest {
 protected:
  static Result<CardContent> read(const CardImage& image) {
    const auto card = open_virtual_card(image.path());
    EXPECT_TRUE(card);
    return read_card(**card);
  }
};

TEST_F(SmartCard, BOOT_070_BOOT_076_FromDirectoryToDocument) {
  const CardImage image;
  image.dodf(CardImage::opaque_entry("6431"));
  image.document("6431", dm_account() + std::string(300, '\xFF'));
  const auto content = read(image);
  ASSERT_TRUE(content) << content.error().detail;
  EXPECT_EQ(content->iccid, "89014103211118510720");
  ASSERT_EQ(content->documents.size(), 1U);
  EXPECT_EQ(content->documents[0].octets, dm_account());
  // It takes no MAC.
  EXPECT_TRUE(install_bootstrap(device.tree(), {content->documents[0].octets, ""}, {},
                                {BootstrapSource::smartcard, content->iccid, false, {}}));
}

TEST_F(SmartCard, BOOT_070_PaddingOfAnyKindAndWholeFiles) {
  for (const Octets& padding : {Octets(), Octets(5, '\0'), Octets(1, '\xFF'), Octets("x")}) {
    const CardImage image("");  // in the master file
    image.dodf(CardImage::oid_entry("6431"));
    image.document("6431", dm_account() + padding);
    const auto content = read(image);
    ASSERT_TRUE(content && content->documents.size() == 1) << padding.size();
    EXPECT_EQ(content->documents[0].octets, dm_account());
  }
}

TEST_F(SmartCard, BOOT_075_TheDirectoryFileOfOlderCards) {
  const CardImage image;
  image.put("2F00", hex("61124F0CA000000063504B43532D31345102"
                        "6F00"
                        "61144F0CA000000063504B43532D3135"
                        "51043F007F50"));
  image.dodf(CardImage::opaque_entry("6431"));
  image.document("6431", dm_account());
  const auto content = read(image);
  ASSERT_TRUE(content) << content.error().detail;
  ASSERT_EQ(content->documents.size(), 1U);
  EXPECT_EQ(content->documents[0].octets, dm_account());
}

TEST_F(SmartCard, BOOT_075_SeveralDodfsInOrder) {
  const CardImage image;
  image.put(image.in_df("5031"), hex("A706300404026440"
                                     "A706300404026430"));
  image.dodf(CardImage::opaque_entry("6431"));
  image.put(image.in_df("6440"), CardImage::opaque_entry("6441", "020101"));
  image.document("6431", dm_account());
  image.document("6441", dm_message());
  const auto content = read(image);
  ASSERT_TRUE(content) << content.error().detail;
  ASSERT_EQ(content->documents.size(), 2U);
  EXPECT_EQ(content->documents[0].octets, dm_message());
  EXPECT_TRUE(content->documents[0].needs_consent);
  EXPECT_EQ(content->documents[1].octets, dm_account());
}

TEST_F(SmartCard, BOOT_077_WhatCannotBeReadIsNotedAndTheRestRead) {
  const CardImage image;
  image.dodf(CardImage::opaque_entry("6431") + CardImage::opaque_entry("6499"));
  image.document("6431", dm_account().substr(0, 200));
  const auto content = read(image);
  ASSERT_TRUE(content);
  EXPECT_TRUE(content->documents.empty());
  EXPECT_EQ(content->notes.size(), 2U);
}

TEST_F(SmartCard, BOOT_077_CardsWithoutBootstrap) {
  const CardImage image;
  image.remove("7F50/5031");
  const auto content = read(image);
  ASSERT_TRUE(content) << content.error().detail;
  EXPECT_TRUE(content->documents.empty());
  EXPECT_EQ(content->iccid, "89014103211118510720");
  EXPECT_FALSE(open_virtual_card(image.path() + "/none"));
  image.put("7F50/5031", hex("A77F"));
  EXPECT_FALSE(read(image));
}

// A card that talks nonsense.
class OddCard final : public ApduChannel {
 public:
  explicit OddCard(Octets response) : response_(std::move(response)) {}
  Result<Octets> transmit(Bytes) override {
    ++commands;
    return response_;
  }
  int commands = 0;

 private:
  Octets response_;
};

TEST_F(SmartCard, BOOT_077_AnyCardComesToAnEnd) {
  for (const char* response :
       {"", "90", "9000", "6110", "6C10", "6F00", "6982", "6A82", "6282", "01029000", "619000"}) {
    OddCard card(hex(response));
    const auto content = read_card(card);
    EXPECT_TRUE(!content || content->documents.empty()) << response;
    EXPECT_LT(card.commands, 10000) << response;
  }
}

}  // namespace
}  // namespace omadm
