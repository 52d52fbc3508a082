// A model of the management tree that is too simple to be wrong: a map from path to node, and the rules of [TND]
// written down one after the other. It shares no code with the tree.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace omadm::test {

// What the device of the model describes; kDescription of tree_random_test.cpp says the same as a DDF.
struct ModelRule {
  std::string access;           // first letters: Add Copy Delete Exec Get Replace
  std::string format = "node";  // the one it takes
  bool permanent = false;
  std::size_t most = 1;        // instances; of a placeholder
  bool all_properties = true;  // else ACL, Format, Name and Type alone
  bool can(char command) const { return access.find(command) != std::string::npos; }
};

struct ModelNode {
  std::string format = "node";
  std::string data, title;
  std::map<std::string, std::set<std::string>> acl;  // command → servers; empty: inherits
  unsigned verno = 0;
  std::int64_t tstamp = 0;
  bool leaf() const { return format != "node"; }
};

// "" is the root, "a/b" a node. Every command returns "ok", "ok VALUE" or the name of the error, and changes nothing
// unless it is ok. The steps of TND-117 are numbered: 1 URI, 2 suffix, 3 node, 4 property, AccessType and permanence, 5
// ACL, 6 format, 7 value.
class TreeModel {
 public:
  static constexpr std::size_t kMaxDepth = 4, kMaxTotLen = 24, kMaxSegLen = 5;

  // As it is when opened for the first time.
  explicit TreeModel(std::int64_t opened) : now(opened) {
    node("").acl = {{"Add", {"*"}}, {"Get", {"*"}}};
    node("Perm");
    node("Perm/n").format = "int";
    node("Perm/n").data = "0";
    node("Perm/n").tstamp = now;
    touch("");  // Perm, and n below it, came to be
    touch("Perm");
  }

  std::string who;  // "" is a user at the device: no ACL binds him
  std::int64_t now = 0;

  // TND-027 … 029: `written` is the whole address, suffix included.
  static bool too_long(const std::string& path, const std::string& written) {
    std::size_t depth = path.empty() ? 0 : 1, segment = 0;
    for (const char c : path) {
      if (c == '/') ++depth;
      segment = c == '/' ? 0 : segment + 1;
      if (segment > kMaxSegLen) return true;
    }
    return depth > kMaxDepth || written.size() > kMaxTotLen;
  }

  std::string get(const std::string& path) const {
    if (!has(path)) return "not_found";                                       // 3
    if (const auto* r = rule(path); r && !r->can('G')) return "not_allowed";  // 4
    if (!grants(path, "Get")) return "permission_denied";                     // 5
    return "ok " + (at(path).leaf() ? at(path).data : child_names(path));
  }

  std::string list(const std::string& path) const {
    const std::string readable = get(path);
    return readable.starts_with("ok") ? "ok " + list_below(path) : readable;
  }

  std::string get_property(const std::string& path, const std::string& name) const {
    if (!has(path)) return "not_found";                        // 3
    if (!has_property(path, name)) return "unsupported";       // 4; TND-049: AccessType protects the value alone
    const bool parent_too = name == "ACL" && at(path).leaf();  // TND-069
    if (!grants(path, "Get") && !(parent_too && grants(parent(path), "Get"))) return "permission_denied";  // 5
    if (name == "ACL") return "ok " + acl_text(at(path));
    if (name == "Title") return "ok " + at(path).title;
    if (name == "Size") return "ok " + std::to_string(at(path).data.size());
    return "ok " + std::to_string(at(path).verno);
  }

  std::string add(const std::string& path, const std::string& format, const std::string& data) {
    if (has(path)) return "already_exists";  // 3
    const std::string nearest = nearest_existing(path);
    if (at(nearest).leaf()) return "not_allowed";  // TND-139
    if (const std::string refused = refused_place(path, nearest, format); !refused.empty()) {
      if (refused == "not_allowed") return refused;  // 4
      return grants(nearest, "Add") ? refused : "permission_denied";
    }
    if (!grants(nearest, "Add")) return "permission_denied";  // 5
    if (!fits(format, data)) return "veto";                   // 7
    for (std::string place = next_below(nearest, path);; place = next_below(place, path)) {
      ModelNode created;
      const bool last = place == path;
      created.format = last ? format : "node";
      if (created.leaf()) created.data = data;
      if (!created.leaf() && !grants(parent(place), "Replace")) {  // TND-066
        created.acl = {{"Add", {who}}, {"Delete", {who}}, {"Replace", {who}}};
      }
      created.tstamp = now;
      nodes_[place] = created;
      touch(parent(place));  // TND-137
      if (last) return "ok";
    }
  }

