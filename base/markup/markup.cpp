#include "base/markup/markup.h"

namespace omadm {

std::string_view to_string(Encoding encoding) noexcept { return encoding == Encoding::xml ? "xml" : "wbxml"; }

}  // namespace omadm
