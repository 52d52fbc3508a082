// What the server remembers of its clients from one session to the next: the nonces.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "tools/dm-server/script.h"

namespace omadm::server {

struct Nonces {
  std::optional<Octets> client;  // what the client uses next; we chose it
  std::optional<Octets> server;  // what we use next, for credentials and notifications; the client chose it
  std::optional<Octets> server_before;
  bool resynchronising = false;  // a notification went out under the default nonce
};

// Entries stay where they are for the life of the book.
class AccountBook {
 public:
  explicit AccountBook(const Script& script) : script_(script) {}

  // Of `account` with `device`; begins with the nonces of the script.
  Nonces& nonces(const AccountScript& account, const std::string& device);
  // The device this account was last used with; empty: none yet.
  std::string last_device(const AccountScript& account) const;
  void reset(const AccountScript& account, const std::string& device);  // to those of the script

  // As JSON. A file that is not there is an empty book. malformed, io.
  Result<void> load(const std::string& path);
  Result<void> save(const std::string& path) const;

 private:
  using Key = std::pair<std::string, std::string>;  // account, device
  const Script& script_;
  std::map<Key, Nonces> entries_;
  std::map<std::string, std::string> last_device_;
};

}  // namespace omadm::server