  // `format`: empty when it is not said.
  std::string replace(const std::string& path, const std::string& format, const std::string& data) {
    if (!has(path)) return "not_found";  // 3
    const ModelRule* r = rule(path);
    const bool other_format = !format.empty() && format != at(path).format;
    if (r && r->permanent && at(path).leaf() && other_format) return "not_allowed";  // 4, TND-133
    if (r && !r->can('R')) return "not_allowed";
    if (!at(path).leaf()) return "not_allowed";                // TND-097
    if (!grants(path, "Replace")) return "permission_denied";  // 5
    const std::string wanted = other_format ? format : at(path).format;
    if (wanted == "node" || (r && wanted != r->format)) return "bad_format";  // 6
    if (!fits(wanted, data)) return "veto";                                   // 7
    node(path).format = wanted;
    node(path).data = data;
    touch(path);
    return "ok";
  }

  std::string remove(const std::string& path) {
    if (!has(path)) return "not_found";  // 3
    if (path.empty()) return "not_allowed";
    if (const auto* r = rule(path); r && (!r->can('D') || r->permanent)) return "not_allowed";  // 4
    for (const auto& [place, unused] : nodes_) {
      if (within(place, path) && rule(place) && rule(place)->permanent) return "not_allowed";  // TND-106
    }
    if (!grants(path, "Delete")) return "permission_denied";  // 5
    std::erase_if(nodes_, [&](const auto& entry) { return within(entry.first, path); });
    touch(parent(path));
    return "ok";
  }

  std::string rename(const std::string& path, const std::string& name) {
    if (!has(path)) return "not_found";                                               // 3
    if (path.empty() || (rule(path) && rule(path)->permanent)) return "not_allowed";  // 4, TND-053
    if (!grants(path, "Replace")) return "permission_denied";                         // 5
    if (name.empty() || name == "." || name == "..") return "failed";                 // TND-055
    const std::string renamed = below(parent(path), name);
    if (renamed == path) return "ok";             // TND-056
    if (has(renamed)) return "already_exists";    // TND-052
    for (const auto& [place, unused] : nodes_) {  // TND-054
      const std::string moved = renamed + place.substr(std::min(path.size(), place.size()));
      if (within(place, path) && too_long(moved, "./" + moved)) return "uri_too_long";
    }
    if (rule(renamed) != rule(path) || !named_place(renamed)) return "not_allowed";
    std::map<std::string, ModelNode> moved;
    for (auto& [place, n] : nodes_) moved[within(place, path) ? renamed + place.substr(path.size()) : place] = n;
    nodes_ = std::move(moved);
    touch(parent(path));
    return "ok";
  }

  // `command` empty: the empty ACL.
  std::string set_acl(const std::string& path, const std::string& command, const std::string& server) {
    if (!has(path)) return "not_found";  // 3
    const bool own = path.empty() || !at(path).leaf();
    const bool granted = (own && grants(path, "Replace")) || (!path.empty() && grants(parent(path), "Replace"));
    if (!granted) return "permission_denied";                   // 5, TND-067
    if (path.empty() && command.empty()) return "not_allowed";  // TND-071
    if (path.empty() && !who.empty() && (command != "Add" || server != "*")) return "not_allowed";
    node(path).acl.clear();
    if (!command.empty()) node(path).acl[command] = {server};
    touch(path);
    return "ok";
  }

  std::string set_title(const std::string& path, const std::string& title) {
    if (!has(path)) return "not_found";                        // 3
    if (!has_property(path, "Title")) return "unsupported";    // 4
    if (!grants(path, "Replace")) return "permission_denied";  // 5
    node(path).title = title;
    touch(path);
    return "ok";
  }

  std::string copy(const std::string& source, const std::string& target) {
    if (!has(source)) return "not_found";                               // 3
    if (rule(source) && !rule(source)->can('G')) return "not_allowed";  // 4
    if (has(target) && rule(target) && !rule(target)->can('C')) return "not_allowed";
    const std::string there = nearest_existing(target);
    if (!at(source).leaf()) return "unavailable";  // TND-095
    if (has(target) ? !at(target).leaf() : at(there).leaf()) return "unavailable";
    if (!grants(source, "Get")) return "permission_denied";  // 5
    const ModelNode from = at(source);
    std::string done;
    if (!has(target)) {
      done = add(target, from.format, from.data);  // TND-112
    } else if (!grants(target, "Replace")) {
      return "permission_denied";
    } else if (rule(target) && rule(target)->format != from.format) {
      return "unavailable";
    } else {
      node(target).format = from.format;
      node(target).data = from.data;
      touch(target);
      return "ok";
    }
    return done == "bad_format" ? "unavailable" : done;
  }

  std::string exec(const std::string& path) const {
    if (!has(path)) return "not_found";                                               // 3
    if (path.empty() || (rule(path) && !rule(path)->can('E'))) return "not_allowed";  // 4
    return grants(path, "Exec") ? "unsupported" : "permission_denied";                // 5; nobody is there to act
  }

  // One line a node.
  std::string dump() const {
    std::string out;
    for (const auto& [path, n] : nodes_) {
      out += line(path, acl_text(n), n.format, n.data, n.title, n.verno, n.tstamp);
    }
    return out;
  }
  static std::string line(const std::string& path, const std::string& acl, const std::string& format,
                          const std::string& data, const std::string& title, unsigned verno, std::int64_t tstamp) {
    return "./" + path + " [" + acl + "] " + format + "=" + data + " '" + title + "' " + std::to_string(verno) + " " +
           std::to_string(tstamp) + "\n";
  }
  std::vector<std::string> paths() const {
    std::vector<std::string> all;
    for (const auto& [path, n] : nodes_) all.push_back(path);
    return all;
  }

