// dm-trace decode.
#pragma once

#include <string>
#include <string_view>

#include "tools/common/exit_code.h"
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

// Results on stdout, what is wrong on stderr.
ExitCode run_decode(const DecodeOptions& options);

// "dm-trace: what" on stderr, with --json also {"error", "exit"} on stdout.
ExitCode refuse(std::string_view what, ExitCode exit, bool json);

}  // namespace omadm::trace
