// A device for tests: descriptions, a tree in a CrashStore, and a clock that stands still.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "base/io/clock.h"
#include "base/text.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/tree.h"
#include "tests/support/crash_store.h"
#include "tests/support/source_folder.h"

namespace omadm::test {

// `path` from the source root.
inline std::string read_source_file(const std::string& path) {
  std::ifstream file(source_folder() + "/" + path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Hexadecimal digits over any number of lines; '#' begins a comment line.
inline Octets read_hex_file(const std::string& path) {
  const std::string text = read_source_file(path);
  std::string digits;
  for (const std::string_view line : split(text, '\n')) {
    if (!line.starts_with('#')) digits += trim(line);
  }
  Result<Octets> octets = hex_decode(digits);
  EXPECT_TRUE(octets) << path;
  return octets ? std::move(octets).value() : Octets();
}

inline Uri uri(std::string_view text) {
  Result<Uri> result = Uri::parse(text);
  EXPECT_TRUE(result) << text;
  return result ? std::move(result).value() : Uri();
}

class FixedClock final : public Clock {
 public:
  std::int64_t utc_seconds() const override { return 1706687942; }  // 20240131T075902Z
  Steady steady() const override { return {}; }
};

class TreeDevice {
 public:
  // Descriptions as files from the source root.
  explicit TreeDevice(std::initializer_list<const char*> descriptions = {}) {
    for (const char* path : descriptions) describe(read_source_file(path), path);
  }
  void describe(std::string_view document, std::string_view origin = "test") {
    const Result<void> added = ddf.add(document, origin);
    EXPECT_TRUE(added) << added.error().detail;
  }
  Tree& tree() {
    if (!tree_) {
      Result<std::unique_ptr<Tree>> opened = Tree::open(store, ddf, clock);
      EXPECT_TRUE(opened) << opened.error().detail;
      if (!opened) std::abort();
      tree_ = std::move(opened).value();
    }
    return *tree_;
  }

  Transaction as_device() { return tree().begin(Principal::device()); }
  Transaction as_server(const std::string& id) { return tree().begin(Principal::server(id)); }

  void interior(std::string_view address, std::string_view type = "", std::string_view acl = "") {
    put(address, {Format::node, std::string(type), {}}, acl);
  }
  void leaf(std::string_view address, std::string_view value, Format format = Format::chr, std::string_view acl = "") {
    put(address, {format, std::string(kTextPlain), std::string(value)}, acl);
  }

  bool exists(std::string_view address) { return as_device().exists(uri(address)); }
  // The stored value; "(none)" where there is no such leaf.
  std::string value(std::string_view address) {
    const std::optional<Node> node = as_device().peek(uri(address));
    return node && node->is_leaf() ? node->data : "(none)";
  }
  Format format(std::string_view address) {
    const std::optional<Node> node = as_device().peek(uri(address));
    EXPECT_TRUE(node) << address;
    return node ? node->format : Format::null;
  }
  std::string type(std::string_view address) {
    const std::optional<Node> node = as_device().peek(uri(address));
    return node ? node->type : "(none)";
  }
  std::vector<std::string> children(std::string_view address) {
    const std::optional<Node> node = as_device().peek(uri(address));
    return node ? node->children : std::vector<std::string>{"(none)"};
  }
  std::string acl(std::string_view address) {
    const Result<Acl> acl = as_device().own_acl(uri(address));
    return acl ? acl->str() : "(none)";
  }

  CrashStore store;
  FixedClock clock;
  Ddf ddf;

 private:
  void put(std::string_view address, NewNode node, std::string_view acl) {
    Transaction transaction = as_device();
    Result<void> done = transaction.put(uri(address), std::move(node));
    EXPECT_TRUE(done) << address << ": " << done.error().detail;
    if (!acl.empty()) {
      done = transaction.set_property(uri(address), Property::acl, acl);
      EXPECT_TRUE(done) << address << ": " << done.error().detail;
    }
    done = std::move(transaction).commit();
    EXPECT_TRUE(done) << address << ": " << done.error().detail;
  }

  std::unique_ptr<Tree> tree_;
};

}  // namespace omadm::test