 private:
  static bool within(const std::string& path, const std::string& top) {
    return path == top || top.empty() || path.starts_with(top + "/");
  }
  static std::string parent(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
  }
  static std::string below(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "/" + name;
  }
  static std::string next_below(const std::string& above, const std::string& path) {
    return path.substr(0, path.find('/', above.empty() ? 0 : above.size() + 1));
  }
  static std::string acl_text(const ModelNode& n) {
    std::string text;
    for (const auto& [command, servers] : n.acl) {
      text += (text.empty() ? "" : "&") + command + "=" + *servers.begin();
    }
    return text;
  }
  static bool fits(const std::string& format, const std::string& data) {
    return format != "int" || (!data.empty() && data.find_first_not_of("0123456789") == std::string::npos);
  }

  // The description of a node; null: not described.
  static const ModelRule* rule(const std::string& path) {
    static const ModelRule perm{"AG", "node", true, 1, false};
    static const ModelRule perm_n{"GR", "int", true, 1, true};
    static const ModelRule perm_any{"CDGR", "chr", false, 2, true};
    static const ModelRule lock{"AG", "node", false, 1, true};
    static const ModelRule lock_key{"CR", "chr", false, 1, true};
    if (path == "Perm") return &perm;
    if (path == "Perm/n") return &perm_n;
    if (path == "Lock") return &lock;
    if (path == "Lock/key") return &lock_key;
    if (path.starts_with("Perm/") && path.find('/', 5) == std::string::npos) return &perm_any;
    return nullptr;
  }
  // Whether a node may be there at all: below a described node only what is described.
  static bool named_place(const std::string& path) {
    return rule(path) != nullptr || parent(path).empty() || rule(parent(path)) == nullptr;
  }
  std::size_t instances(const ModelRule* of) const {
    std::size_t count = 0;
    for (const auto& [place, n] : nodes_) count += rule(place) == of ? 1U : 0U;
    return count;
  }
  // Whether the description lets `path` be created from `existing` on, each node as if added by itself; "" if so.
  std::string refused_place(const std::string& path, const std::string& existing, const std::string& format) const {
    std::string late;
    for (std::string above = existing; above != path;) {
      const std::string place = next_below(above, path);
      const ModelRule* r = rule(place);
      const std::string kind = place == path ? format : "node";
      if (rule(above) && !rule(above)->can('A')) return "not_allowed";
      if (!named_place(place)) return "not_allowed";
      if (r && (r->permanent || (r->most == instances(r) && parent(place) == existing))) return "not_allowed";
      if (r && r->format != kind) {
        late = "bad_format";  // 6: whatever is wrong with the place of a node below does not come to be looked at
        break;
      }
      above = place;
    }
    return late;
  }
  bool has_property(const std::string& path, const std::string& name) const {
    if (name == "Size" && !at(path).leaf()) return false;  // TND-041
    return name == "ACL" || !rule(path) || rule(path)->all_properties;
  }
  std::string list_below(const std::string& path) const {
    const ModelRule* r = rule(path);
    const bool readable = !r || r->can('G');
    std::string out = path + (at(path).leaf() && readable ? "=" + at(path).data : "") + ";";
    for (const std::string& child : children(path)) {
      if (readable && grants(child, "Get")) out += list_below(child);  // TND-085
    }
    return out;
  }
  std::vector<std::string> children(const std::string& path) const {
    std::vector<std::string> found;
    for (const auto& [place, n] : nodes_) {
      if (!place.empty() && parent(place) == path) found.push_back(place);
    }
    return found;
  }
  std::string child_names(const std::string& path) const {
    std::string names;
    for (const std::string& child : children(path)) {
      names += (names.empty() ? "" : "/") + child.substr(path.empty() ? 0 : path.size() + 1);
    }
    return names;
  }

  bool has(const std::string& path) const { return nodes_.count(path) != 0; }
  const ModelNode& at(const std::string& path) const { return nodes_.at(path); }
  ModelNode& node(const std::string& path) { return nodes_[path]; }
  void touch(const std::string& path) {
    node(path).verno = (node(path).verno + 1) % 65536;
    node(path).tstamp = now;
  }
  std::string nearest_existing(std::string path) const {
    while (!has(path)) path = parent(path);
    return path;
  }
  bool grants(std::string path, const std::string& command) const {
    if (who.empty()) return true;
    while (at(path).acl.empty()) path = parent(path);
    const auto entry = at(path).acl.find(command);
    return entry != at(path).acl.end() && (entry->second.count("*") != 0 || entry->second.count(who) != 0);
  }

  std::map<std::string, ModelNode> nodes_;
};

}  // namespace omadm::test
