// Random commands against a model that is too simple to be wrong: a map from path to node.
#include <map>
#include <random>
#include <set>

#include "tests/unit/dmtree/tree_fixture.h"

namespace omadm::test {
namespace {

struct ModelNode {
  bool leaf = false;
  std::string data;
  std::map<std::string, std::set<std::string>> acl;  // command → servers; empty: inherits
};

// "" is the root, "a/b" a node. Undescribed nodes only.
class Model {
 public:
  Model() { nodes_[""].acl = {{"Add", {"*"}}, {"Get", {"*"}}}; }

  std::string get(const std::string& who, const std::string& path) const {
    if (!has(path)) return "not_found";
    if (!grants(who, path, "Get")) return "permission_denied";
    return "ok " + (nodes_.at(path).leaf ? nodes_.at(path).data : children(path));
  }
  std::string add(const std::string& who, const std::string& path, bool leaf, const std::string& data) {
    const std::string existing = nearest(path);
    if (has(path)) return "already_exists";
    if (nodes_.at(existing).leaf) return "not_allowed";
    if (!grants(who, existing, "Add")) return "permission_denied";
    for (std::size_t end = path.find('/', existing.empty() ? 0 : existing.size() + 1);; end = path.find('/', end + 1)) {
      const bool last = end == std::string::npos;
      const std::string place = path.substr(0, end);
      ModelNode node;
      node.leaf = last && leaf;
      if (node.leaf) node.data = data;
      if (!node.leaf && !grants(who, parent(place), "Replace")) {
        node.acl = {{"Add", {who}}, {"Delete", {who}}, {"Replace", {who}}};
      }
      nodes_[place] = node;
      if (last) return "ok";
    }
  }
  std::string replace(const std::string& who, const std::string& path, const std::string& data) {
    if (!has(path)) return "not_found";
    if (!nodes_.at(path).leaf) return "not_allowed";
    if (!grants(who, path, "Replace")) return "permission_denied";
    nodes_[path].data = data;
    return "ok";
  }
  std::string remove(const std::string& who, const std::string& path) {
    if (!has(path)) return "not_found";
    if (path.empty()) return "not_allowed";
    if (!grants(who, path, "Delete")) return "permission_denied";
    std::erase_if(nodes_, [&](const auto& entry) { return within(entry.first, path); });
    return "ok";
  }
  std::string rename(const std::string& who, const std::string& path, const std::string& name) {
    if (!has(path)) return "not_found";
    if (path.empty()) return "not_allowed";
    if (!grants(who, path, "Replace")) return "permission_denied";
    const std::string renamed = parent(path).empty() ? name : parent(path) + "/" + name;
    if (renamed == path) return "ok";
    if (has(renamed)) return "already_exists";
    std::map<std::string, ModelNode> moved;
    for (auto& [place, node] : nodes_) moved[within(place, path) ? renamed + place.substr(path.size()) : place] = node;
    nodes_ = std::move(moved);
    return "ok";
  }
  std::string set_acl(const std::string& who, const std::string& path, const std::string& command,
                      const std::string& server) {
    if (!has(path)) return "not_found";
    const bool own = path.empty() || !nodes_.at(path).leaf;
    const bool granted =
        (own && grants(who, path, "Replace")) || (!path.empty() && grants(who, parent(path), "Replace"));
    if (!granted) return "permission_denied";
    if (path.empty() && command.empty()) return "not_allowed";
    if (path.empty() && !who.empty() && (command != "Add" || server != "*")) return "not_allowed";
    nodes_[path].acl.clear();
    if (!command.empty()) nodes_[path].acl[command] = {server};
    return "ok";
  }

  // One line a node: address, own ACL, value.
  std::string dump() const {
    std::string out;
    for (const auto& [path, node] : nodes_) out += line(path, acl_text(node), node.leaf ? "=" + node.data : "");
    return out;
  }
  static std::string line(const std::string& path, const std::string& acl, const std::string& value) {
    return (path.empty() ? "." : "./" + path) + " [" + acl + "] " + value + "\n";
  }

 private:
  static bool within(const std::string& path, const std::string& top) {
    return path == top || top.empty() || path.starts_with(top + "/");
  }
  static std::string parent(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
  }
  static std::string acl_text(const ModelNode& node) {
    std::string text;
    for (const auto& [command, servers] : node.acl)
      text += (text.empty() ? "" : "&") + command + "=" + *servers.begin();
    return text;
  }
  bool has(const std::string& path) const { return nodes_.count(path) != 0; }
  std::string nearest(std::string path) const {
    while (!has(path)) path = parent(path);
    return path;
  }
  bool grants(const std::string& who, std::string path, const std::string& command) const {
    if (who.empty()) return true;
    while (nodes_.at(path).acl.empty()) path = parent(path);
    const auto& acl = nodes_.at(path).acl;
    const auto entry = acl.find(command);
    return entry != acl.end() && (entry->second.count("*") != 0 || entry->second.count(who) != 0);
  }
  std::string children(const std::string& path) const {
    std::string names;
    for (const auto& [place, node] : nodes_) {
      if (place.empty() || parent(place) != path) continue;
      names += (names.empty() ? "" : "/") + place.substr(path.empty() ? 0 : path.size() + 1);
    }
    return names;
  }

