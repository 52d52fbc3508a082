#include "base/markup/vocabulary.h"

#include <gtest/gtest.h>

#include "base/markup/markup.h"

namespace omadm {
namespace {

TEST(Vocabulary, PRO_402_EveryElementIsFoundByNameAndByToken) {
  int count = 0;
#define OMADM_CHECK(id, text, page, octet)                                 \
  EXPECT_EQ(xml_name(Element::id), text);                                  \
  EXPECT_EQ(code_page(Element::id), CodePage::page);                       \
  EXPECT_EQ(element_by_token(CodePage::page, octet), Element::id) << text; \
  EXPECT_EQ(element_by_name(CodePage::page, text), Element::id) << text;   \
  ++count;
  OMADM_ELEMENTS(OMADM_CHECK)
#undef OMADM_CHECK
  EXPECT_EQ(count, 55 + 18 + 56);
}

TEST(Vocabulary, NamesOfOnePageAreNotThoseOfAnother) {
  EXPECT_EQ(element_by_name(CodePage::syncml, "MetInf"), Element::unknown);
  EXPECT_EQ(element_by_name(CodePage::metinf, "Type"), Element::MetType);
  EXPECT_EQ(element_by_name(CodePage::dmddf, "Type"), Element::DdfType);
  EXPECT_EQ(element_by_name(CodePage::dmddf, "node"), Element::DdfNodeFormat);
  EXPECT_EQ(element_by_name(CodePage::dmddf, "Node"), Element::DdfNode);
}

TEST(Vocabulary, WhatIsInNoTableIsUnknown) {
  EXPECT_EQ(element_by_token(CodePage::syncml, 0x30), Element::unknown);  // reserved
  EXPECT_EQ(element_by_token(CodePage::syncml, 0x3D), Element::unknown);
  EXPECT_EQ(element_by_token(CodePage::syncml, 0xFF), Element::unknown);
  EXPECT_EQ(element_by_token(static_cast<CodePage>(7), 0x05), Element::unknown);
  EXPECT_EQ(element_by_name(CodePage::syncml, ""), Element::unknown);
  EXPECT_EQ(element_by_name(CodePage::syncml, "syncml"), Element::unknown);  // case matters
  EXPECT_EQ(element_by_name(CodePage::syncml, "ANameLongerThanAnyOther"), Element::unknown);
  EXPECT_EQ(xml_name(Element::unknown), "unknown");
}

TEST(Vocabulary, PRO_006_NamespacesOfAllVersionsBelongToTheirPage) {
  EXPECT_EQ(page_of_namespace("SYNCML:SYNCML1.2"), CodePage::syncml);
  EXPECT_EQ(page_of_namespace("SYNCML:SYNCML1.1"), CodePage::syncml);
  EXPECT_EQ(page_of_namespace("syncml:SYNCML1.2"), CodePage::syncml);
  EXPECT_EQ(page_of_namespace("syncml:metinf"), CodePage::metinf);
  EXPECT_EQ(page_of_namespace("syncml:metinf1.2"), CodePage::metinf);
  EXPECT_EQ(page_of_namespace("syncml:dmddf1.2"), CodePage::dmddf);
  EXPECT_EQ(page_of_namespace("syncml:dmddf"), CodePage::dmddf);
  EXPECT_EQ(page_of_namespace(""), std::nullopt);
  EXPECT_EQ(page_of_namespace("syncml:metinformation"), std::nullopt);
  EXPECT_EQ(page_of_namespace("http://schemas.microsoft.com/MobileDevice/DM"), std::nullopt);
}

TEST(Vocabulary, NamespacesAreWrittenInTheirOwnSpelling) {
  EXPECT_EQ(xml_namespace(CodePage::syncml), "SYNCML:SYNCML1.2");
  EXPECT_EQ(xml_namespace(CodePage::metinf), "syncml:metinf");
  EXPECT_EQ(xml_namespace(CodePage::dmddf), "syncml:dmddf1.2");
  EXPECT_EQ(to_string(Encoding::xml), "xml");
  EXPECT_EQ(to_string(Encoding::wbxml), "wbxml");
}

}  // namespace
}  // namespace omadm
