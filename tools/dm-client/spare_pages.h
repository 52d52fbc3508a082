// Memory of a process that has nothing to do: what it needed to start or for a session goes back to the system.
#pragma once

#include <chrono>

namespace omadm {

class SparePages {
 public:
  // To be called now and then while there is nothing to do. Gives back what was in use since the last time, once
  // nothing more was touched for kQuiet.
  void idle();

 private:
  static constexpr std::chrono::milliseconds kQuiet{1500};
  long faults_ = 0;        // of this process, when idle() was called last
  long after_giving_ = 0;  // the same, right after pages were given back
  std::chrono::steady_clock::time_point quiet_since_{};
};

// Unused heap, and the pages of programs and libraries that nobody writes to: the kernel maps them again from its cache
// when they are called. Costs nothing but those page faults.
void give_back_pages();

}  // namespace omadm
