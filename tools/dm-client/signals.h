// Signals as something to read.
#pragma once

#include <initializer_list>

namespace omadm {

// Blocks `signals` for the process and gives one descriptor that reads them. To be made before any thread is.
class Signals {
 public:
  Signals(std::initializer_list<int> signals);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int fd() const noexcept { return descriptor_; }
  int take();  // the next signal; 0: none

 private:
  int descriptor_;
};

}  // namespace omadm
