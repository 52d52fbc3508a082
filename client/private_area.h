// What the client itself keeps in the tree, below ./.omadm, where only the device looks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "dmtree/tree.h"

namespace omadm {

// ./.omadm/<names…>; the names must be canonical.
Uri private_uri(std::initializer_list<std::string_view> names);

// The octets of a leaf; nullopt: there is none.
std::optional<Octets> read_private(Tree& tree, const Uri& leaf);
// Sets leaves in one commit, adding what is missing. Not flushed.
Result<void> write_private(Tree& tree, const std::vector<std::pair<Uri, Octets>>& leaves, std::string_view what);

// SessionIDs of sessions the client starts: a 16-bit counter 1 … FFFF that survives restarts, in upper
// case hexadecimal without leading zeros (PRO-032). Flushed on return.
Result<std::string> next_session_id(Tree& tree);

// The note of a nonce that a server was sent. Whether it arrived was not known then (SEC-095).
inline constexpr std::string_view kIssuedNonce = "AAuthData";  // dmtree-cli masks leaves of that name

// Notes about one server: what the last session with it showed.
class ServerNotes {
 public:
  ServerNotes(Tree& tree, std::string_view server_id);

  std::string get(std::string_view key) const;                                            // "" when there is none
  Result<void> set(const std::vector<std::pair<std::string_view, std::string>>& values);  // not flushed

 private:
  Uri leaf(std::string_view key) const;

  Tree& tree_;
  std::string server_id_;
  Uri root_;
};

}  // namespace omadm