  std::map<std::string, ModelNode> nodes_;
};

class TreeRandom : public TreeTest {
 protected:
  std::string pick(const std::vector<std::string>& from) {
    return from[std::uniform_int_distribution<std::size_t>(0, from.size() - 1)(random)];
  }
  std::string random_path() {
    std::string path;
    for (int depth = std::uniform_int_distribution<int>(0, 3)(random); depth > 0; --depth) {
      path += (path.empty() ? "" : "/") + pick({"a", "b", "c"});
    }
    return path;
  }

  // Runs one random command on both and returns what each said.
  std::pair<std::string, std::string> step(Transaction& transaction, Model& model, const std::string& who) {
    const std::string path = random_path();
    const std::string uri = path.empty() ? "." : "./" + path;
    const std::string data = std::to_string(std::uniform_int_distribution<int>(0, 99)(random));
    const std::string verb = pick({"Get", "Add", "Add", "AddNode", "Replace", "Delete", "Name", "ACL"});
    if (verb == "Get") return {run(transaction, "Get " + uri), model.get(who, path)};
    if (verb == "Add") return {run(transaction, "Add " + uri + " chr " + data), model.add(who, path, true, data)};
    if (verb == "AddNode") return {run(transaction, "Add " + uri + " node"), model.add(who, path, false, "")};
    if (verb == "Replace") return {run(transaction, "Replace " + uri + " " + data), model.replace(who, path, data)};
    if (verb == "Delete") return {run(transaction, "Delete " + uri), model.remove(who, path)};
    const std::string name = pick({"a", "b", "c", "d"});
    if (verb == "Name")
      return {run(transaction, "Replace " + uri + "?prop=Name " + name), model.rename(who, path, name)};
    const std::string command = pick({"", "Add", "Delete", "Get", "Replace"});
    const std::string server = pick({"*", "A", "B"});
    return {run(transaction, "Replace " + uri + "?prop=ACL " + (command.empty() ? "" : command + "=" + server)),
            model.set_acl(who, path, command, server)};
  }

  std::string flat(const Transaction& transaction) {
    std::string out;
    std::map<std::string, Node> sorted;
    const Result<std::vector<Node>> nodes = transaction.list(Uri());
    EXPECT_TRUE(nodes);
    for (const Node& node : *nodes) sorted[std::string(node.uri.path())] = node;
    for (const auto& [path, node] : sorted) {
      out += Model::line(path, transaction.own_acl(node.uri)->str(), node.is_leaf() ? "=" + node.data : "");
    }
    return out;
  }

  std::mt19937 random{20240131};  // NOLINT(bugprone-random-generator-seed): the same sequences in every run
};

TEST_F(TreeRandom, TND_092_TND_107_CommandsAgreeWithAModel) {
  for (int sequence = 0; sequence < 300; ++sequence) {
    store = MemoryStore(sequence % 3 == 0 ? 5 : 0);
    open();
    Model committed;
    for (int transactions = 0; transactions < 6; ++transactions) {
      const std::string who = pick({"", "A", "B"});
      Model model = committed;
      Transaction transaction = tree->begin(who.empty() ? Principal::device() : Principal::server(who));
      bool failed = false;
      for (int steps = 0; steps < 8 && !failed; ++steps) {
        const auto [said, expected] = step(transaction, model, who);
        ASSERT_EQ(said, expected) << "sequence " << sequence;
        failed = !said.starts_with("ok");
        if (who.empty() && !failed) {
          ASSERT_EQ(flat(transaction), model.dump());
        }
      }
      // A session drops a transaction whose command failed; some others too.
      if (failed || pick({"commit", "commit", "drop"}) == "drop") continue;
      ASSERT_TRUE(std::move(transaction).commit());
      committed = model;
      ASSERT_EQ(flat(tree->begin(Principal::device())), committed.dump()) << "sequence " << sequence;
      ASSERT_TRUE(tree->flush());
    }
    const std::string before = dump();
    open();
    ASSERT_EQ(dump(), before) << "sequence " << sequence;
    ASSERT_EQ(flat(tree->begin(Principal::device())), committed.dump());
  }
}

}  // namespace
}  // namespace omadm::test
