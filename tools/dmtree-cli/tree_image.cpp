#include "tools/dmtree-cli/tree_image.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "base/io/clock.h"
#include "dmtree/tnds/transferred_value.h"
#include "tools/common/input.h"
#include "tools/common/tree_document.h"
#include "tools/dmtree-cli/discretion.h"
#include "tools/dmtree-cli/moment.h"
#include "tools/dmtree-cli/stored_past.h"

namespace omadm {
namespace {

constexpr std::uint64_t kMaxDocument = 64U << 20U;  // octets

enum class Kind : std::uint8_t { directory, file, neither };

Kind kind_of(const std::string& what) {
  if (what == "-") return Kind::file;
  struct stat status {};
  if (::stat(what.c_str(), &status) != 0) return Kind::neither;
  return S_ISDIR(status.st_mode) ? Kind::directory : Kind::file;
}

TreeImage image_of(const StoredNodes& nodes, std::string name) {
  TreeImage image;
  image.name = std::move(name);
  image.within.emplace_back();
  nodes.for_each([&image](const NodeRecord& node) {
    if (!Discretion::is_private(node.uri)) image.nodes[std::string(node.uri.path())] = {node};
  });
  return image;
}

Result<ImageNode> node_of(const TndsNode& given, Uri uri, const Ddf& ddf) {
  ImageNode image;
  const TransferredValue value =
      DM_TRY(store_transferred(ddf.find(uri), given.format, given.value, given.value_is_opaque));
  image.node.uri = std::move(uri);
  image.node.format = given.has_children ? Format::node : value.format.value_or(Format::chr);
  const bool leaf = image.node.format != Format::node;
  image.node.type = leaf && given.type.empty() ? std::string(kTextPlain) : given.type;
  image.node.acl = given.acl.value_or("");
  image.node.title = given.title.value_or("");
  image.node.data = value.data;
  image.value_known = given.has_value || !leaf;
  image.acl_known = given.acl.has_value();
  image.title_known = given.title.has_value();
  return image;
}

Result<TreeImage> image_of(const TndsDocument& document, std::string name, const ImageSource& source) {
  TreeImage image;
  image.name = std::move(name);
  for (const TndsNode& given : document.nodes) {
    const Uri uri = given.relative.empty() ? source.at : source.at.child(given.relative);
    if (!image.knows(uri)) image.within.push_back(uri);
    if (Discretion::is_private(uri) || uri.is_root()) continue;
    image.nodes[std::string(uri.path())] = DM_TRY(node_of(given, uri, source.ddf));
  }
  return image;
}

Result<TreeImage> image_at(const Moment& moment, const std::string& what, const std::string& directory) {
  StoredPast past = DM_TRY(load_past(directory));
  const std::size_t count = DM_TRY(past.commits_until(moment));
  const History& history = past.history;
  const std::uint64_t sequence = history.sequence + count;
  const std::int64_t time = count > 0 ? history.commits[count - 1].time : history.time;
  std::string name = fmt::format("{}, after commit {}", what, sequence);
  if (sequence != 0) name += " of " + rfc3339(time);
  return image_of(DM_TRY(history.after(count, std::move(past.now))), std::move(name));
}

}  // namespace

bool TreeImage::knows(const Uri& uri) const {
  return std::any_of(within.begin(), within.end(), [&uri](const Uri& top) { return uri.is_within(top); });
}

Result<TreeImage> read_image(const std::string& what, const ImageSource& source) {
  switch (kind_of(what)) {
    case Kind::directory:
      return image_of(DM_TRY(load_past(what)).now, what);
    case Kind::file: {
      const Octets content = DM_TRY(read_input(what, kMaxDocument));
      const Result<TndsDocument> document = read_tree_document(content);
      if (!document) return Error{document.error().code, what + ": " + document.error().detail};
      return image_of(*document, what, source);
    }
    case Kind::neither:
      break;
  }
  const auto moment = parse_moment(what, SystemClock().utc_seconds());
  if (moment) return image_at(*moment, what, source.state_directory);
  return Error{Errc::malformed,
               "'" + what + "' is no state directory, no export, and no moment like " + std::string(kMomentForms)};
}

}  // namespace omadm
