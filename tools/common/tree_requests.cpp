#include "tools/common/tree_requests.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"
#include "client/command_status.h"
#include "tools/common/control_protocol.h"
#include "tools/common/exit_code.h"
#include "tools/common/tree_request_parts.h"

namespace omadm {
namespace {

struct Operation {
  std::string_view op;
  AccessType command;  // what a server would have sent
  Result<nlohmann::json> (*handle)(const TreeRequest& request);
};
constexpr std::array kOperations{
    Operation{"tree.get", AccessType::get, get_node},
    Operation{"tree.ls", AccessType::get, list_children},
    Operation{"tree.tree", AccessType::get, show_subtree},
    Operation{"tree.props", AccessType::get, show_properties},
    Operation{"tree.acl", AccessType::get, show_acl},
    Operation{"tree.explain", AccessType::get, explain_access},
    Operation{"tree.find", AccessType::get, find_nodes},
    Operation{"tree.ddf", AccessType::get, show_description},
    Operation{"tree.validate", AccessType::get, validate_subtree},
    Operation{"tree.set", AccessType::replace, set_node},
    Operation{"tree.add", AccessType::add, add_node},
    Operation{"tree.rm", AccessType::delete_, remove_node},
    Operation{"tree.mv", AccessType::replace, rename_node},
    Operation{"tree.cp", AccessType::copy, copy_node},
    Operation{"tree.exec", AccessType::exec, execute_node},
    Operation{"tree.set_acl", AccessType::replace, set_acl},
    Operation{"tree.export", AccessType::get, export_subtree},
    Operation{"tree.import", AccessType::add, import_document},
};

nlohmann::json refusal(const Error& error, AccessType command) {
  // What cannot be read at all never reaches the tree; what is left out neither.
  const bool usage = error.code == Errc::malformed || error.code == Errc::incomplete;
  nlohmann::json answer = usage ? control_failure(error, kExitUsage) : control_failure(error);
  const bool store = error.code == Errc::corrupt || error.code == Errc::io || error.code == Errc::conflict;
  if (!usage && !store) answer["status"] = command_status(error, command);
  return answer;
}

}  // namespace

nlohmann::json run_tree_request(Tree& tree, const nlohmann::json& request) {
  const std::string op = request.is_object() && request.contains("op") && request["op"].is_string()
                             ? request["op"].get<std::string>()
                             : std::string();
  for (const Operation& operation : kOperations) {
    if (operation.op != op) continue;
    const TreeRequest parts(tree, request);
    if (auto usable = parts.check(); !usable) return refusal(usable.error(), operation.command);
    Result<nlohmann::json> result = operation.handle(parts);
    return result ? control_answer(std::move(result).value()) : refusal(result.error(), operation.command);
  }
  return control_failure({Errc::unsupported, "unknown request '" + op + "'"}, kExitUsage);
}

std::unique_ptr<LiveValues> fetch_for_tree_request(Tree& tree, const nlohmann::json& request,
                                                   std::function<void()> ready) {
  struct Reader {
    std::string_view op;
    const char* field;
    bool subtree;
  };
  constexpr std::array kReaders{
      Reader{"tree.get", "uri", false},     Reader{"tree.props", "uri", false}, Reader{"tree.cp", "source", false},
      Reader{"tree.tree", "uri", true},     Reader{"tree.find", "uri", true},   Reader{"tree.export", "uri", true},
      Reader{"tree.validate", "uri", true},
  };
  if (!tree.reads_slowly() || !request.is_object()) return nullptr;
  const TreeRequest parts(tree, request);
  const std::string op = parts.text("op").value_or("");
  for (const Reader& reader : kReaders) {
    if (reader.op != op) continue;
    const auto address = Address::parse(parts.text(reader.field).value_or("."), tree.uri_limits());
    if (!address) return nullptr;  // refused when it runs
    return tree.fetch(parts.who(), {{address->node, reader.subtree}}, std::move(ready));
  }
  return nullptr;
}

TreeRequest::TreeRequest(Tree& tree, const nlohmann::json& body) : tree_(tree), body_(body), who_(Principal::user()) {
  if (auto server = text("as")) who_ = Principal::server(std::move(*server));
}

Result<void> TreeRequest::check() const {
  if (!acts_as_server() || is_server_id(who_.server_id)) return {};
  return Error{Errc::malformed, "'" + who_.server_id + "' is no server identifier"};
}

std::optional<std::string> TreeRequest::text(const char* field) const {
  const auto found = body_.find(field);
  if (found == body_.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::uint64_t> TreeRequest::number(const char* field) const {
  const auto found = body_.find(field);
  if (found == body_.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

bool TreeRequest::flag(const char* field) const {
  const auto found = body_.find(field);
  return found != body_.end() && found->is_boolean() && found->get<bool>();
}

Result<std::string> TreeRequest::required(const char* field) const {
  if (auto value = text(field)) return std::move(*value);
  return Error{Errc::incomplete, "the request lacks '" + std::string(field) + "'"};
}

Result<Uri> TreeRequest::uri(const char* field) const {
  const std::string given = DM_TRY(required(field));
  Result<Uri> parsed = Uri::parse(given, tree_.uri_limits());
  if (!parsed && parsed.error().code == Errc::malformed) {
    return Error{Errc::malformed, "'" + given + "' is not the address of a node: " + parsed.error().detail};
  }
  return parsed;
}

Result<Address> TreeRequest::address(const char* field) const {
  const std::string given = DM_TRY(required(field));
  Result<Address> parsed = Address::parse(given, tree_.uri_limits());
  if (!parsed && parsed.error().code == Errc::malformed) {
    return Error{Errc::malformed, "'" + given + "' is not an address: " + parsed.error().detail};
  }
  return parsed;
}

Result<std::optional<Octets>> TreeRequest::octets(const char* field) const {
  if (auto plain = text(field)) return std::optional<Octets>(std::move(*plain));
  const auto encoded = text((std::string(field) + "_base64").c_str());
  if (!encoded) return std::optional<Octets>();
  return std::optional<Octets>(DM_TRY(base64_decode(*encoded)));
}

Result<std::optional<Format>> TreeRequest::format() const {
  const auto name = text("format");
  if (!name) return std::optional<Format>();
  const auto format = format_from(*name);
  if (!format) return Error{Errc::malformed, "'" + *name + "' is no format"};
  return format;
}

Transaction TreeRequest::begin(std::string command) const {
  Origin origin;
  origin.command = std::move(command);
  return tree_.begin(who_, std::move(origin));
}

Result<void> TreeRequest::commit(Transaction transaction) const {
  DM_TRY(std::move(transaction).commit());
  return tree_.flush();
}

bool is_secret_name(std::string_view name) noexcept { return name == "AAuthSecret" || name == "AAuthData"; }

Result<void> about(const Uri& uri, Result<void> result) {
  if (result || result.error().detail.find(uri.str()) != std::string::npos) return result;
  return Error{result.error().code, uri.str() + ": " + result.error().detail};
}

void put_value(nlohmann::json& object, const Node& node) {
  if (!node.readable || is_secret_name(node.uri.name())) {
    object["hidden"] = true;
  } else if (!node.is_leaf()) {
    return;
  } else if (is_utf8(node.data)) {
    object["value"] = node.data;
  } else {
    object["value_base64"] = base64_encode(node.data);
  }
}

}  // namespace omadm
