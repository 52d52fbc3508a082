// How far SWUpdate is: it tells everybody who connects to its progress socket.
#pragma once

#include <functional>
#include <memory>

#include "client/client.h"

namespace omadm {

// Connects as soon as somebody listens there, and tells percent of all steps. Silent in a build without libswupdate.
// `client` must outlive it; `told` is called on its loop and must not destroy the object.
class SwupdateProgress {
 public:
  SwupdateProgress(Client& client, std::function<void(int percent)> told);
  SwupdateProgress(const SwupdateProgress&) = delete;
  SwupdateProgress& operator=(const SwupdateProgress&) = delete;
  ~SwupdateProgress();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace omadm
