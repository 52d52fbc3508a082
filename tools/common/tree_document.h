// Subtrees as documents: TNDS in both encodings, and JSON.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "dmtree/tnds/tnds.h"

namespace omadm {

// What `export` wrote, JSON in the form of `tree --json`. bad_format, too_large.
Result<TndsDocument> read_tree_document(Bytes content);

}  // namespace omadm
