// Access control lists. [TND] "ACL". TND-061…076.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace omadm {

// What a node can be asked for: the five words of an ACL, and Copy, which has none (TND-072). [TND] "AccessType".
enum class AccessType : std::uint8_t { add, delete_, exec, get, replace, copy };
inline constexpr std::array kAclCommands{AccessType::add, AccessType::delete_, AccessType::exec, AccessType::get,
                                         AccessType::replace};
std::string_view to_string(AccessType command) noexcept;  // "Add", "Delete", "Exec", "Get", "Replace", "Copy"

// One node's own ACL. Empty means: the nearest ancestor with a value decides (TND-062).
class Acl {
 public:
  Acl() = default;
  // `Get=*&Replace=a+b`. The same command twice is united (TND-065); malformed otherwise.
  static Result<Acl> parse(std::string_view text);
  // Get, Replace and Delete for one server, as bootstrap gives (BOOT-016).
  static Acl granting(std::string_view server_id, std::initializer_list<AccessType> commands);

  bool empty() const noexcept { return entries_.empty(); }
  bool grants(AccessType command, std::string_view server_id) const noexcept;  // copy: never
  std::string str() const;  // normalised: Add, Delete, Exec, Get, Replace; ids in order of arrival
  // Without `server_id` (TND-073). True when something changed.
  bool remove_server(std::string_view server_id);

  friend bool operator==(const Acl&, const Acl&) = default;

 private:
  struct Entry {
    bool everyone = false;
    std::vector<std::string> servers;
    bool empty() const noexcept { return !everyone && servers.empty(); }
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  Entry& entry(std::size_t index);
  void normalise();

  std::vector<Entry> entries_;  // one a command in the order of kAclCommands, or none when all would be empty
};

// Whether `text` can stand in an ACL: printable, without = & * + and white space.
bool is_server_id(std::string_view text) noexcept;

}  // namespace omadm
