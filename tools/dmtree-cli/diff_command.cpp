#include "tools/dmtree-cli/diff_command.h"

#include <set>
#include <utility>

#include "base/text.h"
#include "tools/common/control_protocol.h"
#include "tools/common/exit_code.h"
#include "tools/dmtree-cli/configured_ddfs.h"
#include "tools/dmtree-cli/discretion.h"
#include "tools/dmtree-cli/tree_access.h"
#include "tools/dmtree-cli/tree_image.h"

namespace omadm {
namespace {

using nlohmann::json;

class Comparison {
 public:
  Comparison(const TreeImage& before, const TreeImage& after, const Discretion& discretion)
      : before_(before), after_(after), discretion_(discretion) {}

  json run() const {
    std::set<std::string_view> paths;
    for (const TreeImage* image : {&before_, &after_}) {
      for (const auto& [path, node] : image->nodes) paths.insert(path);
    }
    json changes = json::array();
    for (const std::string_view path : paths) compare(path, changes);
    return json{{"before", before_.name}, {"after", after_.name}, {"changes", std::move(changes)}};
  }

 private:
  static const ImageNode* find(const TreeImage& image, std::string_view path) {
    const auto found = image.nodes.find(path);
    return found != image.nodes.end() ? &found->second : nullptr;
  }

  void compare(std::string_view path, json& changes) const {
    const ImageNode* const before = find(before_, path);
    const ImageNode* const after = find(after_, path);
    const Uri& uri = (before != nullptr ? before : after)->node.uri;
    if (!before_.knows(uri) || !after_.knows(uri)) return;
    json properties = json::object();
    if (before != nullptr && after != nullptr) {
      differences(*before, *after, properties);
      if (properties.empty()) return;
    } else {
      whole(*(before != nullptr ? before : after), before != nullptr ? "before" : "after", properties);
    }
    const char* const change = before == nullptr ? "added" : after == nullptr ? "removed" : "changed";
    changes.push_back({{"uri", uri.str()}, {"change", change}, {"properties", std::move(properties)}});
  }

  json value_of(const NodeRecord& node) const {
    if (discretion_.hides(node.uri)) return json{{"hidden", true}};
    if (is_utf8(node.data)) return node.data;
    return json{{"base64", base64_encode(node.data)}};
  }

  void differences(const ImageNode& before, const ImageNode& after, json& out) const {
    const NodeRecord& a = before.node;
    const NodeRecord& b = after.node;
    const auto differ = [&out](const char* name, json was, json is) {
      out[name] = {{"before", std::move(was)}, {"after", std::move(is)}};
    };
    if (a.format != b.format) differ("Format", to_string(a.format), to_string(b.format));
    if (a.type != b.type) differ("Type", a.type, b.type);
    if (before.value_known && after.value_known && a.data != b.data) differ("Value", value_of(a), value_of(b));
    if (before.acl_known && after.acl_known && a.acl != b.acl) differ("ACL", a.acl, b.acl);
    if (before.title_known && after.title_known && a.title != b.title) differ("Title", a.title, b.title);
  }

  void whole(const ImageNode& image, const char* side, json& out) const {
    const NodeRecord& node = image.node;
    out["Format"][side] = to_string(node.format);
    out["Type"][side] = node.type;
    if (node.format != Format::node && image.value_known) out["Value"][side] = value_of(node);
    if (!node.acl.empty()) out["ACL"][side] = node.acl;
    if (!node.title.empty()) out["Title"][side] = node.title;
  }

  const TreeImage& before_;
  const TreeImage& after_;
  const Discretion& discretion_;
};

json failure(const Error& error) {
  switch (error.code) {
    case Errc::malformed:
      return control_failure(error, kExitUsage);
    case Errc::corrupt:
    case Errc::unsupported:
    case Errc::unavailable:
      return store_failure(error);
    default:
      return control_failure(error, error.code == Errc::not_found ? kExitNotFound : kExitFailed);
  }
}

Result<json> compare(const Arguments& arguments, const Discretion& discretion) {
  ImageSource source{arguments.common.state_directory(), {}, discretion.ddf()};
  if (!arguments.at.empty()) source.at = DM_TRY(Uri::parse(arguments.at));
  if (arguments.before == "-" && arguments.after == "-") {
    return Error{Errc::malformed, "the standard input cannot be both"};
  }
  const TreeImage before = DM_TRY(read_image(arguments.before, source));
  const TreeImage after = DM_TRY(read_image(arguments.after, source));
  return Comparison(before, after, discretion).run();
}

}  // namespace

json compare_trees(const Arguments& arguments) {
  const Result<std::vector<std::string>> descriptions = configured_ddfs(arguments.common.config);
  if (!descriptions) return control_failure(descriptions.error(), kExitUsage);
  const Result<Discretion> discretion = Discretion::of_device(*descriptions);
  if (!discretion) return control_failure(discretion.error(), kExitUsage);
  Result<json> result = compare(arguments, *discretion);
  return result ? control_answer(std::move(*result)) : failure(result.error());
}

}  // namespace omadm
