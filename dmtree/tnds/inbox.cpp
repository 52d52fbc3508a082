#include "dmtree/tnds/inbox.h"

#include <algorithm>
#include <utility>

#include "dmtree/ddf/ddf.h"
#include "dmtree/tnds/mo_id.h"

namespace omadm {
namespace {

// A document with more top Nodes than this is not meant for an Inbox, and each is compared with all others.
constexpr std::size_t kMaxObjects = 64;

struct Incoming {
  InboxObject object;
  std::string offered_id;  // as the document spells it
  Uri inbox_path;          // where it would be if the Inbox kept it
  Uri proposed;            // where it would be under its own name
  Uri final_uri;
  bool updates = false;
  bool ignored = false;
};

// Where `node` would be below ./Inbox. A Path may name the Inbox once more.
Uri path_in_inbox(const Uri& target, const TndsNode& node) {
  Uri uri = node.relative.empty() ? target : target.child(node.relative);
  const Uri doubled = inbox_uri().child("Inbox");
  return target == inbox_uri() && uri.is_within(doubled) ? uri.rebased(doubled, inbox_uri()) : uri;
}

// An object begins with every node that is not below an earlier one.
Result<std::vector<Incoming>> split_objects(const TndsDocument& document, const Uri& target) {
  std::vector<Incoming> objects;
  for (const TndsNode& node : document.nodes) {
    const Uri uri = path_in_inbox(target, node);
    auto owner = std::find_if(objects.rbegin(), objects.rend(), [&](const Incoming& object) {
      return object.inbox_path != inbox_uri() ? uri.is_within(object.inbox_path) : true;
    });
    if (owner == objects.rend()) {
      if (objects.size() == kMaxObjects)
        return Error{Errc::too_large, "too many objects for the Inbox in one document"};
      Incoming incoming;
      incoming.inbox_path = uri;
      incoming.offered_id = node.type;
      incoming.object.mo_id = registered_mo_id(node.type);
      if (uri != inbox_uri()) incoming.object.name = uri.name();
      objects.push_back(std::move(incoming));
      owner = objects.rbegin();
    }
    TndsNode own = node;
    own.relative = uri == owner->inbox_path ? std::string() : std::string(uri.rebased(owner->inbox_path, Uri()).path());
    if (own.relative.empty()) own.type = owner->object.mo_id;
    owner->object.content.nodes.push_back(std::move(own));
  }
  return objects;
}

// Of several versions of one object only the newest counts (BOOT-048). Accounts of different servers
// are different objects.
void ignore_older_versions(std::vector<Incoming>& objects) {
  const auto same_object = [](const Incoming& a, const Incoming& b) {
    const std::string* left = a.object.value("ServerID");
    const std::string* right = b.object.value("ServerID");
    return a.object.mo_id == b.object.mo_id && (left && right ? *left == *right : left == right);
  };
  for (Incoming& older : objects) {
    const MoVersion version = mo_version(older.offered_id);
    older.ignored |= std::any_of(objects.begin(), objects.end(), [&](const Incoming& newer) {
      const MoVersion other = mo_version(newer.offered_id);
      return !newer.ignored && same_object(older, newer) && version.family == other.family &&
             std::pair(version.major, version.minor) < std::pair(other.major, other.minor);
    });
  }
}

class InboxPlacement {
 public:
  InboxPlacement(Transaction& transaction, InboxMode mode, std::vector<Incoming> objects)
      : transaction_(transaction), mode_(mode), objects_(std::move(objects)) {}

  Result<std::vector<PlacedObject>> run(const FindCounterpart& counterpart) {
    for (Incoming& incoming : objects_) DM_TRY(choose_place(incoming, counterpart));
    std::vector<PlacedObject> placed;
    for (Incoming& incoming : objects_) {
      if (incoming.ignored) continue;
      rewrite_references(incoming.object.content);
      DM_TRY(store(incoming));
      placed.push_back({incoming.final_uri, incoming.object.mo_id, incoming.updates});
    }
    return placed;
  }

 private:
  Result<void> choose_place(Incoming& incoming, const FindCounterpart& counterpart);
  Uri free_place(const Uri& parent, const std::string& name) const;
  bool is_taken(const Uri& uri) const;
  void rewrite_references(TndsDocument& content) const;
  std::optional<std::string> rewritten(const TndsNode& node) const;
  Result<void> store(const Incoming& incoming);

