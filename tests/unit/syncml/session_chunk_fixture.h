// A session in which objects come in pieces.
#pragma once

#include <string>

#include "tests/unit/syncml/session_command_fixture.h"

namespace omadm {

class ChunkedSessionTest : public SessionCommandTest {
 protected:
  static std::string chunk(const std::string& command, const std::string& uri, const std::string& data, bool more,
                           const std::string& meta_members = {}) {
    return "<" + command + "><CmdID>3</CmdID>" + (meta_members.empty() ? "" : "<Meta>" + meta_members + "</Meta>") +
           item(uri, "<Data>" + data + "</Data>" + (more ? "<MoreData/>" : "")) + "</" + command + ">";
  }
  static std::string size(std::size_t octets) {
    return "<Size xmlns=\"syncml:metinf\">" + std::to_string(octets) + "</Size>";
  }
  static std::string format(const std::string& name) { return "<Format xmlns=\"syncml:metinf\">" + name + "</Format>"; }
  void send(const std::string& commands, bool last = false) {
    if (!session) start();
    receive(header_status(200) + commands + (last ? "<Final/>" : ""));
  }
};

}  // namespace omadm
