#include "dmtree/tree.h"

#include <algorithm>
#include <array>
#include <utility>

#include "dmtree/access.h"
#include "dmtree/factory_nodes.h"
#include "dmtree/overlay.h"
#include "dmtree/tree_impl.h"

namespace omadm {
namespace {

constexpr std::array<std::string_view, 8> kPropertyNames{"ACL",   "Format", "Name", "Size",
                                                         "Title", "TStamp", "Type", "VerNo"};

// Objects that answer every commit with another one must not keep a flush busy for ever.
constexpr int kMaxFlushRounds = 16;

void put_name(std::string& name, const Principal& who) {
  switch (who.kind) {
    case Principal::Kind::server:
      name = "server:";
      name += who.server_id;
      return;
    case Principal::Kind::user:
      name = "user";
      return;
    case Principal::Kind::device:
      name = "device";
      return;
  }
}

Error store_failed(const Error& first) {
  return {Errc::io, "the store has failed, what was not made durable is lost with the next start: " + first.detail};
}

}  // namespace

std::string_view to_string(Property property) noexcept { return kPropertyNames[static_cast<std::size_t>(property)]; }

std::optional<Property> property_from(std::string_view name) noexcept {
  const auto found = std::find(kPropertyNames.begin(), kPropertyNames.end(), name);
  if (found == kPropertyNames.end()) return std::nullopt;
  return static_cast<Property>(found - kPropertyNames.begin());
}

ManagementObject* Tree::Impl::owner(const Uri& uri) const {
  const std::pair<Uri, ManagementObject*>* deepest = nullptr;
  for (const auto& entry : objects) {
    if (!uri.is_within(entry.first)) continue;
    if (deepest == nullptr || entry.first.path().size() >= deepest->first.path().size()) deepest = &entry;
  }
  return deepest != nullptr ? deepest->second : nullptr;
}

// Removing or renaming a node also touches the objects below it.
std::vector<TouchedObject> Tree::Impl::touched(const std::vector<Edit>& edits) const {
  std::vector<TouchedObject> all;
  for (const auto& [root, object] : objects) {
    TouchedObject touched{object, {}};
    for (const Edit& edit : edits) {
      const bool moves = edit.kind == Edit::Kind::remove || edit.kind == Edit::Kind::rename;
      const bool below = moves && root.is_within(edit.uri);
      const bool own = owner(edit.uri) == object || (edit.kind == Edit::Kind::rename && owner(edit.renamed) == object);
      if (below || own) touched.edits.push_back(edit);
    }
    const bool known =
        std::any_of(all.begin(), all.end(), [object = object](const TouchedObject& t) { return t.object == object; });
    if (!touched.edits.empty() && !known) all.push_back(std::move(touched));
  }
  return all;
}

bool Tree::Impl::is_attached(const ManagementObject* object) const {
  return std::any_of(objects.begin(), objects.end(), [&](const auto& entry) { return entry.second == object; });
}

bool Tree::Impl::is_untold(const ManagementObject* object, const Uri& leaf) const {
  for (const Unflushed& commit : unflushed) {
    for (const TouchedObject& part : commit.objects) {
      if (part.object != object) continue;
      const auto concerns = [&](const Edit& edit) {
        return edit.kind != Edit::Kind::property &&
               (leaf.is_within(edit.uri) || (edit.kind == Edit::Kind::rename && leaf.is_within(edit.renamed)));
      };
      if (std::any_of(part.edits.begin(), part.edits.end(), concerns)) return true;
    }
  }
  return false;
}

Tree::Tree(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Tree::~Tree() = default;

Result<std::unique_ptr<Tree>> Tree::open(Store& store, const Ddf& ddf, const Clock& clock) {
  auto impl = std::make_unique<Impl>(store, ddf, clock);
  const auto replay = [&](const CommitRecord& commit) -> Result<void> {
    for (const EditRecord& edit : commit.edits) DM_TRY(impl->nodes.apply(EditRecord(edit)));
    impl->sequence = commit.sequence;
    return {};
  };
  impl->report = DM_TRY(store.load(replay));
  std::unique_ptr<Tree> tree(new Tree(std::move(impl)));
  Transaction transaction = tree->begin(Principal::device(), {{}, {}, {}, {}, "open"});
  DM_TRY(add_factory_nodes(transaction));
  DM_TRY(std::move(transaction).commit());
  DM_TRY(tree->flush());
  return tree;
}

Transaction Tree::begin(const Principal& who) { return {*this, who}; }

Transaction Tree::begin(const Principal& who, Origin origin) {
  Transaction transaction(*this, who);
  transaction.origin_ = std::move(origin);
  return transaction;
}

Result<void> Transaction::commit() && { return std::move(*this).commit(origin_ ? *origin_ : Origin()); }

Result<void> Transaction::commit(const Origin& origin) && {
  Tree::Impl& impl = *tree_->impl_;
  if (empty()) return {};
  DM_TRY(ready());
  if (impl.store_failure) return store_failed(*impl.store_failure);
  std::vector<TouchedObject> touched = impl.touched(overlay_->edits());
  overlay_->unrestricted = true;
  for (const TouchedObject& part : touched) DM_TRY(part.object->check(*this, part.edits));
  DM_TRY(ready());  // an object may have committed something of its own

  CommitRecord& record = impl.record;
  record.sequence = impl.sequence + 1;
  record.time = impl.clock.utc_seconds();
  record.origin = origin;
  if (record.origin.who.empty()) put_name(record.origin.who, who_);
  record.edits.clear();
  std::move(*overlay_).take_records(record.edits);
  if (auto appended = impl.store.append(record); !appended) {
    if (appended.error().code != Errc::storage_full) impl.store_failure = appended.error();
    return appended;
  }
  // The commit point is behind us: what follows has no reason to fail, the overlay saw the same nodes.
  ++impl.sequence;
  ++impl.generation;
  const bool observed = !impl.observers.empty();
  for (EditRecord& edit : record.edits) {
    const TreeNode* overwritten = overlay_->next_overwritten();
    std::optional<EditRecord> copy;
    if (observed) copy = edit;
    auto applied = impl.nodes.apply(std::move(copy ? *copy : edit), overwritten);
    if (!applied) {
      impl.store_failure = applied.error();
      return applied;
    }
  }
  impl.unsynced = true;
  if (observed || !touched.empty()) {
    impl.unflushed.push_back({observed ? std::move(record) : CommitRecord(), std::move(touched)});
  }
  if (record.edits.capacity() > 2 * kNodesWorthKeeping) record.edits = std::vector<EditRecord>();
  record.edits.clear();
  if (overlay_->clear()) impl.spare_overlay = std::move(overlay_);
  return {};
}

Result<void> Tree::flush() {
  Impl& impl = *impl_;
  const auto pending = [&impl] { return impl.unsynced || !impl.unflushed.empty(); };
  if (!pending()) return {};
  for (int round = 0; pending(); ++round) {
    if (impl.store_failure) return store_failed(*impl.store_failure);
    if (auto synced = impl.store.sync(); !synced) {
      impl.store_failure = synced.error();
      return synced;
    }
    impl.unsynced = false;
    // Called by an object that is being told: the flush under way tells the others.
    if (impl.flushing || round == kMaxFlushRounds) return {};
    impl.flushing = true;
    const std::vector<Impl::Unflushed> batch = std::exchange(impl.unflushed, {});
    for (const Impl::Unflushed& commit : batch) {
      for (const TouchedObject& part : commit.objects) {
        if (impl.is_attached(part.object)) part.object->committed(part.edits);
      }
      if (commit.record.sequence == 0) continue;
      for (std::size_t i = 0; i < impl.observers.size(); ++i) {
        const Observer observer = impl.observers[i];  // a copy: it may add another one
        observer(commit.record);
      }
    }
    impl.flushing = false;
  }
  if (!impl.store.wants_compaction()) return {};
  // What was promised is durable already; when this fails only later commits suffer.
  const auto snapshot = [&](const std::function<void(const NodeRecord&)>& put) { impl.nodes.for_each(put); };
  const Result<void> compacted = impl.store.compact(impl.sequence, snapshot);
  if (!compacted && compacted.error().code != Errc::storage_full) impl.store_failure = compacted.error();
  impl.nodes.sweep_types();
  return {};
}

Result<ExecOutcome> Tree::exec(const Principal& who, const ExecRequest& request) {
  const Transaction transaction = begin(who);
  const Located at = locate(transaction.root(), request.uri);
  DM_TRY(require(at, transaction.viewer(), request.uri, AccessType::exec));
  ManagementObject* object = impl_->owner(request.uri);
  if (object == nullptr) return Error{Errc::unsupported, request.uri.str() + " cannot be executed"};
  return object->exec(request);
}

void Tree::attach(const Uri& root, ManagementObject& object) {
  impl_->objects.emplace_back(root, &object);
  if (FileKeeper* keeper = object.file_keeper()) impl_->keepers.emplace_back(root, keeper);
}

void Tree::detach(const ManagementObject& object) {
  for (const auto& attached : impl_->objects) {
    if (attached.second != &object) continue;
    FileKeeper* keeper = attached.second->file_keeper();
    std::erase_if(impl_->keepers, [keeper](const auto& entry) { return entry.second == keeper; });
  }
  std::erase_if(impl_->objects, [&](const auto& entry) { return entry.second == &object; });
}

FileKeeper* Tree::file_keeper(const Uri& leaf) const {
  for (const auto& [root, keeper] : impl_->keepers) {
    if (!leaf.is_within(root) || !keeper->keeps(leaf)) continue;
    ManagementObject* owner = impl_->owner(leaf);  // another one may be attached further down
    if (owner != nullptr && owner->file_keeper() == keeper) return keeper;
  }
  return nullptr;
}

std::uint64_t Tree::largest_file() const {
  std::uint64_t largest = 0;
  for (const auto& [root, keeper] : impl_->keepers) largest = std::max(largest, keeper->largest());
  return largest;
}

Result<void> Tree::remove_server(std::string_view server_id) {
  Transaction transaction = begin(Principal::device(), {{}, {}, {}, {}, "remove server"});
  DM_TRY(withdraw_server(transaction, server_id));
  return std::move(transaction).commit();
}

void Tree::set_uri_limits(const UriLimits& limits) { impl_->limits = limits; }
const UriLimits& Tree::uri_limits() const noexcept { return impl_->limits; }
const Ddf& Tree::ddf() const noexcept { return impl_->ddf; }
const LoadReport& Tree::load_report() const noexcept { return impl_->report; }
std::uint64_t Tree::generation() const noexcept { return impl_->generation; }
bool Tree::is_in_doubt() const noexcept { return impl_->store_failure.has_value(); }
std::size_t Tree::node_count() const noexcept { return impl_->nodes.count(); }
void Tree::observe(Observer observer) { impl_->observers.push_back(std::move(observer)); }

}  // namespace omadm
