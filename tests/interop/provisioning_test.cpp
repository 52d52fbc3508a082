// Client Provisioning: libwbxml and we read the same out of the same octets.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/text.h"
#include "bootstrap/cp/provisioning_document.h"
#include "tests/interop/libwbxml.h"
#include "tests/support/source_folder.h"

namespace omadm {
namespace {

Octets vector_v1() {
  std::ifstream file(test::source_folder() + "/tests/vectors/bootstrap/cp_account.hex");
  std::string digits;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with('#')) digits += line;
  }
  return hex_decode(digits).value_or("");
}

// As text that differs when anything in the document does.
std::string flat(const Characteristic& characteristic) {
  std::string text = "{" + characteristic.type;
  for (const ProvisioningParm& parm : characteristic.parms) text += " " + parm.name + "=" + parm.value;
  for (const Characteristic& child : characteristic.children) text += flat(child);
  return text + "}";
}

void expect_same(const Octets& wbxml) {
  const auto ours = read_provisioning(wbxml);
  ASSERT_TRUE(ours) << ours.error().detail;
  const test::Conversion conversion = test::libwbxml_to_xml(wbxml);
  ASSERT_EQ(conversion.error, WBXML_OK);
  const auto theirs = read_provisioning(conversion.document);
  ASSERT_TRUE(theirs) << theirs.error().detail << "\n" << conversion.document;
  EXPECT_EQ(flat(*ours), flat(*theirs));
}

Characteristic everything() {
  Characteristic document;
  document.children.push_back(
      {"NAPDEF",
       {{"NAPID", "N"}, {"BEARER", "GSM-GPRS"}, {"NAP-ADDRESS", "internet"}, {"NAP-ADDRTYPE", "APN"}},
       {{"NAPAUTHINFO", {{"AUTHTYPE", "PAP"}, {"AUTHNAME", "u"}, {"AUTHSECRET", "p"}}, {}}}});
  document.children.push_back(
      {"PXLOGICAL",
       {{"PROXY-ID", "W"}, {"NAME", "Way"}, {"STARTPAGE", "http://start/"}},
       {{"PXPHYSICAL",
         {{"PHYSICAL-PROXY-ID", "P"}, {"PXADDR", "192.0.2.8"}, {"PXADDRTYPE", "IPV4"}, {"TO-NAPID", "N"}},
         {{"PORT", {{"PORTNBR", "9401"}, {"SERVICE", "CO-WSP"}}, {}}}}}});
  document.children.push_back({"APPLICATION",
                               {{"APPID", "w7"}, {"PROVIDER-ID", "s"}, {"NAME", "Server"}, {"TO-PROXY", "W"}},
                               {{"APPADDR", {{"ADDR", "https://s/"}, {"ADDRTYPE", "ALPHA"}}, {}},
                                {"APPAUTH", {{"AAUTHLEVEL", "APPSRV"}, {"AAUTHTYPE", "DIGEST"}}, {}}}});
  return document;
}

TEST(ProvisioningInterop, BOOT_010_BOOT_020_TheSameToLibwbxml) {
  expect_same(vector_v1());
  expect_same(write_provisioning(everything(), Encoding::wbxml));
}

TEST(ProvisioningInterop, BOOT_010_WhatLibwbxmlWritesWeRead) {
  const Characteristic document = everything();
  for (const bool string_table : {false, true}) {
    const test::Conversion theirs = test::libwbxml_to_wbxml(write_provisioning(document, Encoding::xml), string_table);
    ASSERT_EQ(theirs.error, WBXML_OK);
    const auto read = read_provisioning(theirs.document);
    ASSERT_TRUE(read) << read.error().detail << " " << hex_encode(theirs.document);
    EXPECT_EQ(flat(*read), flat(document));
  }
}

}  // namespace
}  // namespace omadm
