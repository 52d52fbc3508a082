#include "tests/support/source_folder.h"

namespace omadm::test {

std::string source_folder() { return OMADM_SOURCE_DIR; }

}  // namespace omadm::test