  Transaction& transaction_;
  InboxMode mode_;
  std::vector<Incoming> objects_;
};

Result<void> InboxPlacement::choose_place(Incoming& incoming, const FindCounterpart& counterpart) {
  if (incoming.ignored) return {};
  const std::string& mo_id = incoming.object.mo_id;
  const auto placement = mo_id.empty() ? std::nullopt : transaction_.tree().ddf().locate(mo_id);
  if (!placement ||
      is_in_inbox(placement->name.empty() ? placement->parent : placement->parent.child(placement->name))) {
    if (mode_ == InboxMode::session) return Error{Errc::not_found, "no place for an object of type '" + mo_id + "'"};
    incoming.ignored = true;
    return {};
  }
  if (counterpart) {
    if (const std::optional<Uri> there = counterpart(incoming.object)) {
      incoming.proposed = incoming.final_uri = *there;
      incoming.updates = true;
      return {};
    }
  }
  const bool fixed = !placement->name.empty();
  const std::string name = fixed ? placement->name : incoming.object.name;
  incoming.proposed = name.empty() ? placement->parent : placement->parent.child(name);
  const bool may_rename = !fixed && (mode_ == InboxMode::bootstrap || name.empty());
  incoming.final_uri = may_rename ? free_place(placement->parent, name) : incoming.proposed;
  return {};
}

bool InboxPlacement::is_taken(const Uri& uri) const {
  return transaction_.exists(uri) || std::any_of(objects_.begin(), objects_.end(), [&](const Incoming& other) {
           return !other.ignored && other.final_uri == uri;
         });
}

// "Name", then "Name-2", "Name-3" …; without a name "1", "2" …
Uri InboxPlacement::free_place(const Uri& parent, const std::string& name) const {
  if (!name.empty() && !is_taken(parent.child(name))) return parent.child(name);
  const std::string stem = name.empty() ? std::string() : name + '-';
  for (std::size_t number = name.empty() ? 1 : 2;; ++number) {
    Uri candidate = parent.child(stem + std::to_string(number));
    if (!is_taken(candidate)) return candidate;
  }
}

// The value with its reference put right; nullopt: it is none, or right already.
std::optional<std::string> InboxPlacement::rewritten(const TndsNode& node) const {
  if (!node.has_value || (node.format && node.format != Format::chr)) return std::nullopt;
  const Result<Uri> reference = Uri::parse(node.value);
  if (!reference) return std::nullopt;
  // A renamed object may also be meant by the place it would have had (BOOT-046).
  const bool is_connectivity = node.relative.ends_with("ConRef");
  for (const Incoming& other : objects_) {
    if (other.ignored) continue;
    if (reference->is_within(other.inbox_path) && is_in_inbox(*reference) && other.inbox_path != inbox_uri()) {
      return reference->rebased(other.inbox_path, other.final_uri).str();
    }
    if (is_connectivity && other.proposed != other.final_uri && reference->is_within(other.proposed)) {
      return reference->rebased(other.proposed, other.final_uri).str();
    }
  }
  return std::nullopt;
}

void InboxPlacement::rewrite_references(TndsDocument& content) const {
  for (TndsNode& node : content.nodes) {
    if (std::optional<std::string> value = rewritten(node)) node.value = std::move(*value);
  }
}

Result<void> InboxPlacement::store(const Incoming& incoming) {
  const TndsDocument* content = &incoming.object.content;
  TndsDocument reduced;
  if (mode_ == InboxMode::bootstrap && incoming.offered_id != incoming.object.mo_id) {
    // A later version may hold nodes that ours does not know (MO-035).
    const Ddf& ddf = transaction_.tree().ddf();
    for (const TndsNode& node : content->nodes) {
      const Uri uri = node.relative.empty() ? incoming.final_uri : incoming.final_uri.child(node.relative);
      if (ddf.may_exist(uri)) reduced.nodes.push_back(node);
    }
    content = &reduced;
  }
  return incoming.updates ? replace_tnds(transaction_, incoming.final_uri, *content)
                          : add_tnds(transaction_, incoming.final_uri, *content);
}

}  // namespace

Uri inbox_uri() { return Uri().child("Inbox"); }

bool is_in_inbox(const Uri& uri) noexcept {
  const std::string_view path = uri.path();
  return path == "Inbox" || path.starts_with("Inbox/");
}

const std::string* InboxObject::value(std::string_view relative) const noexcept {
  for (const TndsNode& node : content.nodes) {
    if (node.relative == relative && node.has_value) return &node.value;
  }
  return nullptr;
}

Result<std::vector<PlacedObject>> place_inbox_objects(Transaction& transaction, const TndsDocument& document,
                                                      InboxMode mode, const Uri& target,
                                                      const FindCounterpart& counterpart) {
  if (mode == InboxMode::session) {
    if (!transaction.exists(inbox_uri())) return Error{Errc::not_found, "there is no ./Inbox"};
    const AccessDecision decision = transaction.decide(inbox_uri(), AccessType::add);
    if (!decision.allowed) return Error{Errc::permission_denied, decision.why};
  }
  std::vector<Incoming> objects = DM_TRY(split_objects(document, target));
  if (mode == InboxMode::bootstrap) ignore_older_versions(objects);
  return InboxPlacement(transaction, mode, std::move(objects)).run(counterpart);
}

Result<Uri> add_to_inbox(Transaction& transaction, const TndsDocument& document, InboxMode mode, const Uri& target) {
  const std::vector<PlacedObject> placed = DM_TRY(place_inbox_objects(transaction, document, mode, target));
  if (placed.empty()) return Error{Errc::not_found, "the document holds no object that has a place here"};
  return placed.front().uri;
}

}  // namespace omadm
