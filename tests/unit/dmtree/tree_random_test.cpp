// Random commands, alone and as Atomic, against a model (tree_model.h): the same answers, the same tree, and the same
// tree again when it is opened from what is on disk.
#include <algorithm>
#include <map>
#include <random>

#include "dmtree/store/journal_store.h"
#include "tests/support/crash_file_system.h"
#include "tests/unit/dmtree/tree_fixture.h"
#include "tests/unit/dmtree/tree_model.h"

namespace omadm::test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kSequences = 100;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr int kSequences = 100;
#else
constexpr int kSequences = 2500;
#endif
#else
constexpr int kSequences = 2500;
#endif

// Of 2500 sequences each: 10,000 in all.
class TreeRandom : public TreeTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  void SetUp() override {
    describe({
        {.name = "Perm",
         .access = "Add Get",
         .scope = "Permanent",
         .properties = "ACL Format Name",
         .children = {{.name = "n", .access = "Get Replace", .format = "int", .scope = "Permanent", .properties = kAll},
                      {.name = "",
                       .access = "Copy Delete Get Replace",
                       .format = "chr",
                       .occurrence = "ZeroOrN 2",
                       .properties = kAll}}},
        {.name = "Lock",
         .access = "Add Get",
         .occurrence = "ZeroOrOne",
         .properties = "ACL Format Name Title TStamp VerNo",
         .children = {{.name = "key",
                       .access = "Copy Replace",
                       .format = "chr",
                       .occurrence = "ZeroOrOne",
                       .properties = kAll}}},
    });
  }

  // From what is on disk.
  void reopen() {
    tree.reset();
    auto opened_store = JournalStore::open(disk, "state", {.compact_above = 700});
    ASSERT_TRUE(opened_store) << opened_store.error().detail;
    journal = *std::move(opened_store);
    auto opened_tree = Tree::open(*journal, ddf, clock);
    ASSERT_TRUE(opened_tree) << opened_tree.error().detail;
    tree = *std::move(opened_tree);
    tree->set_uri_limits({TreeModel::kMaxDepth, TreeModel::kMaxTotLen, TreeModel::kMaxSegLen});
  }

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random); }
  std::string pick(const std::vector<std::string>& from) { return from[below(from.size())]; }
  std::string random_path(const TreeModel& model) {
    std::string path = below(2) == 0 ? pick(model.paths()) : "";
    for (std::size_t depth = below(path.empty() ? 4 : 3); depth > 0; --depth) {
      const std::string name = pick({"a", "b", "c", "Perm", "Lock", "n", "x", "key", "a", "b", "longest"});
      path += (path.empty() ? "" : "/") + name;
    }
    return path;
  }

  // Runs one random command on both and returns what each said.
  std::pair<std::string, std::string> step(Transaction& transaction, TreeModel& model) {
    const std::string path = random_path(model);
    const std::string uri = path.empty() ? "." : "./" + path;
    const std::string data = pick({"1", "27", "365", "x", "1"});
    const auto run_on = [&](const std::string& verb, const std::string& suffix, const std::string& rest,
                            const std::function<std::string()>& expected) {
      command = verb + " " + uri + suffix + (rest.empty() ? "" : " " + rest);
      if (TreeModel::too_long(path, uri + suffix))
        return std::pair(run(transaction, command), std::string("uri_too_long"));
      return std::pair(run(transaction, command), expected());
    };
    switch (below(14)) {
      case 0:
        return run_on("Get", "", "", [&] { return model.get(path); });
      case 1: {
        const std::string name = pick({"ACL", "Title", "Size", "VerNo"});
        return run_on("Get", "?prop=" + name, "", [&] { return model.get_property(path, name); });
      }
      case 2:
        return list(transaction, model, path);
      case 3:
        return run_on("Add", "", "chr " + data, [&] { return model.add(path, "chr", data); });
      case 4:
        return run_on("Add", "", "int " + data, [&] { return model.add(path, "int", data); });
      case 5:
      case 6:
        return run_on("Add", "", "node", [&] { return model.add(path, "node", ""); });
      case 7:
        return run_on("Replace", "", data, [&] { return model.replace(path, "", data); });
      case 8:
        return replace_with_format(transaction, model, path, data);
      case 9:
        return run_on("Delete", "", "", [&] { return model.remove(path); });
      case 10: {
        const std::string name = pick({"a", "b", "d", "x", "Lock", "n", "..", "longest", "four"});
        return run_on("Replace", "?prop=Name", name, [&] { return model.rename(path, name); });
      }
      case 11: {
        const std::string word = pick({"", "Add", "Delete", "Get", "Replace", "Replace", "Exec"});
        const std::string server = pick({"*", "A", "B"});
        return run_on("Replace", "?prop=ACL", word.empty() ? "" : word + "=" + server,
                      [&] { return model.set_acl(path, word, server); });
      }
      case 12:  // Exec is no part of an Atomic
        return run_on(transaction.empty() ? "Exec" : "Get", "", "",
                      [&] { return command.starts_with("Exec") ? model.exec(path) : model.get(path); });
      default:
        return copy_or_title(transaction, model, path);
    }
  }

  std::pair<std::string, std::string> replace_with_format(Transaction& transaction, TreeModel& model,
                                                          const std::string& path, const std::string& data) {
    const std::string format = pick({"chr", "int", "node"});
    command = "Replace ./" + path + " with Format " + format + " " + data;
    const auto uri = Uri::parse(path.empty() ? "." : "./" + path, tree->uri_limits());
    if (!uri) return {outcome(uri), TreeModel::too_long(path, "./" + path) ? "uri_too_long" : "?"};
    const Result<void> done = transaction.replace(*uri, {format_from(format), std::nullopt, data});
    return {outcome(done), model.replace(path, format, data)};
  }

  std::pair<std::string, std::string> list(const Transaction& transaction, const TreeModel& model,
                                           const std::string& path) {
    command = "List ./" + path;
    const auto uri = Uri::parse(path.empty() ? "." : "./" + path, tree->uri_limits());
    if (!uri) return {outcome(uri), TreeModel::too_long(path, "./" + path) ? "uri_too_long" : "?"};
    const Result<std::vector<Node>> nodes = transaction.list(*uri);
    if (!nodes) return {outcome(nodes), model.list(path)};
    std::string out = "ok ";
    for (const Node& node : *nodes) {
      out += std::string(node.uri.path()) + (node.is_leaf() && node.readable ? "=" + node.data : "") + ";";
    }
    return {out, model.list(path)};
  }

  std::pair<std::string, std::string> copy_or_title(Transaction& transaction, TreeModel& model,
                                                    const std::string& path) {
    const std::string uri = path.empty() ? "." : "./" + path;
    if (below(4) == 0) {
      command = "Replace " + uri + "?prop=Title t";
      const std::string expected =
          TreeModel::too_long(path, uri + "?prop=Title") ? "uri_too_long" : model.set_title(path, "t");
      return {run(transaction, command), expected};
    }
    const std::string target = random_path(model);
    command = "Copy " + uri + " ./" + target;
    // Both addresses are read before anything is done.
    const auto to = Uri::parse(target.empty() ? "." : "./" + target, tree->uri_limits());
    if (!to) return {outcome(to), TreeModel::too_long(target, "./" + target) ? "uri_too_long" : "?"};
    const auto from = Uri::parse(uri, tree->uri_limits());
    if (!from) return {outcome(from), TreeModel::too_long(path, uri) ? "uri_too_long" : "?"};
    return {outcome(transaction.copy(*from, *to)), model.copy(path, target)};
  }

  std::string whole_tree() {
    std::map<std::string, std::string> lines;
    const Transaction transaction = tree->begin(Principal::device());
    const Result<std::vector<Node>> nodes = transaction.list(Uri());
    EXPECT_TRUE(nodes);
    for (const Node& node : *nodes) {
      const std::string path(node.uri.path());
      const auto text = [&](Property property) { return transaction.property(node.uri, property).value_or("?"); };
      const auto verno = parse_unsigned(text(Property::verno));
      lines[path] = TreeModel::line(path, text(Property::acl), std::string(to_string(node.format)), node.data,
                                    text(Property::title), static_cast<unsigned>(verno.value_or(99999)),
                                    stamps.at(text(Property::tstamp)));
    }
    std::string out;
    for (const auto& [path, line] : lines) out += line;
    return out;
  }

  void pass_time() {
    ++clock.now;
    stamps[iso8601_basic(clock.now)] = clock.now;
  }

  void run_sequence();
  void check_reopened(const TreeModel& committed) {
    const std::string before = dump();
    reopen();
    ASSERT_EQ(dump(), before);
    ASSERT_EQ(whole_tree(), committed.dump());
  }

  static constexpr const char* kAll = "ACL Format Name Size Title TStamp VerNo";
  CrashFileSystem disk;
  std::unique_ptr<JournalStore> journal;
  std::map<std::string, std::int64_t> stamps;
  std::string command;
  std::mt19937 random;
};

