// The account a client is to be given, as a bootstrap document.
#pragma once

#include <string>

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

}  // namespace omadm::server
