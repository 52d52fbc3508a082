// Compares what a client answered with what the script expects.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "tools/dm-server/script.h"
#include "tools/dm-server/variables.h"

namespace omadm::server {

// What is wrong, for people; nullopt: nothing.
std::optional<std::string> check_status(const Expectation& expect, int status);

struct ResultSeen {
  Octets data;
  std::string format;  // "chr" when the client left it out
  std::string type;
};
std::optional<std::string> check_result(const Expectation& expect, const ResultSeen& result,
                                        const Variables& variables);
bool expects_result(const Expectation& expect) noexcept;

// `pattern` is an ECMAScript regular expression that has to cover all of `data`. A broken one matches nothing.
bool matches(Bytes data, const std::string& pattern);

}  // namespace omadm::server
