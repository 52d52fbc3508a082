#include "tools/dmtree-cli/absent_handlers.h"

namespace omadm {

AbsentHandlers::AbsentHandlers(Tree& tree, const std::vector<ObjectFile>& objects) : tree_(tree) {
  for (const ObjectFile& object : objects) {
    for (const Uri& root : object.roots) tree_.attach(root, *this);
  }
}

Result<std::optional<Octets>> AbsentHandlers::read(const Uri& leaf) {
  read_.insert(leaf);
  return std::optional<Octets>();
}

Result<void> AbsentHandlers::check(const Transaction&, Edits edits) {
  for (const Edit& edit : edits) {
    if (edit.kind == Edit::Kind::property) continue;
    return Error{Errc::unavailable,
                 edit.uri.str() + " has a handler, which only the daemon calls: start `dm-client run` first"};
  }
  return {};
}

}  // namespace omadm
