// A session whose commands count: the transport vouches for both sides.
#pragma once

#include <string>

#include "tests/unit/syncml/session_fixture.h"

namespace omadm {

class SessionCommandTest : public SessionTest {
 protected:
  SessionCommandTest() {
    trust_transport();
    interior("./V", "Add=*&Get=*&Replace=*&Delete=*&Exec=*");
    set("./V/a", "1");
    set("./V/b", "2");
  }
  void run(const std::string& commands) {
    if (!session) start();
    receive(header_status(200) + commands + "<Final/>");
    if (!sent.empty() && sent.front() == "Status 0 SyncHdr 200") sent.erase(sent.begin());
  }
  static std::string item(const std::string& target, const std::string& rest = {}) {
    return "<Item><Target><LocURI>" + target + "</LocURI></Target>" + rest + "</Item>";
  }
  static std::string meta(const std::string& format, const std::string& type = {}) {
    return "<Meta>" + (format.empty() ? "" : "<Format xmlns=\"syncml:metinf\">" + format + "</Format>") +
           (type.empty() ? "" : "<Type xmlns=\"syncml:metinf\">" + type + "</Type>") + "</Meta>";
  }
};

}  // namespace omadm
