// Device description: which nodes there may be and what they take. [TND] "Device Description Framework".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "dmtree/acl.h"
#include "dmtree/tree.h"
#include "dmtree/uri.h"
#include "dmtree/value.h"

namespace omadm {

// What a description says of one Node. TNDS-003…016.
struct DdfProperties {
  std::string name;             // canonical; empty: a placeholder that takes any name (TNDS-004)
  bool access[6] = {};          // by AccessType
  std::vector<Format> formats;  // DFFormat, usually one; holds Format::node for interior nodes
  // MIME list of a leaf; management object identifier of an interior node, further ones are accepted for it on input.
  std::vector<std::string> types;
  Scope scope = Scope::dynamic;
  std::uint32_t min_occurs = 1;  // Occurrence
  std::uint32_t max_occurs = 1;  // 0: unlimited
  std::optional<Octets> default_value;
  std::string description;
  std::string title;
  // By Property. Without an RTProperties block these four (TND-050).
  bool properties[8] = {true, true, true, false, false, false, true, false};
  bool open = true;          // its own document describes no children
  bool implied = false;      // only on the way to another document's Path: as good as not described
  std::size_t locality = 0;  // depth at which its document begins: the deeper one is the more local
};

struct DdfNode : DdfProperties {
  std::vector<std::unique_ptr<DdfNode>> children;

  bool can(AccessType command) const noexcept { return access[static_cast<std::size_t>(command)]; }
  bool is_interior() const noexcept;
  bool has(Property property) const noexcept { return properties[static_cast<std::size_t>(property)]; }
  // An interior node described without children is open: anything may be added below it, also when
  // another document describes some of it.
  bool is_open() const noexcept { return is_interior() && open; }
  const DdfNode* child(std::string_view canonical) const noexcept;  // by name, else the placeholder, else null
};

// Where a management object goes.
struct Placement {
  Uri parent;
  std::string name;  // empty: free choice
};

// All descriptions of a device in one tree. A node no description covers is dynamic, takes every
// command and every format; only below the root, open nodes and undescribed nodes may it exist.
class Ddf {
 public:
  Ddf();
  Ddf(Ddf&&) noexcept;
  Ddf& operator=(Ddf&&) noexcept;
  ~Ddf();

  // Adds one DDF document (XML). `origin` names it in errors: "file:line: what is wrong". The more local
  // description wins (TNDS-016). After an error nothing of it is kept. malformed, too_large, unsupported (VerDTD).
  Result<void> add(std::string_view document, std::string_view origin, const Limits& limits = {});

  // Where the subtrees are that a document describes: for an object that owns them. unsupported: the whole tree, or
  // one below a node of any name.
  static Result<std::vector<Uri>> roots(std::string_view document, std::string_view origin, const Limits& limits = {});

  const DdfNode& root() const noexcept;
  // The description in force at `uri`; null: not described.
  const DdfNode* find(const Uri& uri) const noexcept;
  bool may_exist(const Uri& uri) const noexcept;  // described, or where an undescribed node may be
  // Where interior nodes with that management object identifier live; only places without a free name above.
  std::optional<Placement> locate(std::string_view mo_id) const;

 private:
  std::unique_ptr<DdfNode> root_;
};

}  // namespace omadm
