// The account a client is to be given, as a bootstrap document.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "tools/dm-server/script.h"

namespace omadm::server {

struct BootstrapAnswer {
  std::string content_type;
  Octets body;
};

// A DMAcc object in TNDS, bare or (dm+wbxml, dm+xml) in an Add to ./Inbox. `url` is this server's, with path.
BootstrapAnswer make_bootstrap(const BootstrapScript& script, const AccountScript& account, const std::string& url);
// What the user has to type for it: the PIN, with USERPINMAC as much of the MAC behind it (BOOT-031).
std::string user_pin(const BootstrapScript& script, Bytes document);

// What can be wrong with a document that was pushed, for tests of devices.
const std::vector<std::string>& bootstrap_wrongs();
void spoil(BootstrapAnswer& answer, std::string_view wrong);  // one of them; "": leaves it as it is

}  // namespace omadm::server
