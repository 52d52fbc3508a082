// A device that can be bootstrapped, and proof that a refusal left it as it was.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "bootstrap/bootstrap.h"
#include "dmtree/tnds/tnds.h"
#include "tests/support/tree_device.h"

namespace omadm::test {

inline constexpr std::string_view kDmWbxml = "application/vnd.syncml.dm+wbxml";
inline constexpr std::string_view kDmXml = "application/vnd.syncml.dm+xml";

class BootstrapTest : public ::testing::Test {
 protected:
  static Octets dm_account() { return read_hex_file("tests/vectors/bootstrap/dm_account.hex"); }
  static Octets dm_message() { return read_hex_file("tests/vectors/bootstrap/dm_message.hex"); }

  static BootstrapSecrets secrets(const char* pin, const char* network) {
    BootstrapSecrets result;
    if (pin != nullptr) result.pin = Secret(pin);
    if (network != nullptr) result.network = Secret(network);
    return result;
  }

  Result<BootstrapOutcome> install(const Octets& octets, std::string_view content_type = "",
                                   const BootstrapSecrets& with = {}) {
    return install_bootstrap(device.tree(), {octets, std::string(content_type)}, with);
  }

  // Everything in the tree, and how often the store was written.
  std::string picture() {
    const auto document = write_tnds(device.as_device(), Uri(), Encoding::wbxml, TndsSelection{});
    EXPECT_TRUE(document);
    return document.value_or("") + ' ' + std::to_string(device.store.appended()) + ' ' +
           std::to_string(device.store.synced());
  }

  void expect_refused(Errc code, const Octets& octets, std::string_view content_type = "",
                      const BootstrapSecrets& with = {}) {
    const std::string before = picture();
    const auto outcome = install(octets, content_type, with);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, code) << to_string(outcome.error().code) << ": " << outcome.error().detail;
    EXPECT_EQ(picture(), before);
  }

  // TNDS text around `nodes`.
  static std::string tnds(std::string_view nodes) {
    return "<MgmtTree xmlns=\"syncml:dmddf1.2\"><VerDTD>1.2</VerDTD>" + std::string(nodes) + "</MgmtTree>";
  }
  static std::string leaf(std::string_view name, std::string_view value, std::string_view format = "chr") {
    return "<Node><NodeName>" + std::string(name) + "</NodeName><RTProperties><Format><" + std::string(format) +
           "/></Format></RTProperties><Value>" + std::string(value) + "</Value></Node>";
  }
  static std::string interior(std::string_view name, std::string_view below) {
    return "<Node><NodeName>" + std::string(name) + "</NodeName>" + std::string(below) + "</Node>";
  }
  static std::string object(std::string_view name, std::string_view mo_id, std::string_view below) {
    return "<Node><NodeName>" + std::string(name) + "</NodeName><RTProperties><Format><node/></Format><Type><DDFName>" +
           std::string(mo_id) + "</DDFName></Type></RTProperties>" + std::string(below) + "</Node>";
  }
  static std::string account(std::string_view name, std::string_view server, std::string_view addr,
                             std::string_view more = "") {
    return object(name, "urn:oma:mo:oma-dm-dmacc:1.0",
                  leaf("AppID", "w7") + leaf("ServerID", server) +
                      interior("AppAddr", interior("1", leaf("Addr", addr) + leaf("AddrType", "URI"))) +
                      std::string(more));
  }

  // A message of the DM profile in XML.
  static std::string message(std::string_view commands, std::string_view proto = "DM/1.2",
                             std::string_view source = "https://dm.example.net/dm") {
    return "<SyncML xmlns=\"SYNCML:SYNCML1.2\"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>" + std::string(proto) +
           "</VerProto><SessionID>0</SessionID><MsgID>0</MsgID><Target><LocURI>IMEI:1</LocURI></Target>"
           "<Source><LocURI>" +
           std::string(source) + "</LocURI></Source></SyncHdr><SyncBody>" + std::string(commands) +
           "<Final/></SyncBody></SyncML>";
  }
  static std::string inbox_add(std::string_view document, std::string_view target = "./Inbox") {
    return "<Add><CmdID>1</CmdID><Meta><Format xmlns=\"syncml:metinf\">xml</Format><Type xmlns=\"syncml:metinf\">"
           "application/vnd.syncml.dmtnds+xml</Type></Meta><Item><Target><LocURI>" +
           std::string(target) + "</LocURI></Target><Data><![CDATA[" + std::string(document) +
           "]]></Data></Item></Add>";
  }
  static std::string plain(std::string_view command, std::string_view target, std::string_view data,
                           std::string_view format = "chr") {
    return "<" + std::string(command) + "><CmdID>2</CmdID><Item><Target><LocURI>" + std::string(target) +
           "</LocURI></Target><Meta><Format xmlns=\"syncml:metinf\">" + std::string(format) + "</Format></Meta><Data>" +
           std::string(data) + "</Data></Item></" + std::string(command) + ">";
  }

  TreeDevice device{"mo/dmacc/dmacc.ddf.xml", "mo/inbox/inbox.ddf.xml"};
};

}  // namespace omadm::test
