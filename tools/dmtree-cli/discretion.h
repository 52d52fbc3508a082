// What of a store's files is not for anybody's eyes (UI-006).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "dmtree/ddf/ddf.h"
#include "dmtree/uri.h"

namespace omadm {

class Discretion {
 public:
  // By the descriptions of the device's own objects and those given (texts of DDF files). malformed: one of these.
  static Result<Discretion> of_device(const std::vector<std::string>& descriptions = {});
  // Whether the value of that node is never shown: in the private area, of a leaf nobody may read, or by its name.
  bool hides(const Uri& uri) const;
  // Whether the node itself is the client's own affair.
  static bool is_private(const Uri& uri);
  const Ddf& ddf() const noexcept { return ddf_; }

 private:
  Ddf ddf_;
};

}  // namespace omadm
