// One w7 application of a provisioning document as a DM account. [w7], [StdObj] App. C; BOOT-011 … BOOT-015.
#pragma once

#include <string>

#include "base/result.h"
#include "bootstrap/cp/connectivity.h"
#include "bootstrap/cp/provisioning_document.h"
#include "dmtree/tnds/tnds.h"

namespace omadm {

// incomplete: no usable PROVIDER-ID, no address, or a port that is none.
Result<void> check_w7(const Characteristic& application);

// What the server of the account may do with all that came with it: Get, Replace and Delete (BOOT-016).
std::string w7_acl(const std::vector<std::string>& server_ids);

// Of an application that `check_w7` found good.
TndsDocument w7_account(const Characteristic& application, const Connectivity& connectivity, const std::string& acl);

}  // namespace omadm
