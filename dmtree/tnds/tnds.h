// Subtree exchange. [TNDS], [TND] "Tree exchange". TNDS-030…054.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/markup/markup.h"
#include "base/result.h"
#include "dmtree/tree.h"

namespace omadm {

inline constexpr std::string_view kTndsXmlType = "application/vnd.syncml.dmtnds+xml";
inline constexpr std::string_view kTndsWbxmlType = "application/vnd.syncml.dmtnds+wbxml";

// One Node of a TNDS document, placed relative to the command's target (TNDS-040).
struct TndsNode {
  std::string relative;  // canonical segments joined by '/'; empty: the target itself
  std::optional<Format> format;
  std::string type;                // MIME or DDFName
  bool type_names_object = false;  // DDFName
  std::optional<std::string> acl;
  std::optional<std::string> title;
  bool has_value = false;
  Octets value;                  // as in the document; XML: text, possibly Base64 (TNDS-035)
  bool value_is_opaque = false;  // WBXML OPAQUE: raw octets
  bool has_children = false;
};
struct TndsDocument {
  std::vector<TndsNode> nodes;  // parents before children
};

// Reads MgmtTree from `reader`, or from a document of either encoding. bad_format: TNDS-038; malformed, too_large.
Result<TndsDocument> read_tnds(MarkupReader& reader);
Result<TndsDocument> read_tnds(Bytes document, const Limits& limits);

// Applies a document to a transaction; all its nodes or (drop the transaction) none.
Result<void> add_tnds(Transaction& transaction, const Uri& target, const TndsDocument& document);      // TNDS-044
Result<void> replace_tnds(Transaction& transaction, const Uri& target, const TndsDocument& document);  // TNDS-045

// Which properties an export holds: `?list=TNDS+Value-ACL…`.
struct TndsSelection {
  bool acl = true, format = true, title = true, tstamp = true, type = true, verno = true, value = true;
  // The text after `?list=`; unsupported: not a TNDS list or a mixture of + and - (TNDS-051…).
  static Result<TndsSelection> parse(std::string_view list);
};
// The subtree as the transaction's principal may see it. Secrets (leaves without Get) come without Value.
Result<Octets> write_tnds(const Transaction& transaction, const Uri& uri, Encoding encoding,
                          const TndsSelection& selection);

}  // namespace omadm
