// A tree to be compared: of a state directory, of a document, or as it was at a moment.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/store/store.h"

namespace omadm {

// A node and what is known of it: documents need not say everything.
struct ImageNode {
  NodeRecord node;
  bool value_known = true;
  bool acl_known = true;
  bool title_known = true;
};

struct TreeImage {
  std::string name;                                     // for people
  std::vector<Uri> within;                              // only what is at or below these is known
  std::map<std::string, ImageNode, std::less<>> nodes;  // by path; the private area is left out

  bool knows(const Uri& uri) const;
};

struct ImageSource {
  std::string state_directory;  // of moments
  Uri at;                       // what documents are relative to
  const Ddf& ddf;               // what their values mean
};
// `what`: a state directory, an export, "-" (an export on the standard input) or a moment. malformed: none of these;
// not_found: the history does not reach so far back; bad_format: no export; corrupt, unsupported, io.
Result<TreeImage> read_image(const std::string& what, const ImageSource& source);

}  // namespace omadm
