// A management object made from a provisioning document, as the Inbox takes it.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "dmtree/tnds/tnds.h"

namespace omadm {

// Paths are relative to the object and canonical. Interior nodes come into being with what is below them. Formats
// follow from the description of the object.
class ObjectBuilder {
 public:
  // `acl` on the object's root; empty: none of its own.
  ObjectBuilder(std::string_view mo_id, const std::string& acl) {
    TndsNode root = interior_node("");
    root.type = mo_id;
    if (!acl.empty()) root.acl = acl;
    document_.nodes.push_back(std::move(root));
  }

  void interior(std::string_view path) {
    const auto same = [&](const TndsNode& node) { return node.relative == path; };
    if (path.empty() || std::any_of(document_.nodes.begin(), document_.nodes.end(), same)) return;
    interior(parent(path));
    document_.nodes.push_back(interior_node(path));
  }
  void text(const std::string& path, std::string_view value) { leaf(path, value, false); }
  void binary(const std::string& path, Bytes value) { leaf(path, value, true); }

  TndsDocument take() && { return std::move(document_); }

 private:
  static TndsNode interior_node(std::string_view path) {
    TndsNode node;
    node.relative = path;
    node.format = Format::node;
    node.has_children = true;
    return node;
  }
  static std::string_view parent(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
  }
  void leaf(const std::string& path, Bytes value, bool raw) {
    interior(parent(path));
    TndsNode node;
    node.relative = path;
    if (raw) node.format = Format::bin;
    node.has_value = true;
    node.value = value;
    node.value_is_opaque = raw;
    document_.nodes.push_back(std::move(node));
  }

  TndsDocument document_;
};

}  // namespace omadm
