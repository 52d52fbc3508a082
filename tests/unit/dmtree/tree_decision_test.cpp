// The table command × situation of [RepPro] and [TND] as this project reads them, as far as the tree
// decides, and the order in which it decides (TND-117).
#include "tests/unit/dmtree/tree_fixture.h"

namespace omadm::test {
namespace {

class TreeDecision : public TreeTest {
 protected:
  void SetUp() override {
    describe({
        {.name = "Perm",
         .access = "Add Copy Delete Exec Get Replace",
         .scope = "Permanent",
         .children =
             {{.name = "leaf", .access = "Copy Delete Exec Get Replace", .format = "int", .scope = "Permanent"}}},
        {.name = "Mute",
         .access = "Get",
         .scope = "Permanent",
         .children = {{.name = "none", .access = "", .format = "chr", .occurrence = "ZeroOrOne"}}},
        {.name = "Inbox", .access = "Add", .scope = "Permanent"},
    });
    open();
    prepare({"Replace .?prop=ACL Add=A&Delete=A&Exec=A&Get=A&Replace=A", "Add ./leaf chr 1", "Add ./other chr 2",
             "Add ./i/sub chr 3", "Add ./Mute/none chr 4"});
    tree->set_uri_limits({4, 40, 20});
  }
};

struct Row {
  const char* situation;
  const char* uri;
  // Add as a leaf "9", Replace by "9", Copy from ./leaf. nullptr: nothing to say.
  const char *get, *add, *replace, *remove, *exec, *copy;
};

TEST_F(TreeDecision, TND_117_TND_088_CommandsAndSituations) {
  const char* const kLong = "uri_too_long";
  const char* const kGone = "not_found";
  const char* const kNo = "not_allowed";
  const char* const kDenied = "permission_denied";
  const char* const kBusy = "unavailable";
  const std::vector<Row> rows{
      {"segment too long", "./abcdefghijklmnopqrstu", kLong, kLong, kLong, kLong, kLong, nullptr},
      {"too deep", "./a/b/c/d/e", kLong, kLong, kLong, kLong, kLong, nullptr},
      {"illegal URI", "./a/", "malformed", "malformed", "malformed", "malformed", "malformed", nullptr},
      {"target missing", "./none", kGone, "ok", kGone, kGone, kGone, "ok"},
      {"parent missing", "./none/x", kGone, "ok", kGone, kGone, kGone, "ok"},
      {"parent is a leaf", "./leaf/x", kGone, kNo, kGone, kGone, kGone, kBusy},
      {"target exists", "./other", "ok", "already_exists", "ok", "ok", "unsupported", "ok"},
      {"target interior", "./i", "ok", "already_exists", kNo, "ok", "unsupported", kBusy},
      {"root", ".", "ok", "already_exists", kNo, kNo, kNo, kBusy},
      {"permanent interior", "./Perm", "ok", "already_exists", kNo, kNo, "unsupported", kBusy},
      {"permanent leaf", "./Perm/leaf", "ok", "already_exists", "ok", kNo, "unsupported", kBusy},
      {"AccessType lacks the command", "./Mute/none", kNo, "already_exists", kNo, kNo, kNo, kNo},
      {"AccessType of the parent lacks Add", "./Mute/x", kGone, kNo, kGone, kGone, kGone, kNo},
      {"Inbox", "./Inbox", kNo, kNo, kNo, kNo, kNo, kNo},
      {"below Inbox", "./Inbox/x", kNo, kNo, kNo, kNo, kNo, kNo},
      {"unknown property", "./leaf?prop=Owner", "unsupported", nullptr, "unsupported", nullptr, nullptr, nullptr},
      {"read-only property", "./leaf?prop=Size", "ok", nullptr, kNo, nullptr, nullptr, nullptr},
      {"unsupported property", "./i?prop=Size", "unsupported", nullptr, "unsupported", nullptr, nullptr, nullptr},
      {"permanent name", "./Perm?prop=Name", "ok", nullptr, kNo, nullptr, nullptr, nullptr},
  };
  const auto check = [&](const Row& row, const char* expected, const std::string& line) {
    if (expected == nullptr) return;
    Transaction transaction = tree->begin(Principal::server("A"));
    const std::string result = run(transaction, line);
    EXPECT_EQ(result.substr(0, result.find(' ')), expected) << row.situation << ": " << line;
  };
  for (const Row& row : rows) {
    const std::string uri = row.uri;
    check(row, row.get, "Get " + uri);
    check(row, row.add, "Add " + uri + " chr 9");
    check(row, row.replace, "Replace " + uri + " 9");
    check(row, row.remove, "Delete " + uri);
    check(row, row.exec, "Exec " + uri);
    check(row, row.copy, "Copy ./leaf " + uri);
  }
  // The same for a server without any right: what is forbidden for everybody comes before the ACL.
  const std::vector<Row> denied{
      {"ACL denies", "./other", kDenied, "already_exists", kDenied, kDenied, kDenied, kDenied},
      {"ACL denies a new node", "./none", kGone, kDenied, kGone, kGone, kGone, kDenied},
      {"AccessType before ACL", "./Mute/none", kNo, "already_exists", kNo, kNo, kNo, kNo},
      {"permanence before ACL", "./Perm/leaf", kDenied, "already_exists", kDenied, kNo, kDenied, kDenied},
      {"property before ACL", "./i?prop=Size", "unsupported", nullptr, "unsupported", nullptr, nullptr, nullptr},
      {"permanent name before ACL", "./Perm?prop=Name", kDenied, nullptr, kNo, nullptr, nullptr, nullptr},
      {"URI before everything", "./a/b/c/d/e", kLong, kLong, kLong, kLong, kLong, nullptr},
  };
  for (const Row& row : denied) {
    const std::string uri = row.uri;
    const auto check_denied = [&](const char* expected, const std::string& line) {
      if (expected == nullptr) return;
      Transaction transaction = tree->begin(Principal::server("B"));
      EXPECT_EQ(run(transaction, line), expected) << row.situation << ": " << line;
    };
    check_denied(row.get, "Get " + uri);
    check_denied(row.add, "Add " + uri + " chr 9");
    check_denied(row.replace, "Replace " + uri + " 9");
    check_denied(row.remove, "Delete " + uri);
    check_denied(row.exec, "Exec " + uri);
    check_denied(row.copy, "Copy ./leaf " + uri);
  }
}

TEST_F(TreeDecision, TND_117_RightsComeBeforeFormatsAndValues) {
  EXPECT_EQ(server("B", "Replace ./Perm/leaf x"), "permission_denied");
  EXPECT_EQ(server("A", "Replace ./Perm/leaf x"), "veto");
  EXPECT_EQ(server("B", "Add ./n int x"), "permission_denied");
  EXPECT_EQ(server("A", "Add ./n int x"), "veto");
  Transaction transaction = tree->begin(Principal::server("B"));
  EXPECT_EQ(outcome(transaction.replace(at("./leaf"), {Format::node, {}, "x"})), "permission_denied");
  EXPECT_EQ(outcome(transaction.replace(at("./Perm/leaf"), {Format::chr, {}, "x"})), "not_allowed");
}

}  // namespace
}  // namespace omadm::test
