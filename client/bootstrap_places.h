// Where the client asks for a bootstrap document over HTTPS, in order. BOOT-080, BOOT-088, BOOT-090, MCPTT-014.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ports/service_finder.h"
#include "client/config.h"
#include "dmtree/tree.h"

namespace omadm {

struct BootstrapPlace {
  enum class Kind : std::uint8_t {
    named,   // by configuration, or by whoever called
    search,  // no place yet: servers are looked for by DNS, and asked in its stead
    found,   // by that; with others beside it, so none is asked twice
    card,    // the web server of a smart card
  };
  Kind kind = Kind::named;
  std::string url;
  std::string connect_to;  // HttpRequest::connect_to
  bool offline = false;    // on a local link: asked when no other server can be reached
};

// All there are: those of a Bootstrap Config object in the tree, those of the configuration, what DNS may find, the
// smart card; then those of a local link, or nothing but these when `offline`.
std::vector<BootstrapPlace> bootstrap_places(Tree& tree, const BootstrapConfig& config, bool offline);

// malformed: a key of it says what cannot be.
Result<void> check_places(const BootstrapConfig& config);

// One that DNS found for [bootstrap] discovery. The server has to prove that it is of the domain asked, not of whatever
// host DNS names (DNS-007).
BootstrapPlace found_place(const BootstrapConfig& config, const ServicePlace& place);

}  // namespace omadm
