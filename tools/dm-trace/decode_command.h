// dm-trace decode.
#pragma once

#include <string>

#include "tools/dm-trace/capture.h"

namespace omadm::trace {

struct DecodeOptions {
  std::string file;  // "-": the standard input
  Engine engine = Engine::own;
  bool offsets = false;
  bool canonical = false;
  bool json = false;
  bool verbose = false;
  bool quiet = false;
};

// Results on stdout, what is wrong on stderr. Gives the exit status.
int run_decode(const DecodeOptions& options);

}  // namespace omadm::trace
