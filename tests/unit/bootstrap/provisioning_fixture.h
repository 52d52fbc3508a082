// Provisioning documents for tests, in XML.
#pragma once

#include <string>
#include <string_view>

#include "bootstrap/cp/provisioning_document.h"
#include "tests/unit/bootstrap/bootstrap_fixture.h"

namespace omadm::test {

inline constexpr std::string_view kCpWbxml = kProvisioningWbxmlType;

class ProvisioningTest : public BootstrapTest {
 protected:
  ProvisioningTest() {
    device.describe(read_source_file("mo/connectivity/nap.ddf.xml"), "nap");
    device.describe(read_source_file("mo/connectivity/proxy.ddf.xml"), "proxy");
  }

  static Octets v1() { return read_hex_file("tests/vectors/bootstrap/cp_account.hex"); }

  static std::string parm(std::string_view name, std::string_view value) {
    return "<parm name=\"" + std::string(name) + "\" value=\"" + std::string(value) + "\"/>";
  }
  static std::string characteristic(std::string_view type, std::string_view content) {
    return "<characteristic type=\"" + std::string(type) + "\">" + std::string(content) + "</characteristic>";
  }
  static std::string document(std::string_view content, std::string_view version = "1.0") {
    return "<?xml version=\"1.0\"?><!DOCTYPE wap-provisioningdoc PUBLIC \"-//WAPFORUM//DTD PROV 1.0//EN\" "
           "\"http://www.wapforum.org/DTD/prov.dtd\"><wap-provisioningdoc version=\"" +
           std::string(version) + "\">" + std::string(content) + "</wap-provisioningdoc>";
  }
  static std::string address(std::string_view addr, std::string_view port = "") {
    return characteristic("APPADDR",
                          parm("ADDR", addr) + (port.empty() ? "" : characteristic("PORT", parm("PORTNBR", port))));
  }
  static std::string w7(std::string_view server, std::string_view more) {
    return characteristic("APPLICATION", parm("APPID", "w7") + parm("PROVIDER-ID", server) + std::string(more));
  }
  static std::string auth(std::string_view level, std::string_view name, std::string_view data = "") {
    return characteristic("APPAUTH", parm("AAUTHLEVEL", level) + parm("AAUTHTYPE", "DIGEST") + parm("AAUTHNAME", name) +
                                         parm("AAUTHSECRET", "secret of " + std::string(name)) +
                                         (data.empty() ? "" : parm("AAUTHDATA", data)));
  }
};

}  // namespace omadm::test
