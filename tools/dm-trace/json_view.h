// A document as JSON.
#pragma once

#include <nlohmann/json.hpp>

#include "tools/dm-trace/markup_tree.h"

namespace omadm::trace {

// `name`, and as far as they apply `offset`, `value` or `value_base64` or `hidden` with `octets`, `opaque`, `meaning`,
// `document` (of the same form as json_of_document), `children`.
nlohmann::ordered_json json_of_node(const MarkupNode& node, const MarkupNode* parent, bool offsets);

// `encoding`, `octets`, for WBXML `wbxml`; `root`, `error`.
nlohmann::ordered_json json_of_document(const MarkupDocument& document, bool offsets);

}  // namespace omadm::trace
