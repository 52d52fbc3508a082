// What numbers and names in a message mean, for people.
#pragma once

#include <string>
#include <string_view>

#include "tools/dm-trace/markup_tree.h"

namespace omadm::trace {

std::string_view status_meaning(std::string_view code) noexcept;  // "" for what is no code of [SyncML RepPro]
std::string_view alert_meaning(std::string_view code) noexcept;   // "" for a code without a meaning in DM
std::string_view ui_mode_meaning(unsigned mode) noexcept;         // 0 … 3

// What the content of `node`, a child of `parent`, means; "" where it speaks for itself.
std::string_view meaning_of(const MarkupNode& node, const MarkupNode& parent) noexcept;

// "Replace 5", "Alert 1: client-initiated session", "Status 3: 401 Invalid credentials, for Replace 5 of message 2".
// "" for what is no command.
std::string headline(const MarkupNode& node);

}  // namespace omadm::trace
