#pragma once

#include <string>

namespace omadm::test {

// Where the sources of this build are. One compiled file knows it, so that a compiler cache serves every clone.
std::string source_folder();

}  // namespace omadm::test
