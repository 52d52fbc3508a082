// Answers of tree requests as text for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "tools/common/terminal.h"

namespace omadm {

// The octets of a node's value; empty when it has none.
Octets value_octets(const nlohmann::json& node);

struct TreeDrawing {
  bool values = false;
  bool acl = false;
};
std::string print_tree(const nlohmann::json& top, const TreeDrawing& what, const Terminal& terminal);

// Names and addresses below are written with the letters they stand for: %C3%A4 as ä, but %2F as it is. They may be
// given to a command as they are printed.
std::string readable(std::string_view name);

std::string print_node(const nlohmann::json& node);  // value as text or hexdump, or the children, one a line
std::string print_lines(const nlohmann::json& texts);
std::string print_names(const nlohmann::json& names);
std::string print_properties(const nlohmann::json& properties, const Terminal& terminal);
std::string print_acl(const nlohmann::json& acl, const Terminal& terminal);
// `uri`: the node the rows are about.
std::string print_explanation(const nlohmann::json& rows, const std::string& uri, const Terminal& terminal);
std::string print_found(const nlohmann::json& nodes, bool values, const Terminal& terminal);
std::string print_validation(const nlohmann::json& result, const Terminal& terminal);
std::string print_description(const nlohmann::json& description, const Terminal& terminal);
std::string print_import(const nlohmann::json& result);

}  // namespace omadm
