// An ACL that is accepted is written so that it reads the same, and grants what its text says and nothing more.
#include "dmtree/acl.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace omadm;  // NOLINT(google-build-using-namespace)

// [TND] "ACL" read from the text alone: one entry of `command` names the server or everyone.
bool text_grants(std::string_view text, std::string_view command, std::string_view server) {
  for (const std::string_view entry : split(text, '&')) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || entry.substr(0, equals) != command) continue;
    for (const std::string_view id : split(entry.substr(equals + 1), '+')) {
      if (!id.empty() && (id == "*" || id == server)) return true;
    }
  }
  return false;
}

void check_grants(const Acl& acl, std::string_view text, std::string_view server) {
  for (const AccessType command : kAclCommands) {
    fuzz::require(acl.grants(command, server) == text_grants(text, to_string(command), server),
                  "an ACL grants what it says");
  }
  fuzz::require(!acl.grants(AccessType::copy, server), "Copy has no word of its own");
}

// TND-073. A command for everyone is not one server's to lose.
void check_removal(Acl acl, std::string_view server) {
  const Acl before = acl;
  const bool changed = acl.remove_server(server);
  fuzz::require(changed == (acl != before), "a change is told");
  for (const AccessType command : kAclCommands) {
    const bool everyone = before.grants(command, "=");  // no server is called so
    fuzz::require(acl.grants(command, server) == everyone, "a removed server has what everyone has");
    fuzz::require(acl.grants(command, "=") == everyone, "and everyone has what everyone had");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::octets(data, size);
  const auto acl = Acl::parse(input);
  if (!acl) return 0;
  const std::string text = acl->str();
  const auto again = Acl::parse(text);
  fuzz::require(again && *again == *acl, "parse(str()) gives the same ACL");
  fuzz::require(again->str() == text, "the written form is normal");
  fuzz::require(acl->empty() == text.empty(), "an empty ACL has no text");
  std::string_view named = text;
  named.remove_prefix(std::min(named.size(), named.rfind('=') + 1));
  named = named.substr(0, named.find('+'));
  for (const std::string_view server : {std::string_view("a"), named}) {
    if (!is_server_id(server)) continue;
    check_grants(*acl, input, server);
    check_grants(*acl, text, server);
    check_removal(*acl, server);
  }
  return 0;
}