void TreeRandom::run_sequence() {
  tree.reset();
  disk = CrashFileSystem();
  pass_time();
  reopen();
  TreeModel committed(clock.now);
  ASSERT_EQ(whole_tree(), committed.dump());
  for (int packages = 0; packages < 5; ++packages) {
    for (int transactions = 0; transactions < 3; ++transactions) {
      pass_time();
      TreeModel model = committed;
      model.now = clock.now;
      model.who = pick({"", "", "A", "A", "B"});
      Transaction transaction = tree->begin(model.who.empty() ? Principal::user() : Principal::server(model.who));
      const std::size_t wanted = below(3) == 0 ? 6 : 1;  // an Atomic, or a command alone
      bool failed = false;
      for (std::size_t steps = 0; steps < wanted && !failed; ++steps) {
        const auto [said, expected] = step(transaction, model);
        ASSERT_EQ(said, expected) << command << " by \"" << model.who << "\" on\n" << model.dump();
        // What was only to be read has not failed an Atomic.
        failed = !said.starts_with("ok");
      }
      if (failed) continue;  // a session drops such a transaction: all or nothing
      ASSERT_TRUE(std::move(transaction).commit());
      committed = model;
    }
    ASSERT_TRUE(tree->flush());
    ASSERT_EQ(whole_tree(), committed.dump());
  }
  check_reopened(committed);
}

TEST_P(TreeRandom, TND_092_TND_107_TND_117_CommandsAgreeWithAModel) {
  for (int sequence = 0; sequence < kSequences && !HasFatalFailure(); ++sequence) {
    random.seed(GetParam() + static_cast<unsigned>(sequence));
    SCOPED_TRACE("sequence " + std::to_string(GetParam() + static_cast<unsigned>(sequence)));
    run_sequence();
  }
}

INSTANTIATE_TEST_SUITE_P(Quarters, TreeRandom, ::testing::Values(0U, 2500U, 5000U, 7500U));

}  // namespace
}  // namespace omadm::test
