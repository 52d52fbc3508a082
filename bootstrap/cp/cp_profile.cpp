#include "bootstrap/cp/cp_profile.h"

#include <algorithm>
#include <vector>

#include "bootstrap/cp/connectivity.h"
#include "bootstrap/cp/w7_account.h"

namespace omadm {

Result<void> apply_cp_profile(Installation& installation, const Characteristic& document) {
  std::vector<const Characteristic*> accounts;
  std::vector<std::string> server_ids;
  for (const Characteristic* application : document.all("APPLICATION")) {
    const std::string* const id = application->value("APPID");
    if (id == nullptr || *id != "w7") continue;  // another application's, and its business
    if (const auto good = check_w7(*application); !good) {
      installation.note(good.error().detail);
      continue;
    }
    const std::string& server_id = *application->value("PROVIDER-ID");
    if (std::find(server_ids.begin(), server_ids.end(), server_id) != server_ids.end()) {
      installation.note("a second account for " + server_id + " was left out");
      continue;
    }
    accounts.push_back(application);
    server_ids.push_back(server_id);
  }
  if (accounts.empty()) return {};
  const Connectivity connectivity = DM_TRY(install_connectivity(installation, document, w7_acl(server_ids)));
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    DM_TRY(installation.add_to_inbox(inbox_uri(), w7_account(*accounts[i], connectivity, w7_acl({server_ids[i]}))));
  }
  return {};
}

}  // namespace omadm
