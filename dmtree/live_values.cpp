// Live values that take time: which leaves a read will ask for, and waiting for all objects concerned.
#include <algorithm>
#include <utility>

#include "dmtree/tree.h"
#include "dmtree/tree_impl.h"

namespace omadm {
namespace {

// The values of several objects; `ready` once all have theirs.
class GatheredValues final : public LiveValues {
 public:
  explicit GatheredValues(std::function<void()> ready) : ready_(std::move(ready)) {}

  void start(std::size_t count) { awaited_ = count; }
  void keep(std::unique_ptr<LiveValues> values) { values_.push_back(std::move(values)); }
  void one_is_ready() {
    if (--awaited_ == 0) ready_();
  }

 private:
  std::function<void()> ready_;
  std::size_t awaited_ = 0;
  std::vector<std::unique_ptr<LiveValues>> values_;
};

struct Wanted {
  ManagementObject* object = nullptr;
  std::vector<Uri> leaves;
};

class LeafSearch {
 public:
  LeafSearch(const Tree::Impl& tree, const Transaction& transaction, std::vector<Wanted>& wanted)
      : tree_(tree), transaction_(transaction), wanted_(wanted) {}

  // Recursion is bounded by kMaxSegments.
  void look(const Uri& uri, bool subtree) {
    if (!leads_to_slow(uri) || !transaction_.check_right(uri, AccessType::get)) return;
    const std::optional<Node> node = transaction_.peek(uri);
    if (node->is_leaf()) return want(uri);
    if (!subtree) return;
    for (const std::string& name : node->children) look(uri.child(name), true);
  }

 private:
  bool leads_to_slow(const Uri& uri) const {
    return std::any_of(tree_.objects.begin(), tree_.objects.end(), [&](const auto& entry) {
      return entry.second->reads_slowly() && (entry.first.is_within(uri) || uri.is_within(entry.first));
    });
  }
  void want(const Uri& leaf) {
    ManagementObject* object = tree_.owner(leaf);
    if (object == nullptr || !object->reads_slowly() || tree_.is_untold(object, leaf)) return;
    auto entry = std::find_if(wanted_.begin(), wanted_.end(), [&](const Wanted& w) { return w.object == object; });
    if (entry == wanted_.end()) entry = wanted_.insert(entry, Wanted{object, {}});
    if (std::find(entry->leaves.begin(), entry->leaves.end(), leaf) == entry->leaves.end()) {
      entry->leaves.push_back(leaf);
    }
  }

  const Tree::Impl& tree_;
  const Transaction& transaction_;
  std::vector<Wanted>& wanted_;
};

}  // namespace

bool Tree::reads_slowly() const noexcept {
  return std::any_of(impl_->objects.begin(), impl_->objects.end(),
                     [](const auto& entry) { return entry.second->reads_slowly(); });
}

std::unique_ptr<LiveValues> Tree::fetch(const Principal& who, const std::vector<LiveRead>& reads,
                                        std::function<void()> ready) {
  if (!reads_slowly()) return nullptr;
  std::vector<Wanted> wanted;
  const Transaction transaction = begin(who);
  LeafSearch search(*impl_, transaction, wanted);
  for (const LiveRead& read : reads) search.look(read.uri, read.subtree);
  if (wanted.empty()) return nullptr;
  auto gathered = std::make_unique<GatheredValues>(std::move(ready));
  gathered->start(wanted.size());
  for (Wanted& part : wanted) {
    gathered->keep(part.object->fetch(std::move(part.leaves), [raw = gathered.get()] { raw->one_is_ready(); }));
  }
  return gathered;
}

}  // namespace omadm
