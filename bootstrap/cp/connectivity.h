// NAPDEF and PXLOGICAL of a provisioning document as connectivity objects. [ProvCont], [ConnMO]; BOOT-013.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bootstrap/cp/provisioning_document.h"
#include "bootstrap/installation.h"

namespace omadm {

// Where the access points and proxies of a document are in the tree, by the names the document gives them.
struct Connectivity {
  std::map<std::string, std::string, std::less<>> naps, proxies;
};

// `acl` for each object. One that lacks its name or address is left out with a note.
Result<Connectivity> install_connectivity(Installation& installation, const Characteristic& document,
                                          const std::string& acl);

}  // namespace omadm
