#include "mo/fumo/fumo_object.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "mo/common/stored_values.h"

namespace omadm {
namespace {

constexpr std::string_view kFumoId = "urn:oma:mo:oma-fumo:1.0";

// What a server may say of a package beyond the standard, below Ext, where nothing is described; empty: nothing said.
struct Claim {
  std::string_view name;
  Format format;
  std::string_view type;
};
constexpr std::array kClaims{
    Claim{"Sha256", Format::chr, "text/plain"},                   // hexadecimal
    Claim{"Signature", Format::bin, "application/octet-stream"},  // detached; empty: .sig beside the package
    Claim{"Model", Format::chr, "text/plain"},                    // of DevInfo/Mod …
    Claim{"HwV", Format::chr, "text/plain"},                      // … and of DevDetail
    Claim{"FwV", Format::chr, "text/plain"},                      // over which it can be installed
};

Uri fumo_uri() { return Uri().child("FUMO"); }

// Segments of an address: ./FUMO/<x>/<group>/<leaf>; absent ones are empty.
struct Place {
  std::string x, group, leaf;
  bool is_instance() const noexcept { return !x.empty() && group.empty(); }
  bool is_package_data() const noexcept { return group == "Update" && leaf == "PkgData"; }
  bool is_source() const noexcept { return is_package_data() || leaf == "PkgURL"; }
};

Place place_of(const Uri& uri) {
  Place place;
  if (!uri.is_within(fumo_uri())) return place;
  std::string_view rest = uri.path();
  Uri::next_segment(rest);
  place.x = Uri::next_segment(rest);
  place.group = Uri::next_segment(rest);
  place.leaf = Uri::next_segment(rest);
  return place;
}

}  // namespace

FumoObject::FumoObject(FumoContext context, FumoSettings settings)
    : context_(std::move(context)),
      settings_(std::move(settings)),
      shared_{KeptFiles(std::make_shared<PosixFileSystem>(), context_.tree)} {
  shared_.report_earlier = [this](std::uint64_t finished) { return report_earlier(finished); };
}

bool FumoObject::keeps(const Uri& leaf) const { return place_of(leaf).is_package_data(); }

std::uint64_t FumoObject::largest() const noexcept { return settings_.work_dir.empty() ? 0 : settings_.max_size; }

Result<std::uint64_t> FumoObject::size(const Uri& leaf) const {
  const auto value = KeptValue::parse(stored_value(context_.tree.begin(Principal::device()), leaf));
  return value ? value->size : 0;
}

Result<std::unique_ptr<ValueSink>> FumoObject::receive(const Uri& leaf, std::uint64_t size) {
  const Place place = place_of(leaf);
  DM_TRY(check_source(place.x, leaf, true));
  return shared_.data.receive({leaf, package_data_path(settings_.work_dir, place.x), settings_.max_size}, size);
}

void FumoObject::configure(FumoSettings settings) { settings_ = std::move(settings); }

Result<void> FumoObject::resume() {
  DM_TRY(make_default_instance());
  const auto root = context_.tree.begin(Principal::device()).peek(fumo_uri());
  if (!root) return {};
  for (const std::string& x : root->children) {
    DM_TRY(complete(fumo_uri().child(x)));
    adopt(x);
  }
  if (!settings_.work_dir.empty()) {
    std::set<std::string> data;  // of packages that are still there
    for (const auto& [x, package] : packages_) data.insert(package_data_path(settings_.work_dir, x));
    DM_TRY(shared_.data.sweep(settings_.work_dir, kPackageDataEnding, data));
  }
  for (const auto& [x, package] : packages_) package->resume();
  return context_.tree.flush();
}

Result<void> FumoObject::make_default_instance() {
  Transaction transaction = context_.tree.begin(Principal::device(), {"device", {}, {}, {}, "firmware package"});
  const auto root = transaction.peek(fumo_uri());
  if (settings_.default_instance.empty() || (root && !root->children.empty())) return {};
  const Uri instance = fumo_uri().child(settings_.default_instance);
  DM_TRY(transaction.put(instance, {Format::node, std::string(kFumoId), {}}));
  if (!settings_.default_acl.empty()) {
    DM_TRY(transaction.set_property(instance, Property::acl, settings_.default_acl));
  }
  return std::move(transaction).commit();
}

// A server adds what it knows of an instance; the rest is for the device to add.
Result<void> FumoObject::complete(const Uri& instance) {
  Transaction transaction = context_.tree.begin(Principal::device(), {"device", {}, {}, {}, "firmware package"});
  std::vector<Uri> leaves = {instance.child("PkgName"), instance.child("PkgVersion")};
  if (!settings_.work_dir.empty()) leaves.push_back(instance.child("Download").child("PkgURL"));
  if (!settings_.work_dir.empty() && context_.slot != nullptr) {
    leaves.push_back(instance.child("Update").child("PkgData"));
    leaves.push_back(instance.child("DownloadAndUpdate").child("PkgURL"));
  }
  for (const Uri& leaf : leaves) {
    if (!transaction.exists(leaf)) DM_TRY(transaction.put(leaf, {}));
  }
  for (const Claim& claim : kClaims) {
    const Uri leaf = instance.child("Ext").child(claim.name);
    if (!transaction.exists(leaf)) DM_TRY(transaction.put(leaf, {claim.format, std::string(claim.type), {}}));
  }
  if (!transaction.exists(instance.child("State"))) {
    DM_TRY(transaction.put(instance.child("State"), {std::nullopt, std::nullopt, "10"}));
  }
  if (transaction.empty()) return {};
  return std::move(transaction).commit();
}

PackageUpdate* FumoObject::adopt(std::string_view x) {
  const auto known = packages_.find(x);
  if (known != packages_.end()) return known->second.get();
  if (!context_.tree.begin(Principal::device()).exists(fumo_uri().child(x))) return nullptr;
  auto package = std::make_unique<PackageUpdate>(context_, settings_, shared_, std::string(x));
  return packages_.emplace(x, std::move(package)).first->second.get();
}

Result<void> FumoObject::report_earlier(std::uint64_t finished) {
  std::map<std::uint64_t, PackageUpdate*> owed;
  for (const auto& [x, package] : packages_) {
    if (const auto since = package->owed_since(); since && *since < finished) owed.emplace(*since, package.get());
  }
  for (const auto& [since, package] : owed) DM_TRY(package->hand_over_report());
  return {};
}

void FumoObject::report_acknowledged(const GenericAlert& alert) {
  for (const auto& [x, package] : packages_) package->report_acknowledged(alert);
}

std::vector<PackageStatus> FumoObject::packages() const {
  std::vector<PackageStatus> all;
  for (const auto& [x, package] : packages_) {
    if (package->state() != UpdateState::idle) all.push_back(package->status());
  }
  return all;
}

bool FumoObject::idle() const {
  return std::none_of(packages_.begin(), packages_.end(), [](const auto& entry) { return entry.second->active(); });
}

Result<void> FumoObject::check(const Transaction& after, Edits edits) {
  for (const Edit& edit : edits) DM_TRY(check_edit(after, edit));
  return {};
}

Result<void> FumoObject::check_edit(const Transaction& after, const Edit& edit) const {
  const Place place = place_of(edit.uri);
  if (place.x.empty() || edit.kind == Edit::Kind::property) return {};
  if (edit.kind == Edit::Kind::rename) {
    return Error{Errc::not_allowed, edit.uri.str() + ": nodes of a firmware package keep their names"};
  }
  if (after.principal().kind == Principal::Kind::device) return {};
  if (edit.kind == Edit::Kind::remove || place.is_source()) {
    return check_source(place.x, edit.uri, place.is_package_data());
  }
  if (place.group == "State" && stored_value(after, edit.uri) != "10") {
    return Error{Errc::veto, edit.uri.str() + ": only the device knows the state"};
  }
  return {};
}

// FUMO-006, FUMO-016.
Result<void> FumoObject::check_source(std::string_view x, const Uri& uri, bool is_data) const {
  const auto known = packages_.find(x);
  const bool busy = known != packages_.end() && known->second->active();
  if (busy) return Error{Errc::unavailable, uri.str() + ": in use"};
  if (!is_data || !settings_.work_dir.empty()) return {};
  return Error{Errc::unavailable, "there is no room for firmware packages"};
}

void FumoObject::committed(Edits edits) noexcept {
  for (const Edit& edit : edits) {
    const Place place = place_of(edit.uri);
    if (place.x.empty()) continue;
    if (edit.kind == Edit::Kind::remove && place.is_instance()) {
      const auto known = packages_.find(place.x);
      if (known == packages_.end()) continue;
      known->second->forget();
      packages_.erase(known);
      continue;
    }
    PackageUpdate* package = adopt(place.x);
    if (package == nullptr) continue;  // removed again later in the same transaction
    if (edit.kind == Edit::Kind::add && place.is_instance()) {
      if (auto completed = complete(edit.uri); !completed) {
        context_.log.write(LogLevel::error, "firmware package: " + completed.error().detail);
      }
    }
    if (place.is_package_data()) package->package_data_changed();
  }
}

Result<ExecOutcome> FumoObject::exec(const ExecRequest& request) {
  // What the server sent before in the same message counts: PkgData that is complete has made State 50.
  DM_TRY(context_.tree.flush());
  const Place place = place_of(request.uri);
  const UpdateKind kind = place.leaf.empty() ? update_kind_from(place.group) : UpdateKind::none;
  PackageUpdate* package = adopt(place.x);
  if (kind == UpdateKind::none || package == nullptr) {
    return Error{Errc::unsupported, request.uri.str() + " cannot be executed"};
  }
  // A server may execute what it has added in the same package of messages.
  DM_TRY(complete(fumo_uri().child(place.x)));
  return package->exec(kind, request);
}

}  // namespace omadm
