// The objects of [[mo]] whose handlers only the daemon calls, while it does not run.
#pragma once

#include <set>
#include <vector>

#include "dmtree/tree.h"
#include "tools/common/object_files.h"

namespace omadm {

// What is read below them is the stored value, and is remembered; nothing can be changed, for nobody would act on it.
class AbsentHandlers final : public ManagementObject {
 public:
  AbsentHandlers(Tree& tree, const std::vector<ObjectFile>& objects);
  AbsentHandlers(const AbsentHandlers&) = delete;
  AbsentHandlers& operator=(const AbsentHandlers&) = delete;
  ~AbsentHandlers() override { tree_.detach(*this); }

  const std::set<Uri>& read() const noexcept { return read_; }

  Result<std::optional<Octets>> read(const Uri& leaf) override;
  Result<void> check(const Transaction& after, Edits edits) override;

 private:
  Tree& tree_;
  std::set<Uri> read_;
};

}  // namespace omadm
