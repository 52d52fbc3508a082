#include "dmtree/acl.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace omadm {
namespace {

constexpr std::array<std::string_view, 6> kCommandNames{"Add", "Delete", "Exec", "Get", "Replace", "Copy"};

// The place of `command` in an ACL; Copy has none.
std::optional<std::size_t> entry_index(AccessType command) noexcept {
  if (command == AccessType::copy) return std::nullopt;
  return static_cast<std::size_t>(command);
}

Error malformed(std::string_view what) { return Error{Errc::malformed, "ACL: " + std::string(what)}; }

}  // namespace

std::string_view to_string(AccessType command) noexcept { return kCommandNames[static_cast<std::size_t>(command)]; }

bool is_server_id(std::string_view text) noexcept {
  if (text.empty() || !is_utf8(text)) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet > 0x20 && octet != 0x7F && c != '=' && c != '&' && c != '*' && c != '+';
  });
}

Result<Acl> Acl::parse(std::string_view text) {
  Acl acl;
  if (text.empty()) return acl;
  std::array<std::set<std::string_view>, kAclCommands.size()> seen;  // a hostile text names very many
  for (const std::string_view part : split(text, '&')) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return malformed("an entry has no '='");
    const auto command = std::find_if(kAclCommands.begin(), kAclCommands.end(),
                                      [&](AccessType c) { return to_string(c) == part.substr(0, equals); });
    if (command == kAclCommands.end()) return malformed("unknown command");
    const std::size_t index = *entry_index(*command);
    Entry& entry = acl.entry(index);
    const std::string_view ids = part.substr(equals + 1);
    if (ids.empty()) continue;  // TND-065: a command for nobody is dropped
    for (const std::string_view id : split(ids, '+')) {
      if (id == "*") {
        entry.everyone = true;
      } else if (!is_server_id(id)) {
        return malformed("bad server identifier");
      } else if (seen[index].insert(id).second) {
        entry.servers.emplace_back(id);
      }
    }
  }
  for (Entry& entry : acl.entries_) {
    if (entry.everyone) entry.servers.clear();  // TND-064: '*' makes other ids redundant
  }
  acl.normalise();
  return acl;
}

Acl Acl::granting(std::string_view server_id, std::initializer_list<AccessType> commands) {
  Acl acl;
  for (const AccessType command : commands) {
    const auto index = entry_index(command);
    if (!index) continue;
    Entry& entry = acl.entry(*index);
    if (server_id == "*") {
      entry.everyone = true;
    } else if (entry.servers.empty()) {
      entry.servers.emplace_back(server_id);
    }
  }
  return acl;
}

Acl::Entry& Acl::entry(std::size_t index) {
  if (entries_.empty()) entries_.resize(kAclCommands.size());
  return entries_[index];
}

void Acl::normalise() {
  if (std::all_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.empty(); })) entries_.clear();
}

bool Acl::grants(AccessType command, std::string_view server_id) const noexcept {
  const auto index = entry_index(command);
  if (!index || entries_.empty()) return false;
  const Entry& entry = entries_[*index];
  return entry.everyone || std::find(entry.servers.begin(), entry.servers.end(), server_id) != entry.servers.end();
}

std::string Acl::str() const {
  std::string text;
  if (empty()) return text;
  for (const AccessType command : kAclCommands) {
    const Entry& entry = entries_[*entry_index(command)];
    if (entry.empty()) continue;
    if (!text.empty()) text.push_back('&');
    text += to_string(command);
    text.push_back('=');
    if (entry.everyone) {
      text.push_back('*');
      continue;
    }
    for (const std::string& server : entry.servers) {
      if (&server != &entry.servers.front()) text.push_back('+');
      text += server;
    }
  }
  return text;
}

bool Acl::remove_server(std::string_view server_id) {
  bool changed = false;
  for (Entry& entry : entries_) changed = std::erase(entry.servers, server_id) != 0 || changed;
  normalise();
  return changed;
}

}  // namespace omadm
