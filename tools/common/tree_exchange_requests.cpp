// Subtrees out and in: TNDS and JSON. An import merges: what is there and not in the document stays.
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/text.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/tnds/tnds.h"
#include "dmtree/tnds/transferred_value.h"
#include "tools/common/tree_document.h"
#include "tools/common/tree_request_parts.h"

namespace omadm {
namespace {

using nlohmann::json;

class Import {
 public:
  Import(Transaction& transaction, const Uri& target) : transaction_(transaction), target_(target) {}

  Result<void> run(const TndsDocument& document) {
    TndsDocument missing;
    for (const TndsNode& node : document.nodes) {
      const Uri uri = node.relative.empty() ? target_ : target_.child(node.relative);
      DM_TRY(uri.check(transaction_.tree().uri_limits()));
      if (!transaction_.exists(uri)) {
        missing.nodes.push_back(node);
        added.push_back(uri.str());
      } else if (DM_TRY(merge(uri, node))) {
        replaced.push_back(uri.str());
      } else {
        ++unchanged;
      }
    }
    if (missing.nodes.empty()) return {};
    return add_tnds(transaction_, target_, missing);
  }

  json added = json::array();
  json replaced = json::array();
  std::size_t unchanged = 0;

 private:
  // True when something of the existing node had to change.
  Result<bool> merge(const Uri& uri, const TndsNode& node) {
    const Node there = transaction_.peek(uri).value_or(Node{});
    const Format format = node.format.value_or(there.format);
    if (node.has_children ? there.is_leaf() : (format == Format::node) == there.is_leaf()) {
      return Error{Errc::bad_format, uri.str() + " is there as a node of another kind"};
    }
    bool changed = false;
    if (there.is_leaf() && node.has_value) changed = DM_TRY(merge_value(uri, node, there));
    if (node.acl && DM_TRY(transaction_.own_acl(uri)).str() != DM_TRY(acl_of(uri, *node.acl))) {
      DM_TRY(about(uri, transaction_.set_property(uri, Property::acl, *node.acl)));
      changed = true;
    }
    if (node.title && transaction_.property(uri, Property::title).value_or(*node.title) != *node.title) {
      DM_TRY(about(uri, transaction_.set_property(uri, Property::title, *node.title)));
      changed = true;
    }
    return changed;
  }

  Result<bool> merge_value(const Uri& uri, const TndsNode& node, const Node& there) {
    NewValue value;
    TransferredValue stored =
        DM_TRY(store_transferred(transaction_.tree().ddf().find(uri), node.format, node.value, node.value_is_opaque));
    value.format = stored.format;
    value.data = std::move(stored.data);
    if (!node.type.empty()) value.type = node.type;
    const bool same = value.data == there.data && value.format.value_or(there.format) == there.format &&
                      value.type.value_or(there.type) == there.type;
    if (same) return false;
    DM_TRY(about(uri, transaction_.replace(uri, std::move(value))));
    return true;
  }

  static Result<std::string> acl_of(const Uri& uri, const std::string& text) {
    const Result<Acl> acl = Acl::parse(text);
    if (!acl) return Error{Errc::bad_format, "ACL of " + uri.str() + ": " + acl.error().detail};
    return acl->str();
  }

  Transaction& transaction_;
  Uri target_;
};

}  // namespace

Result<json> export_subtree(const TreeRequest& request) {
  const std::string encoding = request.text("encoding").value_or("xml");
  if (encoding == "json") return show_subtree(request);
  if (encoding != "xml" && encoding != "wbxml") {
    return Error{Errc::malformed, "'" + encoding + "' is neither xml, wbxml nor json"};
  }
  const bool xml = encoding == "xml";
  const Uri uri = DM_TRY(request.uri("uri"));
  const Octets content =
      DM_TRY(write_tnds(request.begin("Get"), uri, xml ? Encoding::xml : Encoding::wbxml, TndsSelection{}));
  return json{
      {"uri", uri.str()}, {"type", xml ? kTndsXmlType : kTndsWbxmlType}, {"content_base64", base64_encode(content)}};
}

Result<json> import_document(const TreeRequest& request) {
  const Uri target = request.text("at") ? DM_TRY(request.uri("at")) : Uri();
  const std::optional<Octets> content = DM_TRY(request.octets("content"));
  if (!content) return Error{Errc::incomplete, "there is no document"};
  const bool dry_run = request.flag("dry_run");
  const TndsDocument document = DM_TRY(read_tree_document(*content));
  Transaction transaction = request.begin("Import");
  Import import(transaction, target);
  DM_TRY(import.run(document));
  if (!dry_run) DM_TRY(request.commit(std::move(transaction)));
  return json{{"at", target.str()},
              {"added", std::move(import.added)},
              {"replaced", std::move(import.replaced)},
              {"unchanged", import.unchanged},
              {"dry_run", dry_run}};
}

}  // namespace omadm
