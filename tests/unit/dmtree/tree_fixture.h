// A tree on a CrashStore, driven by command lines such as "Replace ./A/B?prop=ACL Get=*".
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/io/clock.h"
#include "base/text.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/tree.h"
#include "tests/support/crash_store.h"

namespace omadm::test {

class FakeClock final : public Clock {
 public:
  std::int64_t utc_seconds() const override { return now; }
  Steady steady() const override { return Steady(std::chrono::seconds(now)); }
  std::int64_t now = 1706687942;  // 20240131T075902Z
};

inline Uri at(std::string_view text) {
  Result<Uri> uri = Uri::parse(text);
  EXPECT_TRUE(uri) << text;
  return uri ? *uri : Uri();
}

// "ok", or the name of the error.
template <typename T>
std::string outcome(const Result<T>& result) {
  return result ? "ok" : std::string(to_string(result.error().code));
}

// One Node of a DDF. Parts left empty are left out.
struct Described {
  std::string name;
  std::string access = "Add Copy Delete Exec Get Replace";
  std::string format = "node";
  std::string scope = {};
  std::string occurrence = {};  // "ZeroOrMore", "ZeroOrN 3"
  std::string types = {};       // separated by blanks
  std::string default_value = {};
  std::string path = {};
  std::string properties = {};  // RTProperties
  std::vector<Described> children = {};
};

inline std::string empty_elements(const std::string& names) {
  std::string xml;
  for (const std::string_view name : split(names, ' ')) {
    if (!name.empty()) xml += "<" + std::string(name) + "/>";
  }
  return xml;
}

inline std::string node_xml(const Described& node) {
  const std::string type_element = node.format == "node" ? "DDFName" : "MIME";
  std::string types;
  for (const std::string_view type : split(node.types, ' ')) {
    types += "<" + type_element + ">" + std::string(type) + "</" + type_element + ">";
  }
  std::string xml = "<Node><NodeName>" + node.name + "</NodeName>";
  if (!node.path.empty()) xml += "<Path>" + node.path + "</Path>";
  if (!node.properties.empty()) {
    xml += "<RTProperties>" + empty_elements(node.properties) + "<Type><" + type_element + "/></Type></RTProperties>";
  }
  xml += "<DFProperties><AccessType>" + empty_elements(node.access) + "</AccessType>";
  if (!node.default_value.empty()) xml += "<DefaultValue>" + node.default_value + "</DefaultValue>";
  xml += "<DFFormat>" + empty_elements(node.format) + "</DFFormat>";
  if (!node.occurrence.empty()) {
    const std::vector<std::string_view> parts = split(node.occurrence, ' ');
    const std::string form(parts[0]);
    xml +=
        "<Occurrence><" + form + ">" + (parts.size() > 1 ? std::string(parts[1]) : "") + "</" + form + "></Occurrence>";
  }
  if (!node.scope.empty()) xml += "<Scope><" + node.scope + "/></Scope>";
  xml += "<DFType>" + types + "</DFType></DFProperties>";
  for (const Described& child : node.children) xml += node_xml(child);
  return xml + "</Node>";
}

inline std::string ddf_xml(const std::vector<Described>& nodes) {
  std::string xml = "<MgmtTree><VerDTD>1.2</VerDTD>";
  for (const Described& node : nodes) xml += node_xml(node);
  return xml + "</MgmtTree>";
}

class TreeTest : public ::testing::Test {
 protected:
  void describe(const std::vector<Described>& nodes) {
    const Result<void> added = ddf.add(ddf_xml(nodes), "test.ddf.xml");
    ASSERT_TRUE(added) << added.error().detail;
  }

  void open() {
    tree.reset();
    Result<std::unique_ptr<Tree>> opened = Tree::open(store, ddf, clock);
    ASSERT_TRUE(opened) << opened.error().detail;
    tree = std::move(opened).value();
  }
  Tree& opened() {
    if (!tree) open();
    return *tree;
  }

