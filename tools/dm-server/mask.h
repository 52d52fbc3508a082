// Takes secrets out of recorded messages; every length stays as it was.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "tools/dm-server/script.h"

namespace omadm::server {

class Mask {
 public:
  // Addresses of subtrees whose rest is still to come in later messages of one direction of a session. That they are
  // subtrees is told by the first piece only.
  using Pieces = std::set<std::string, std::less<>>;

  // Passwords, PINs and nonces of the script, as they are, in Base64 and escaped for XML, are secrets everywhere.
  explicit Mask(const Script& script);

  // Also without what the message itself tells to be secret: credentials, nonces, values of AAuthSecret and AAuthData.
  // What cannot be taken out exactly, like a subtree in pieces or in Base64, is taken out as a whole; should a secret
  // be left all the same, nothing of the body stays.
  Octets body(Bytes body, std::string_view content_type, Pieces& pieces) const;

 private:
  class Collector;

  std::vector<Octets> known_;
};

}  // namespace omadm::server
