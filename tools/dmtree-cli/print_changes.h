// Changes of a tree as text for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tools/common/terminal.h"

namespace omadm {

// Changes one after the other, those of one commit below its headline.
class ChangePrinter {
 public:
  explicit ChangePrinter(const Terminal& terminal) : terminal_(terminal) {}
  std::string print(const nlohmann::json& change);

 private:
  const Terminal& terminal_;
  std::string headline_;
};

// The result of list_changes(). `all`: also what was added below a node that the same commit added.
std::string print_log(const nlohmann::json& log, bool all, const Terminal& terminal);
std::string print_blame(const nlohmann::json& blame, const Terminal& terminal);
std::string print_difference(const nlohmann::json& difference, const Terminal& terminal);

}  // namespace omadm