  // Runs one command and commits it when it succeeded. "ok", "ok VALUE" for Get, or the name of the error.
  //   Add URI [FORMAT [DATA]] · Get URI · Replace URI DATA · Delete URI · Copy SOURCE TARGET · Exec URI
  std::string run(const Principal& who, std::string_view line) {
    Transaction transaction = opened().begin(who);
    const std::string result = run(transaction, line);
    if (!result.starts_with("ok")) return result;
    const std::string committed = outcome(std::move(transaction).commit());
    return committed == "ok" ? result : committed;
  }

  std::string run(Transaction& transaction, std::string_view line) {
    std::vector<std::string> words;
    for (const std::string_view word : split(line, ' ')) {
      const std::size_t most = !words.empty() && words[0] == "Add" ? 4 : 3;
      if (words.size() == most) {
        words.back() += ' ' + std::string(word);  // data may hold blanks
      } else {
        words.emplace_back(word);
      }
    }
    if (words[0] == "Replace" && words.size() == 3) words.insert(words.begin() + 2, "");
    const auto argument = [&](std::size_t index) { return words.size() > index ? words[index] : std::string(); };
    const Result<Address> address = Address::parse(argument(1), opened().uri_limits());
    if (!address) return outcome(address);
    if (address->suffix == Address::Suffix::property) return run_property(transaction, *address, words);
    return run_node(transaction, address->node, words);
  }

  std::string device(std::string_view line) { return run(Principal::device(), line); }
  std::string user(std::string_view line) { return run(Principal::user(), line); }
  std::string server(const std::string& id, std::string_view line) { return run(Principal::server(id), line); }

  // Runs lines as the device and expects each to succeed.
  void prepare(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) EXPECT_EQ(device(line).substr(0, 2), "ok") << line;
  }

  bool exists(std::string_view uri) { return opened().begin(Principal::device()).exists(at(uri)); }
  std::string text(std::string_view uri) { return device("Get " + std::string(uri)); }
  std::string acl(std::string_view uri) { return device("Get " + std::string(uri) + "?prop=ACL"); }

  // Everything the tree holds, one line a node.
  std::string dump() { return dump(opened().begin(Principal::device())); }
  static std::string dump(const Transaction& transaction) {
    std::string out;
    const Result<std::vector<Node>> nodes = transaction.list(Uri());
    EXPECT_TRUE(nodes);
    for (const Node& node : *nodes) {
      out += node.uri.str();
      for (const Property property :
           {Property::acl, Property::format, Property::type, Property::title, Property::tstamp, Property::verno}) {
        out += " | " + transaction.property(node.uri, property).value_or("?");
      }
      out += " | " + node.data + "\n";
    }
    return out;
  }

  FakeClock clock;
  CrashStore store;
  Ddf ddf;
  std::unique_ptr<Tree> tree;

 private:
  static std::string run_property(Transaction& transaction, const Address& address,
                                  const std::vector<std::string>& words) {
    const std::optional<Property> property = property_from(address.argument);
    if (!property) return "unsupported";
    if (words[0] == "Get") {
      const Result<std::string> value = transaction.property(address.node, *property);
      return value ? "ok " + *value : outcome(value);
    }
    return outcome(transaction.set_property(address.node, *property, words.size() > 3 ? words[3] : ""));
  }

  std::string run_node(Transaction& transaction, const Uri& uri, const std::vector<std::string>& words) {
    const auto argument = [&](std::size_t index) { return words.size() > index ? words[index] : std::string(); };
    if (words[0] == "Get") {
      const Result<Node> node = transaction.get(uri);
      if (!node) return outcome(node);
      std::string names;
      for (const std::string& name : node->children) names += (names.empty() ? "" : "/") + name;
      return "ok " + (node->is_leaf() ? node->data : names);
    }
    if (words[0] == "Add") return outcome(transaction.add(uri, {format_from(argument(2)), std::nullopt, argument(3)}));
    if (words[0] == "Replace") return outcome(transaction.replace(uri, {std::nullopt, std::nullopt, argument(3)}));
    if (words[0] == "Delete") return outcome(transaction.remove(uri));
    if (words[0] == "Copy") return outcome(transaction.copy(uri, at(argument(2))));
    if (words[0] == "Exec") return outcome(opened().exec(transaction.principal(), {uri, {}, {}, {}}));
    ADD_FAILURE() << "unknown command " << words[0];
    return "?";
  }
};

}  // namespace omadm::test
