// Requests that change one thing.
#include <nlohmann/json.hpp>
#include <utility>

#include "dmtree/ddf/ddf.h"
#include "tools/common/tree_request_parts.h"

namespace omadm {
namespace {

using nlohmann::json;

json done(const Uri& uri) { return {{"uri", uri.str()}}; }

// A node added without a value or a format is what its description says; where there is none it is an interior node.
std::optional<Format> format_without_value(const Tree& tree, const Uri& uri) {
  const DdfNode* described = tree.ddf().find(uri);
  if (described != nullptr && described->formats.size() == 1) return std::nullopt;
  return Format::node;
}

Result<void> set_property_of(const TreeRequest& request, const Address& address) {
  const auto property = property_from(address.argument);
  if (!property) return Error{Errc::unsupported, "there is no property '" + address.argument + "'"};
  const Octets text = DM_TRY(request.octets("value")).value_or("");
  Transaction transaction = request.begin("Replace");
  DM_TRY(about(address.node, transaction.set_property(address.node, *property, text)));
  return request.commit(std::move(transaction));
}

}  // namespace

Result<json> set_node(const TreeRequest& request) {
  const Address address = DM_TRY(request.address("uri"));
  if (address.suffix == Address::Suffix::list) return Error{Errc::not_allowed, "?list= cannot be set"};
  if (address.suffix == Address::Suffix::property) {
    DM_TRY(set_property_of(request, address));
    return done(address.node);
  }
  NewValue value;
  value.format = DM_TRY(request.format());
  value.type = request.text("type");
  value.data = DM_TRY(request.octets("value")).value_or("");
  Transaction transaction = request.begin("Replace");
  DM_TRY(about(address.node, transaction.replace(address.node, std::move(value))));
  DM_TRY(request.commit(std::move(transaction)));
  return done(address.node);
}

Result<json> add_node(const TreeRequest& request) {
  const Uri uri = DM_TRY(request.uri("uri"));
  NewNode node;
  const std::optional<Octets> value = DM_TRY(request.octets("value"));
  node.format = DM_TRY(request.format());
  if (!value && !node.format) node.format = format_without_value(request.tree(), uri);
  node.type = request.text("type");
  node.data = value.value_or("");
  if (node.format == Format::node && value && !value->empty()) {
    return Error{Errc::bad_format, "an interior node has no value"};
  }
  Transaction transaction = request.begin("Add");
  DM_TRY(about(uri, transaction.add(uri, std::move(node))));
  DM_TRY(request.commit(std::move(transaction)));
  return done(uri);
}

Result<json> remove_node(const TreeRequest& request) {
  const Uri uri = DM_TRY(request.uri("uri"));
  Transaction transaction = request.begin("Delete");
  DM_TRY(transaction.remove(uri));
  DM_TRY(request.commit(std::move(transaction)));
  return done(uri);
}

Result<json> rename_node(const TreeRequest& request) {
  const Uri uri = DM_TRY(request.uri("uri"));
  const std::string name = DM_TRY(request.required("name"));
  const Result<std::string> canonical = canonical_name(name);
  if (!canonical)
    return Error{Errc::malformed, "'" + name + "' is not the name of a node: " + canonical.error().detail};
  Transaction transaction = request.begin("Replace");
  DM_TRY(transaction.set_property(uri, Property::name, name));
  DM_TRY(request.commit(std::move(transaction)));
  return done(uri.parent().child(*canonical));
}

Result<json> copy_node(const TreeRequest& request) {
  const Uri source = DM_TRY(request.uri("source"));
  const Uri target = DM_TRY(request.uri("target"));
  Transaction transaction = request.begin("Copy");
  DM_TRY(transaction.copy(source, target));
  DM_TRY(request.commit(std::move(transaction)));
  return done(target);
}

Result<json> execute_node(const TreeRequest& request) {
  ExecRequest exec;
  exec.uri = DM_TRY(request.uri("uri"));
  exec.data = DM_TRY(request.octets("data")).value_or("");
  exec.correlator = request.text("correlator").value_or("");
  exec.server_id = request.who().server_id;
  const ExecOutcome outcome = DM_TRY(request.tree().exec(request.who(), exec));
  DM_TRY(request.tree().flush());
  json object = done(exec.uri);
  object["outcome"] = outcome == ExecOutcome::done ? "done" : "accepted";
  return object;
}

Result<json> set_acl(const TreeRequest& request) {
  const Uri uri = DM_TRY(request.uri("uri"));
  const std::string acl = DM_TRY(request.required("acl"));
  if (const Result<Acl> parsed = Acl::parse(acl); !parsed) {
    return Error{Errc::malformed, "'" + acl + "' is no ACL: " + parsed.error().detail};
  }
  Transaction transaction = request.begin("Replace");
  DM_TRY(transaction.set_property(uri, Property::acl, acl));
  DM_TRY(request.commit(std::move(transaction)));
  return show_acl(request);
}

}  // namespace omadm
