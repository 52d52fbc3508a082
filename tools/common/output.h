// What programs say: results on stdout, everything else on stderr (UI-002). Nothing here throws when nobody takes it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "tools/common/exit_code.h"
#include "tools/common/readable.h"

namespace omadm {

// "program: what" on stderr, one line that no terminal obeys.
void say(std::string_view program, std::string_view what);

void write_out(Bytes octets);  // on stdout
bool flush_out();              // what was written so far; false: nobody takes it

// A document for stdout: UTF-8 that no terminal obeys. `indent` below 0: on one line.
template <typename Json>
std::string json_text(const Json& document, int indent = 2) {
  return terminal_safe(document.dump(indent, ' ', false, Json::error_handler_t::replace)) + "\n";
}

// What never came to anything: said on stderr, and with `as_json` on stdout {"error", "exit"} (UI-003). Gives `exit`.
int refuse(std::string_view program, std::string_view what, int exit, bool as_json);

// Runs a whole program and gives its exit status. No exception leaves. Results that could not be written turn success
// into failure, and say so. A standard stream that was closed stays of no use: no file of ours takes its place.
int run_program(std::string_view program, const std::function<int()>& run);

}  // namespace omadm
