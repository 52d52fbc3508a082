#include "dmtree/tnds/mo_id.h"

#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "dmtree/ddf/ddf.h"

namespace omadm {
namespace {

struct Alias {
  std::string_view deployed;
  std::string_view registered;
};
constexpr std::array kAliases{
    Alias{"org.openmobilealliance/1.0/w7", kDmAccMoId},
    Alias{"urn:oma:mo:oma-dm-dmacc:1.1", kDmAccMoId},
    Alias{"org.openmobilealliance.dm/1.0/DevInfo", "urn:oma:mo:oma-dm-devinfo:1.0"},
    Alias{"org.openmobilealliance.dm/1.0/DevDetail", "urn:oma:mo:oma-dm-devdetail:1.0"},
    Alias{"org.openmobilealliance.dm/1.0/Inbox", "urn:oma:mo:oma-dm-inbox:1.0"},
    Alias{"org.openmobilealliance/1.0/FirmwareUpdateManagementObject", "urn:oma:mo:oma-fumo:1.0"},
};

bool is_object(const Node& node, std::string_view mo_id) {
  return !node.is_leaf() && !node.type.empty() && registered_mo_id(node.type) == mo_id;
}

// Everywhere, not looking inside an object that was found.
void search(const Transaction& transaction, const Uri& top, std::string_view mo_id, std::vector<Uri>& found) {
  std::vector<Uri> rest{top};
  while (!rest.empty()) {
    const Uri uri = std::move(rest.back());
    rest.pop_back();
    const std::optional<Node> node = transaction.peek(uri);
    if (!node || node->is_leaf()) continue;
    if (is_object(*node, mo_id)) {
      found.push_back(uri);
      continue;
    }
    for (auto name = node->children.rbegin(); name != node->children.rend(); ++name) {
      if (!(uri.is_root() && *name == kPrivateRoot)) rest.push_back(uri.child(*name));
    }
  }
}

}  // namespace

std::string_view registered_mo_id(std::string_view id) noexcept {
  for (const Alias& alias : kAliases) {
    if (alias.deployed == id) return alias.registered;
  }
  return id;
}

MoVersion mo_version(std::string_view id) noexcept {
  const MoVersion none{id, 0, 0};
  const std::size_t colon = id.rfind(':');
  if (colon == std::string_view::npos) return none;
  const std::string_view version = id.substr(colon + 1);
  const std::size_t dot = version.find('.');
  if (dot == std::string_view::npos) return none;
  const auto major = parse_unsigned(version.substr(0, dot));
  const auto minor = parse_unsigned(version.substr(dot + 1));
  if (!major || !minor || *major > 0xFFFF || *minor > 0xFFFF) return none;
  return {id.substr(0, colon), static_cast<unsigned>(*major), static_cast<unsigned>(*minor)};
}

std::vector<Uri> find_objects(const Transaction& transaction, std::string_view mo_id) {
  const std::string_view wanted = registered_mo_id(mo_id);
  std::vector<Uri> found;
  const auto placement = transaction.tree().ddf().locate(wanted);
  search(transaction, placement ? placement->parent : Uri(), wanted, found);
  return found;
}

std::string leaf_text(const Transaction& transaction, const Uri& object, std::string_view name) {
  const std::optional<Node> leaf = transaction.peek(object.child(name));
  return leaf && leaf->is_leaf() ? leaf->data : std::string();
}

}  // namespace omadm
