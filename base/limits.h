// Limits on what a parser accepts from outside. Over a limit is Errc::too_large, before anything of
// the claimed size is allocated.
#pragma once

#include <cstddef>

namespace omadm {

struct Limits {
  std::size_t max_octets = 4U << 20U;    // whole document
  std::size_t max_depth = 64;            // nested elements
  std::size_t max_text = 4U << 20U;      // octets of one text or opaque
  std::size_t max_elements = 1U << 20U;  // elements of one document
  std::size_t max_commands = 1U << 16U;  // commands of one message, and Items of one message
};

}  // namespace omadm
