// What a message is going to read of the tree, known before any of it is executed.
#pragma once

#include <vector>

#include "dmtree/tree.h"
#include "syncml/message.h"

namespace omadm {

// The leaves and subtrees whose values the commands of `message` ask for, those inside Atomic and Sequence included.
std::vector<LiveRead> live_reads(const Message& message, const UriLimits& limits);

}  // namespace omadm
