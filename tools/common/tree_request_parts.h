// What the requests of tree_requests.h are made of. For the files tree_*_requests.cpp alone.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dmtree/tree.h"

namespace omadm {

// A request under way. `body` comes from another process: every field is asked for with its type.
class TreeRequest {
 public:
  TreeRequest(Tree& tree, const nlohmann::json& body);

  Tree& tree() const noexcept { return tree_; }
  const Principal& who() const noexcept { return who_; }  // the server of "as", else the user
  bool acts_as_server() const noexcept { return who_.kind == Principal::Kind::server; }
  Result<void> check() const;  // malformed: "as" is no server identifier

  std::optional<std::string> text(const char* field) const;  // absent, or not a string: nullopt
  std::optional<std::uint64_t> number(const char* field) const;
  bool flag(const char* field) const;
  Result<std::string> required(const char* field) const;          // incomplete
  Result<Uri> uri(const char* field) const;                       // malformed, uri_too_long; absent: incomplete
  Result<Address> address(const char* field) const;               // also unsupported: unknown suffix
  Result<std::optional<Octets>> octets(const char* field) const;  // "field" as text, or "field_base64"
  Result<std::optional<Format>> format() const;                   // malformed: no such format

  Transaction begin(std::string command) const;
  // Commits and makes durable.
  Result<void> commit(Transaction transaction) const;

 private:
  Tree& tree_;
  const nlohmann::json& body_;
  Principal who_;
};

// Whether the value of a leaf of that name is never shown, wherever it is (UI-006).
bool is_secret_name(std::string_view name) noexcept;

// `result`, whose detail names the node it is about: the tree does not always.
Result<void> about(const Uri& uri, Result<void> result);

// Sets "value", "value_base64" or "hidden".
void put_value(nlohmann::json& object, const Node& node);

// One handler an op; the errors are those a server would be answered with.
Result<nlohmann::json> get_node(const TreeRequest& request);
Result<nlohmann::json> list_children(const TreeRequest& request);
Result<nlohmann::json> show_subtree(const TreeRequest& request);
Result<nlohmann::json> show_properties(const TreeRequest& request);
Result<nlohmann::json> show_acl(const TreeRequest& request);
Result<nlohmann::json> explain_access(const TreeRequest& request);
Result<nlohmann::json> find_nodes(const TreeRequest& request);
Result<nlohmann::json> show_description(const TreeRequest& request);
Result<nlohmann::json> validate_subtree(const TreeRequest& request);

Result<nlohmann::json> set_node(const TreeRequest& request);
Result<nlohmann::json> add_node(const TreeRequest& request);
Result<nlohmann::json> remove_node(const TreeRequest& request);
Result<nlohmann::json> rename_node(const TreeRequest& request);
Result<nlohmann::json> copy_node(const TreeRequest& request);
Result<nlohmann::json> execute_node(const TreeRequest& request);
Result<nlohmann::json> set_acl(const TreeRequest& request);

Result<nlohmann::json> export_subtree(const TreeRequest& request);
Result<nlohmann::json> import_document(const TreeRequest& request);

}  // namespace omadm
