// Which element is which command.
#pragma once

#include <optional>

#include "base/markup/vocabulary.h"
#include "syncml/message.h"

namespace omadm {

Element element_of(CommandName name) noexcept;                    // Element::unknown for CommandName::unknown
std::optional<CommandName> command_of(Element element) noexcept;  // nullopt: not a command

}  // namespace omadm
